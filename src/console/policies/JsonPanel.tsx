import { useConsoleText } from '../console-text.tsx';
import { Field } from '../parts/Field.tsx';
import layout from '../parts/Layout.module.css';
import { checkText } from './check-text.ts';
import { FileButton } from './FileButton.tsx';
import { ProblemList } from './ProblemList.tsx';

const LEAST_ROWS = 16;
const MOST_ROWS = 40;

/** The document as text, with its problems by line. */
export function JsonPanel({
  text,
  onText,
}: {
  readonly text: string;
  readonly onText: (text: string) => void;
}) {
  const { t } = useConsoleText();
  const problems = checkText(text);
  const rows = Math.min(Math.max(text.split('\n').length + 1, LEAST_ROWS), MOST_ROWS);
  return (
    <div className={layout.stack}>
      <div className={layout.between}>
        <p className={layout.dim}>{t('policies.jsonText')}</p>
        <FileButton onText={onText} />
      </div>
      {problems.length === 0 ? null : <ProblemList problems={problems} />}
      <div className={layout.code}>
        <Field label={t('policies.document')} rows={rows} value={text} onChange={onText} />
      </div>
    </div>
  );
}
