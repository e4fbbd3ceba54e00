import { enAuditActions } from '../../shared/text/console/audit-actions.en.ts';
import { useConsoleText } from '../console-text.tsx';
import layout from '../parts/Layout.module.css';

/** What was done, in words. Its code, which filters and files use, stands below where `withCode` is set. */
export function ActionName({
  action,
  withCode = false,
}: {
  readonly action: string;
  readonly withCode?: boolean;
}) {
  const { t } = useConsoleText();
  const key = `audit.did.${action}`;
  // A newer hub may record what this page has no words for.
  if (!hasWords(key)) return <code>{action}</code>;
  if (!withCode) return t(key);
  return (
    <>
      {t(key)}
      <div className={layout.dim}>
        <code>{action}</code>
      </div>
    </>
  );
}

const hasWords = (key: string): key is keyof typeof enAuditActions => Object.hasOwn(enAuditActions, key);
