import { LARGEST } from '../../shared/policy/json-text.ts';
import { useConsoleText } from '../console-text.tsx';
import { UploadButton } from '../parts/UploadButton.tsx';
import { checkBytes } from './check-text.ts';
import { ProblemList } from './ProblemList.tsx';

/** Reads a policy document that a person chooses; what the engine refuses as a file is refused here as well. */
export function FileButton({ onText }: { readonly onText: (text: string) => void }) {
  const { t } = useConsoleText();
  return (
    <UploadButton
      label={t('policies.file')}
      accept=".json,application/json"
      most={LARGEST}
      keepMark
      unreadable={(bytes) => <ProblemList problems={checkBytes(bytes)} />}
      onText={onText}
    >
      {t('policies.chooseFile')}
    </UploadButton>
  );
}
