import { Button } from '@mantine/core';
import { useState } from 'react';
import { assignmentAnswerSchema, type Policy, teamSchema } from '../../shared/contracts/hub-api.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import layout from '../parts/Layout.module.css';
import { ServerChoice } from '../parts/ServerChoice.tsx';
import { To } from '../parts/To.tsx';
import { useTakeAway } from '../parts/take-away.tsx';
import { useChange } from '../parts/use-change.ts';
import { useTeamChoices } from '../teams/team-choices.ts';

/** Teams whose members receive the policy, unless they have one of their own. */
export function AssignedTeams({ policy }: { readonly policy: Policy }) {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  const change = useChange();
  const taking = useTakeAway();
  const [wanted, setWanted] = useState('');
  const free = useTeamChoices({ left: policy.teams.map(({ id }) => id) });
  const chosen = useRead({ path: api('teams', wanted), answer: teamSchema }, { enabled: wanted !== '' });
  const holder = wanted !== '' && chosen.state === 'ready' ? chosen.value.policy : null;
  const assign = async () => {
    const answer = await change.send({
      method: 'PUT',
      path: api('teams', wanted, 'policy'),
      body: { policyId: policy.id, ...(holder === null ? {} : { moveFrom: holder.id }) },
      answer: assignmentAnswerSchema,
    });
    if (answer.ok) setWanted('');
  };
  return (
    <Panel title={t('policies.assignedTeams')} text={t('policies.assignedTeamsText')}>
      <div className={layout.stack}>
        {taking.notice}
        {policy.teams.map((team) => (
          <div className={layout.between} key={team.id}>
            <To page={page('teams', team.id)}>{team.name}</To>
            <Button
              size="xs"
              variant="default"
              aria-label={t('policies.unassignNamed', { email: team.name })}
              onClick={() =>
                taking.take({
                  path: api('teams', team.id, 'policy'),
                  back: { policyId: policy.id },
                  said: t('policies.takenAway', { name: team.name, policy: policy.name }),
                })
              }
            >
              {t('policies.unassign')}
            </Button>
          </div>
        ))}
        {free.options.length === 0 && free.search === null ? (
          <p className={layout.dim}>{t('policies.noFreeTeam')}</p>
        ) : (
          <div className={layout.tools}>
            <ServerChoice
              label={t('policies.team')}
              searchLabel={t('teams.search')}
              value={wanted}
              choices={free}
              first={[['', t('policies.chooseTeam')]]}
              onChange={setWanted}
            />
            <Button
              size="sm"
              variant="default"
              disabled={wanted === '' || chosen.state === 'loading'}
              loading={change.busy}
              onClick={() => void assign()}
            >
              {t('policies.assign')}
            </Button>
          </div>
        )}
        {holder === null ? null : (
          <p className={layout.dim}>{t('policies.moves', { policy: holder.name })}</p>
        )}
        <FailureNotice failure={change.failure} />
      </div>
    </Panel>
  );
}
