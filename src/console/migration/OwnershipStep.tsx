import { Button } from '@mantine/core';
import { useState } from 'react';
import { memberListSchema } from '../../shared/contracts/hub-api.ts';
import {
  type Ownership,
  ownershipSchema,
  ownershipTransferAnswerSchema,
} from '../../shared/contracts/hub-provisioning.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { askHub } from '../hub/hub-client.ts';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import layout from '../parts/Layout.module.css';
import { Table } from '../parts/Table.tsx';
import { type Change, useChange } from '../parts/use-change.ts';
import type { Move } from './move.ts';

interface Found {
  readonly userId: string;
  readonly email: string;
  readonly owns: Ownership;
}

const MOST_OWNERS = 500;

/** What those who wait own and would lose, looked up for all of them, and given on to an owner who stays. */
export function OwnershipStep({ people }: Move) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const [to, setTo] = useState('');
  const [found, setFound] = useState<readonly Found[] | null>(null);
  const [lookedAt, setLookedAt] = useState<number | null>(null);
  const [moved, setMoved] = useState<{ readonly tokens: number; readonly invitations: number } | null>(null);
  const waiting = people.filter(({ state }) => state === 'waiting');
  const look = async () => {
    const owning: Found[] = [];
    setMoved(null);
    for (const [index, { userId, email }] of waiting.entries()) {
      setLookedAt(index);
      const answer = await askHub({ path: api('members', userId, 'ownership'), answer: ownershipSchema });
      if (answer.ok && hasAny(answer.value)) owning.push({ userId, email, owns: answer.value });
    }
    setLookedAt(null);
    setFound(owning);
  };
  const give = async (person: Found) => {
    const answer = await change.send({
      method: 'POST',
      path: api('members', person.userId, 'ownership'),
      body: { toUserId: to },
      answer: ownershipTransferAnswerSchema,
    });
    if (!answer.ok) return;
    setMoved(answer.value);
    setFound((before) => before?.filter(({ userId }) => userId !== person.userId) ?? null);
  };
  if (waiting.length === 0) return <p className={layout.dim}>{t('migration.ownNobody')}</p>;
  return (
    <>
      <p className={layout.dim}>{t('migration.ownText')}</p>
      <div>
        <Button variant="default" size="xs" loading={lookedAt !== null} onClick={() => void look()}>
          {t('migration.look')}
        </Button>
      </div>
      {lookedAt === null ? null : (
        <p role="status">{t('migration.lookedAt', { done: lookedAt, all: waiting.length })}</p>
      )}
      {moved === null ? null : (
        <Notice tone="good" live>
          {t('migration.transferred', moved)}
        </Notice>
      )}
      <FailureNotice failure={change.failure} />
      {found === null ? null : found.length === 0 ? (
        <p role="status">{t('migration.ownsNothing')}</p>
      ) : (
        <>
          <Owners to={to} onChoose={setTo} leaving={waiting.map(({ userId }) => userId)} />
          <Owning found={found} change={change} chosen={to !== ''} onGive={(person) => void give(person)} />
        </>
      )}
    </>
  );
}

const hasAny = ({ tokens, invitations, onlyOwner }: Ownership): boolean =>
  tokens.length > 0 || invitations > 0 || onlyOwner;

function Owners({
  to,
  leaving,
  onChoose,
}: {
  readonly to: string;
  readonly leaving: readonly string[];
  readonly onChoose: (userId: string) => void;
}) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const loaded = useRead({
    path: api('members'),
    query: { role: 'owner', limit: MOST_OWNERS },
    answer: memberListSchema,
  });
  return (
    <Gate loaded={loaded}>
      {({ members }) => {
        const staying = members.filter(({ userId }) => !leaving.includes(userId));
        return staying.length === 0 ? (
          <p className={layout.dim}>{t('migration.ownersNone')}</p>
        ) : (
          <Choice
            label={t('migration.owner')}
            value={to}
            options={[
              ['', t('migration.ownerChoose')],
              ...staying.map(({ userId, email }) => [userId, email] as const),
            ]}
            onChange={onChoose}
          />
        );
      }}
    </Gate>
  );
}

function Owning({
  found,
  change,
  chosen,
  onGive,
}: {
  readonly found: readonly Found[];
  readonly change: Change;
  readonly chosen: boolean;
  readonly onGive: (person: Found) => void;
}) {
  const { t, list } = useConsoleText();
  return (
    <Table
      label={t('migration.step.own')}
      rows={found}
      rowKey={({ userId }) => userId}
      columns={[
        { title: t('migration.person'), cell: ({ email }) => email },
        {
          title: t('migration.owns'),
          cell: ({ owns }) =>
            list([
              ...(owns.tokens.length === 0 ? [] : [t('migration.ownsTokens', { count: owns.tokens.length })]),
              ...(owns.invitations === 0
                ? []
                : [t('migration.ownsInvitations', { count: owns.invitations })]),
              ...(owns.onlyOwner ? [t('migration.onlyOwner')] : []),
            ]),
        },
        {
          title: t('list.actions'),
          quiet: true,
          cell: (person) => (
            <Button
              variant="default"
              size="xs"
              disabled={!chosen || change.busy}
              aria-label={t('migration.transferNamed', { email: person.email })}
              onClick={() => onGive(person)}
            >
              {t('migration.transfer')}
            </Button>
          ),
        },
      ]}
    />
  );
}
