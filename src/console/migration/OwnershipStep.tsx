import { Button } from '@mantine/core';
import { useState } from 'react';
import { memberListSchema } from '../../shared/contracts/hub-api.ts';
import {
  type MigrationPerson,
  migrationReportSchema,
  ownershipTransferAnswerSchema,
} from '../../shared/contracts/hub-provisioning.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { type ConsoleText, useConsoleText } from '../console-text.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import layout from '../parts/Layout.module.css';
import { ServerChoice, useChoices } from '../parts/ServerChoice.tsx';
import { ServerList } from '../parts/ServerList.tsx';
import { useChange } from '../parts/use-change.ts';
import { useFilters } from '../parts/use-filters.ts';
import type { Move } from './move.ts';

/** As many owners who leave are looked up, not to be offered as those who stay. */
const MOST_LEAVING = 500;

/** What those who wait own and would lose, and giving it on to an owner who stays. */
export function OwnershipStep({ migration }: Move) {
  const text = useConsoleText();
  const { t } = text;
  const { api } = useHere();
  const change = useChange();
  const [to, setTo] = useState('');
  const [moved, setMoved] = useState<{ readonly tokens: number; readonly invitations: number } | null>(null);
  const give = async (person: MigrationPerson) => {
    setMoved(null);
    const answer = await change.send({
      method: 'POST',
      path: api('members', person.userId, 'ownership'),
      body: { toUserId: to },
      answer: ownershipTransferAnswerSchema,
    });
    if (answer.ok && answer.value.tokens + answer.value.invitations > 0) setMoved(answer.value);
  };
  if (migration.counts.waiting === 0) return <p className={layout.dim}>{t('migration.ownNobody')}</p>;
  return (
    <>
      <p className={layout.dim}>{t('migration.ownText')}</p>
      {moved === null ? null : (
        <Notice tone="good" live>
          {t('migration.transferred', { what: owned(text, { ...moved, onlyOwner: false }) })}
        </Notice>
      )}
      <FailureNotice failure={change.failure} />
      <Owning
        migration={migration}
        to={to}
        onChoose={setTo}
        onGive={change.busy ? null : (person) => void give(person)}
      />
    </>
  );
}

function Owning({
  migration,
  to,
  onChoose,
  onGive,
}: Pick<Move, 'migration'> & {
  readonly to: string;
  readonly onChoose: (userId: string) => void;
  /** `null` while something is being given on. */
  readonly onGive: ((person: MigrationPerson) => void) | null;
}) {
  const text = useConsoleText();
  const { t } = text;
  const { api } = useHere();
  const searched = useFilters('own').get('search') !== '';
  return (
    <ServerList
      name="own"
      label={t('migration.step.own')}
      path={api('migrations', migration.id)}
      query={{ state: 'waiting', owning: 'true' }}
      answer={migrationReportSchema}
      page={({ people, total, next }) => ({ rows: people, total, next })}
      rowKey={({ userId }) => userId}
      usualSort="email"
      search={t('migration.search')}
      empty={{ text: t('migration.ownsNothing') }}
      above={({ total }) =>
        total === 0 && !searched ? null : (
          <>
            {searched ? null : <p role="status">{t('migration.owning', { count: total })}</p>}
            <Owners migration={migration} to={to} onChoose={onChoose} />
          </>
        )
      }
      columns={[
        { title: t('migration.person'), sort: 'email', cell: ({ email }) => email },
        { title: t('migration.owns'), cell: ({ owns }) => (owns === undefined ? null : owned(text, owns)) },
        {
          title: t('list.actions'),
          quiet: true,
          // Being the only owner is not given on like a thing: somebody else is made one.
          cell: (person) =>
            person.owns === undefined || person.owns.tokens + person.owns.invitations === 0 ? null : (
              <Button
                variant="default"
                size="xs"
                disabled={to === '' || onGive === null}
                aria-label={t('migration.transferNamed', { email: person.email })}
                onClick={() => onGive?.(person)}
              >
                {t('migration.transfer')}
              </Button>
            ),
        },
      ]}
    />
  );
}

/** "2 API tokens and 1 open invitation" */
function owned(
  { t, list }: Pick<ConsoleText, 't' | 'list'>,
  { tokens, invitations, onlyOwner }: NonNullable<MigrationPerson['owns']>,
): string {
  return list([
    ...(tokens === 0 ? [] : [t('migration.ownsTokens', { count: tokens })]),
    ...(invitations === 0 ? [] : [t('migration.ownsInvitations', { count: invitations })]),
    ...(onlyOwner ? [t('migration.onlyOwner')] : []),
  ]);
}

/** To whom: owners who do not leave themselves. */
function Owners({
  migration,
  to,
  onChoose,
}: Pick<Move, 'migration'> & { readonly to: string; readonly onChoose: (userId: string) => void }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const loaded = useRead({
    path: api('migrations', migration.id),
    query: { state: 'waiting', role: 'owner', limit: MOST_LEAVING },
    answer: migrationReportSchema,
  });
  const leaving = new Set(loaded.state === 'ready' ? loaded.value.people.map(({ userId }) => userId) : []);
  const choices = useChoices({
    path: api('members'),
    query: { role: 'owner', status: 'active' },
    answer: memberListSchema,
    options: ({ members }) =>
      members.filter(({ userId }) => !leaving.has(userId)).map(({ userId, email }) => [userId, email]),
    total: ({ total }) => total,
    enabled: loaded.state === 'ready',
  });
  if (!choices.ready) return null;
  if (choices.options.length === 0 && choices.search === null)
    return <p className={layout.dim}>{t('migration.ownersNone')}</p>;
  return (
    <ServerChoice
      label={t('migration.owner')}
      searchLabel={t('migration.ownerSearch')}
      value={to}
      choices={choices}
      first={[['', t('migration.ownerChoose')]]}
      onChange={onChoose}
    />
  );
}
