import { Button } from '@mantine/core';
import {
  assignmentAnswerSchema,
  assignmentListSchema,
  type Member,
  type Policy,
} from '../../shared/contracts/hub-api.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { MemberPicker } from '../members/MemberPicker.tsx';
import { useHere } from '../organization-context.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import layout from '../parts/Layout.module.css';
import { ServerList } from '../parts/ServerList.tsx';
import { To } from '../parts/To.tsx';
import { useTakeAway } from '../parts/take-away.tsx';
import { useChange } from '../parts/use-change.ts';
import { AssignedTeams } from './AssignedTeams.tsx';
import { AssignmentListPart } from './AssignmentListPart.tsx';
import { DefaultPanel } from './DefaultPanel.tsx';

/** Who receives the policy: everybody by default, teams, and people by name. */
export function AssignedPanel({ policy }: { readonly policy: Policy }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const assign = async (member: Member) => {
    const from = member.policy;
    const answer = await change.send({
      method: 'PUT',
      path: api('members', member.userId, 'policy'),
      body: { policyId: policy.id, ...(from === null || from.id === policy.id ? {} : { moveFrom: from.id }) },
      answer: assignmentAnswerSchema,
    });
    return answer.ok;
  };
  return (
    <div className={layout.stack}>
      <DefaultPanel policy={policy} />
      <AssignedTeams policy={policy} />
      <Panel title={t('policies.assignedUsers')} text={t('policies.assignedUsersText')}>
        <div className={layout.stack}>
          <Users policy={policy} />
          <h3>{t('policies.assignOne')}</h3>
          <MemberPicker
            verb={t('policies.assign')}
            isTaken={(member) => member.policy?.id === policy.id}
            note={(member) =>
              member.policy === null || member.policy.id === policy.id
                ? null
                : t('policies.moves', { policy: member.policy.name })
            }
            onPick={assign}
          />
          <FailureNotice failure={change.failure} />
          <AssignmentListPart policy={policy} />
        </div>
      </Panel>
    </div>
  );
}

function Users({ policy }: { readonly policy: Policy }) {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  const taking = useTakeAway();
  return (
    <>
      {taking.notice}
      <ServerList
        label={t('policies.assignedUsers')}
        path={api('policies', policy.id, 'users')}
        answer={assignmentListSchema}
        page={({ users, total, next }) => ({ rows: users, total, next })}
        rowKey={(user) => user.userId}
        usualSort="email"
        search={t('policies.assignedSearch')}
        found={(count) => t('members.found', { count })}
        empty={{ text: t('policies.assignedNone') }}
        columns={[
          {
            title: t('members.name'),
            sort: 'name',
            cell: (user) => (
              <To page={page('members', user.userId)}>{user.name === '' ? user.email : user.name}</To>
            ),
          },
          { title: t('members.email'), sort: 'email', cell: (user) => user.email },
          { title: t('policies.since'), sort: 'assigned', cell: (user) => <When at={user.assignedAt} /> },
          {
            title: t('list.actions'),
            quiet: true,
            cell: (user) => (
              <Button
                size="xs"
                variant="default"
                aria-label={t('policies.unassignNamed', { email: user.email })}
                onClick={() =>
                  taking.take({
                    path: api('members', user.userId, 'policy'),
                    back: { policyId: policy.id },
                    said: t('policies.takenAway', { name: user.email, policy: policy.name }),
                  })
                }
              >
                {t('policies.unassign')}
              </Button>
            ),
          },
        ]}
      />
    </>
  );
}
