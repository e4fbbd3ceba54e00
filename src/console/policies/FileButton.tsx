import { useConsoleText } from '../console-text.tsx';
import { UploadButton } from '../parts/UploadButton.tsx';

/** Reads a policy document that a person chooses. */
export function FileButton({ onText }: { readonly onText: (text: string) => void }) {
  const { t } = useConsoleText();
  return (
    <UploadButton label={t('policies.file')} accept=".json,application/json" onText={onText}>
      {t('policies.chooseFile')}
    </UploadButton>
  );
}
