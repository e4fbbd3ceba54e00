import { Button } from '@mantine/core';
import UserRound from 'lucide-react/icons/user-round';
import { useState } from 'react';
import { z } from 'zod';
import {
  type Team,
  teamChangeSchema,
  teamMemberListSchema,
  teamSchema,
} from '../../shared/contracts/hub-api.ts';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useJustDeleted } from '../deletions/just-deleted.ts';
import { useRead } from '../hub/use-read.ts';
import { MemberPicker } from '../members/MemberPicker.tsx';
import { useHere } from '../organization-context.tsx';
import { DeleteDialog } from '../parts/DeleteDialog.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import layout from '../parts/Layout.module.css';
import { PageGate } from '../parts/PageGate.tsx';
import { RenameDialog } from '../parts/RenameDialog.tsx';
import { ServerList } from '../parts/ServerList.tsx';
import { To } from '../parts/To.tsx';
import { useTakeAway } from '../parts/take-away.tsx';
import { useChange } from '../parts/use-change.ts';
import { useFilters } from '../parts/use-filters.ts';
import { WhoName } from '../parts/WhoName.tsx';

/** One team and who is in it. */
export function TeamPage({ id }: { readonly id: string }) {
  const { api } = useHere();
  const loaded = useRead({ path: api('teams', id), answer: teamSchema });
  return (
    <PageGate loaded={loaded} list="teams">
      {(team, tag) => <TeamDetail team={team} tag={tag ?? '*'} />}
    </PageGate>
  );
}

function TeamDetail({ team, tag }: { readonly team: Team; readonly tag: string }) {
  const { t } = useConsoleText();
  const { api, page, isOwner } = useHere();
  const change = useChange();
  const filtered = useFilters().get('search') !== '';
  const [asking, setAsking] = useState<'rename' | 'delete' | null>(null);
  const close = () => setAsking(null);
  const taking = useTakeAway();
  const place = (userId: string) => api('teams', team.id, 'members', userId);
  return (
    <>
      <PageHead
        title={team.name}
        text={team.description}
        actions={
          isOwner ? (
            <>
              <Button variant="default" onClick={() => setAsking('rename')}>
                {t('teams.rename')}
              </Button>
              <Button variant="default" onClick={() => setAsking('delete')}>
                {t('teams.delete')}
              </Button>
            </>
          ) : null
        }
      />
      {taking.notice}
      <ServerList
        label={t('nav.members')}
        path={api('teams', team.id, 'members')}
        answer={teamMemberListSchema}
        page={({ members, total, next }) => ({ rows: members, total, next })}
        rowKey={({ userId }) => userId}
        usualSort="email"
        search={t('teams.searchMembers')}
        found={(count) => t('members.found', { count })}
        empty={{
          icon: <UserRound size={26} />,
          title: t(filtered ? 'members.noneTitle' : 'teams.emptyTitle'),
          text: t(filtered ? 'list.nothingFoundText' : 'teams.empty'),
        }}
        columns={[
          {
            title: t('members.name'),
            sort: 'name',
            cell: (member) => (
              <To page={page('members', member.userId)}>{member.name === '' ? member.email : member.name}</To>
            ),
          },
          { title: t('members.email'), sort: 'email', cell: (member) => <WhoName name={member.email} /> },
          {
            title: t('list.actions'),
            quiet: true,
            cell: ({ userId, email }) =>
              isOwner ? (
                <Button
                  size="xs"
                  variant="default"
                  aria-label={t('teams.takeOutNamed', { email })}
                  onClick={() =>
                    taking.take({
                      path: place(userId),
                      said: t('teams.takenOut', { name: email, team: team.name }),
                    })
                  }
                >
                  {t('teams.takeOut')}
                </Button>
              ) : null,
          },
        ]}
      />
      {isOwner ? (
        <Panel title={t('teams.addMembers')}>
          <MemberPicker
            verb={t('teams.putIn')}
            isTaken={(member) => member.teams.some(({ id }) => id === team.id)}
            onPick={async ({ userId }) =>
              (await change.send({ method: 'PUT', path: place(userId), answer: z.undefined() })).ok
            }
          />
          <FailureNotice failure={change.failure} />
        </Panel>
      ) : null}
      {asking === 'rename' ? (
        <RenameDialog
          title={t('teams.renameTitle')}
          path={api('teams', team.id)}
          thing={team}
          tag={tag}
          schema={teamChangeSchema}
          answer={teamSchema}
          onClose={close}
        >
          <p className={layout.dim}>{t('teams.renameText')}</p>
        </RenameDialog>
      ) : null}
      {asking === 'delete' ? <DeleteTeam team={team} onClose={close} /> : null}
    </>
  );
}

function DeleteTeam({ team, onClose }: { readonly team: Team; readonly onClose: () => void }) {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  const { tell } = useJustDeleted();
  return (
    <DeleteDialog
      title={t('teams.deleteTitle', { team: team.name })}
      submit={t('teams.delete')}
      path={api('teams', team.id)}
      onClose={onClose}
      onDone={() => tell(team, page('teams'))}
    >
      <p>{t('teams.deleteText', { count: team.members })}</p>
      <p className={layout.dim}>{t('teams.deleteKept')}</p>
    </DeleteDialog>
  );
}
