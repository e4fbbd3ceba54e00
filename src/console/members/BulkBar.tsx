import { Button } from '@mantine/core';
import { useState } from 'react';
import {
  type MemberJobAction,
  type MemberJobCreation,
  memberJobSchema,
} from '../../shared/contracts/hub-member-jobs.ts';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { ServerChoice } from '../parts/ServerChoice.tsx';
import { useChange } from '../parts/use-change.ts';
import { useTeamChoices } from '../teams/team-choices.ts';
import classes from './BulkBar.module.css';
import { ROLES, roleNamed } from './roles.ts';

/** Who is chosen: one by one, or everyone whom the list would show. */
export type Chosen =
  | { readonly kind: 'some'; readonly userIds: readonly string[] }
  | {
      readonly kind: 'matching';
      readonly filter: NonNullable<MemberJobCreation['matching']>;
      readonly count: number;
    };

/** How many are chosen. */
export function countOf(chosen: Chosen): number {
  return chosen.kind === 'some' ? chosen.userIds.length : chosen.count;
}

/** What can be done with the members that are chosen. */
export function BulkBar({
  chosen,
  total,
  onMatching,
  onNone,
  onBegun,
}: {
  readonly chosen: Chosen;
  /** How many the filter finds. */
  readonly total: number;
  readonly onMatching: () => void;
  readonly onNone: () => void;
  readonly onBegun: (jobId: string) => void;
}) {
  const { t } = useConsoleText();
  const [asking, setAsking] = useState<MemberJobAction['kind'] | null>(null);
  const count = countOf(chosen);
  if (count === 0) return null;
  return (
    <section className={classes.bar} aria-label={t('members.bulkLabel')}>
      <strong role="status">{t('members.chosen', { count })}</strong>
      <div className={layout.row}>
        {chosen.kind === 'some' && count < total ? (
          <Button size="xs" variant="subtle" onClick={onMatching}>
            {t('members.chooseMatching', { count: total })}
          </Button>
        ) : null}
        <Button size="xs" variant="subtle" onClick={onNone}>
          {t('members.chooseNone')}
        </Button>
        <Button size="xs" variant="default" onClick={() => setAsking('role')}>
          {t('members.bulkRole')}
        </Button>
        <Button size="xs" variant="default" onClick={() => setAsking('team')}>
          {t('members.bulkTeam')}
        </Button>
        <Button size="xs" variant="default" onClick={() => setAsking('remove')}>
          {t('members.bulkRemove')}
        </Button>
      </div>
      {asking === null ? null : (
        <BulkDialog kind={asking} chosen={chosen} onClose={() => setAsking(null)} onBegun={onBegun} />
      )}
    </section>
  );
}

const TITLES = {
  role: 'members.bulkRoleTitle',
  team: 'members.bulkTeamTitle',
  remove: 'members.bulkRemoveTitle',
} as const;
const SUBMITS = {
  role: 'members.bulkRole',
  team: 'members.bulkTeam',
  remove: 'members.bulkRemove',
} as const;

function BulkDialog({
  kind,
  chosen,
  onClose,
  onBegun,
}: {
  readonly kind: MemberJobAction['kind'];
  readonly chosen: Chosen;
  readonly onClose: () => void;
  readonly onBegun: (jobId: string) => void;
}) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const [role, setRole] = useState('member');
  const [teamId, setTeamId] = useState('');
  const teams = useTeamChoices({ enabled: kind === 'team' });
  const team = teamId === '' ? (teams.options[0]?.[0] ?? '') : teamId;
  const action: MemberJobAction =
    kind === 'role'
      ? { kind, role: roleNamed(role) ?? 'member' }
      : kind === 'team'
        ? { kind, teamId: team }
        : { kind };
  const submit = async () => {
    const whom = chosen.kind === 'some' ? { userIds: chosen.userIds } : { matching: chosen.filter };
    const answer = await change.send({
      method: 'POST',
      path: api('member-jobs'),
      body: { action, ...whom },
      answer: memberJobSchema,
    });
    if (answer.ok) onBegun(answer.value.id);
  };
  return (
    <FormDialog
      title={t(TITLES[kind], { count: countOf(chosen) })}
      submit={t(SUBMITS[kind])}
      danger={kind === 'remove'}
      disabled={kind === 'team' && team === ''}
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      {kind === 'role' ? (
        <Choice
          label={t('members.newRole')}
          value={role}
          options={ROLES.map((each) => [each, t(`account.role.${each}`)])}
          onChange={setRole}
        />
      ) : null}
      {kind === 'team' && (teams.options.length > 0 || teams.search !== null) ? (
        <ServerChoice
          label={t('members.team')}
          searchLabel={t('teams.search')}
          value={team}
          choices={teams}
          onChange={setTeamId}
        />
      ) : null}
      {kind === 'team' && teams.ready && teams.options.length === 0 && teams.search === null ? (
        <p>{t('members.bulkNoTeam')}</p>
      ) : null}
      {kind === 'remove' ? <p>{t('members.bulkRemoveText')}</p> : null}
      <p className={layout.dim}>{t('members.bulkNote')}</p>
    </FormDialog>
  );
}
