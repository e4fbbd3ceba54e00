import type { InvitationResult } from '../../shared/contracts/hub-provisioning.ts';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useFirstRows } from '../parts/first-rows.tsx';
import layout from '../parts/Layout.module.css';
import { Table } from '../parts/Table.tsx';

/** What would happen to each line, the problems first. */
export function InviteResults({ results }: { readonly results: readonly InvitationResult[] }) {
  const { t, number } = useConsoleText();
  const problems = results.filter(({ outcome }) => outcome !== 'would_invite');
  const rest = results.filter(({ outcome }) => outcome === 'would_invite');
  const [rows, more] = useFirstRows([...problems, ...rest]);
  return (
    <>
      {problems.length === 0 ? null : (
        <p className={layout.dim} role="status">
          {t('invite.problems', { count: problems.length })}
        </p>
      )}
      <Table
        label={t('invite.results')}
        rows={rows}
        rowKey={({ line }) => String(line)}
        columns={[
          { title: t('invitations.email'), cell: ({ email }) => email },
          { title: t('invite.line'), cell: ({ line }) => number(line) },
          {
            title: t('invite.outcome'),
            cell: ({ outcome }) => (
              <Tag tone={outcome === 'would_invite' ? 'good' : outcome === 'invalid' ? 'bad' : 'warn'}>
                {t(`invite.outcome.${outcome}`)}
              </Tag>
            ),
          },
        ]}
      />
      {more}
    </>
  );
}
