import type { MemberJobAction } from '../../shared/contracts/hub-member-jobs.ts';
import { useConsoleText } from '../console-text.tsx';

/** Says what is, or was, done with many members. */
export function useJobTitle(): (action: MemberJobAction) => string {
  const { t } = useConsoleText();
  return (action) =>
    action.kind === 'role'
      ? t('job.title.role', { role: t(`account.role.${action.role}`) })
      : t(`job.title.${action.kind}`);
}
