import { Button } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { type Member, memberSchema } from '../../shared/contracts/hub-api.ts';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { Facts, Panel } from '../../shared-ui/Panel.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useJustDeleted } from '../deletions/just-deleted.ts';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import { DeleteDialog } from '../parts/DeleteDialog.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import layout from '../parts/Layout.module.css';
import { Overtaken } from '../parts/Overtaken.tsx';
import { PageGate } from '../parts/PageGate.tsx';
import { To } from '../parts/To.tsx';
import { useChange } from '../parts/use-change.ts';
import { useMadeFrom } from '../parts/use-made-from.ts';
import { EffectivePolicyPanel } from './EffectivePolicyPanel.tsx';
import { MemberChanges, MemberDevices, MemberSignIns } from './MemberPanels.tsx';
import { PasswordLink } from './PasswordLink.tsx';
import { ROLES, roleNamed } from './roles.ts';

/** One member: who they are, what they receive and why, and what an owner can change. */
export function MemberPage({ id }: { readonly id: string }) {
  const { api } = useHere();
  const loaded = useRead({ path: api('members', id), answer: memberSchema });
  return (
    <PageGate loaded={loaded} list="members">
      {(member, tag) => <MemberDetail member={member} tag={tag ?? '*'} />}
    </PageGate>
  );
}

function MemberDetail({ member, tag }: { readonly member: Member; readonly tag: string }) {
  const { t } = useConsoleText();
  const { api, page, isOwner } = useHere();
  const [asking, setAsking] = useState<'password' | 'remove' | null>(null);
  const facts = [
    [t('members.email'), member.email],
    [t('members.username'), member.username],
    [t('members.origin'), t(`members.origin.${member.origin}`)],
    [t('members.joined'), <When key="joined" at={member.joinedAt} />],
    [
      t('members.teams'),
      member.teams.length === 0 ? (
        t('members.teamsNone')
      ) : (
        <span className={layout.row} key="teams">
          {member.teams.map((team) => (
            <To key={team.id} page={page('teams', team.id)}>
              {team.name}
            </To>
          ))}
        </span>
      ),
    ],
    [
      t('members.policy'),
      member.policy === null ? (
        t('members.policyDefault')
      ) : (
        <To key="policy" page={page('policies', member.policy.id)}>
          {member.policy.name}
        </To>
      ),
    ],
  ] as const;
  return (
    <>
      <PageHead
        title={member.name === '' ? member.email : member.name}
        text={member.disabled ? <Tag tone="warn">{t('members.disabled')}</Tag> : undefined}
        actions={
          isOwner ? (
            <>
              <Button variant="default" onClick={() => setAsking('password')}>
                {t('members.passwordLink')}
              </Button>
              <Button variant="default" onClick={() => setAsking('remove')}>
                {t('members.remove')}
              </Button>
            </>
          ) : null
        }
      />
      <div className={layout.pair}>
        <Panel title={t('members.profile')}>
          <Facts facts={facts} />
        </Panel>
        <RolePanel member={member} tag={tag} />
      </div>
      <MemberDevices userId={member.userId} />
      <EffectivePolicyPanel path={api('members', member.userId, 'effective-policy')} />
      {isOwner ? (
        <>
          <MemberSignIns userId={member.userId} />
          <MemberChanges userId={member.userId} />
        </>
      ) : null}
      {asking === 'remove' ? <RemoveMember member={member} onClose={() => setAsking(null)} /> : null}
      {asking === 'password' ? <PasswordLink member={member} onClose={() => setAsking(null)} /> : null}
    </>
  );
}

function RolePanel({ member, tag }: { readonly member: Member; readonly tag: string }) {
  const { t } = useConsoleText();
  const { api, isOwner } = useHere();
  const change = useChange();
  const made = useMadeFrom(member, tag, change);
  const [wanted, setWanted] = useState<string | null>(null);
  const role = wanted ?? member.role;
  const drop = () => {
    setWanted(null);
    change.forget();
    made.end();
  };
  const save = async () => {
    const answer = await change.send({
      method: 'PATCH',
      path: api('members', member.userId),
      body: { role: roleNamed(role) },
      ifMatch: made.tag,
      answer: memberSchema,
    });
    if (answer.ok) drop();
  };
  return (
    <Panel title={t('members.role')} text={t(`members.may.${roleNamed(role) ?? member.role}`)}>
      <div className={layout.stack}>
        {isOwner ? (
          <>
            <Choice
              label={t('members.role')}
              value={role}
              options={ROLES.map((each) => [each, t(`account.role.${each}`)])}
              onChange={(next) => {
                made.begin();
                setWanted(next);
              }}
            />
            <div>
              <Button
                size="xs"
                disabled={role === member.role}
                loading={change.busy}
                onClick={() => void save()}
              >
                {t('members.changeRole')}
              </Button>
            </div>
          </>
        ) : (
          <div>
            <Tag>{t(`account.role.${member.role}`)}</Tag>
          </div>
        )}
        <Overtaken
          overtaken={made.overtaken}
          fields={[[t('members.role'), (each) => t(`account.role.${each.role}`)]]}
          onTheirs={drop}
        />
        <FailureNotice failure={change.failure} />
      </div>
    </Panel>
  );
}

function RemoveMember({ member, onClose }: { readonly member: Member; readonly onClose: () => void }) {
  const { t, list } = useConsoleText();
  const { api, page } = useHere();
  const [, go] = useLocation();
  const { tell } = useJustDeleted();
  const kept = member.origin === 'manual' || member.origin === 'invitation';
  return (
    <DeleteDialog
      title={t('members.removeTitle', { email: member.email })}
      submit={t('members.remove')}
      path={api('members', member.userId)}
      onClose={onClose}
      onDone={() =>
        kept ? tell({ id: member.userId, name: member.email }, page('members')) : go(page('members'))
      }
    >
      <p>{t('members.removeText')}</p>
      <ul>
        {member.teams.length === 0 ? null : (
          <li>{t('members.removeTeams', { teams: list(member.teams.map((team) => team.name)) })}</li>
        )}
        {member.policy === null ? null : <li>{t('members.removePolicy', { policy: member.policy.name })}</li>}
        <li>{t('members.removeTokens')}</li>
        <li>{t('members.removeDevices')}</li>
      </ul>
      <p className={layout.dim}>{t('members.removeKept')}</p>
      <p className={layout.dim}>{t(kept ? 'members.removeUndo' : 'members.removeDirectory')}</p>
    </DeleteDialog>
  );
}
