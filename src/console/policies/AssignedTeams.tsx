import { Button } from '@mantine/core';
import { useState } from 'react';
import { z } from 'zod';
import {
  assignmentAnswerSchema,
  type Policy,
  policyListSchema,
  teamListSchema,
} from '../../shared/contracts/hub-api.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import layout from '../parts/Layout.module.css';
import { To } from '../parts/To.tsx';
import { useChange } from '../parts/use-change.ts';

/** Teams whose members receive the policy, unless they have one of their own. */
export function AssignedTeams({ policy }: { readonly policy: Policy }) {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  const change = useChange();
  const [wanted, setWanted] = useState('');
  const teams = useRead({ path: api('teams'), answer: teamListSchema });
  const policies = useRead({ path: api('policies'), query: { limit: 500 }, answer: policyListSchema });
  const all = teams.state === 'ready' ? teams.value.teams : [];
  const others = policies.state === 'ready' ? policies.value.policies : [];
  const free = all.filter((team) => !policy.teams.some((each) => each.id === team.id));
  const holder = others.find((other) => other.teams.some((team) => team.id === wanted));
  const assign = async () => {
    const answer = await change.send({
      method: 'PUT',
      path: api('teams', wanted, 'policy'),
      body: { policyId: policy.id, ...(holder === undefined ? {} : { moveFrom: holder.id }) },
      answer: assignmentAnswerSchema,
    });
    if (answer.ok) setWanted('');
  };
  return (
    <Panel title={t('policies.assignedTeams')} text={t('policies.assignedTeamsText')}>
      <div className={layout.stack}>
        {policy.teams.map((team) => (
          <div className={layout.between} key={team.id}>
            <To page={page('teams', team.id)}>{team.name}</To>
            <Button
              size="xs"
              variant="default"
              aria-label={t('policies.unassignNamed', { email: team.name })}
              onClick={() =>
                void change.send({
                  method: 'DELETE',
                  path: api('teams', team.id, 'policy'),
                  answer: z.undefined(),
                })
              }
            >
              {t('policies.unassign')}
            </Button>
          </div>
        ))}
        {free.length === 0 ? (
          <p className={layout.dim}>{t('policies.noFreeTeam')}</p>
        ) : (
          <div className={layout.tools}>
            <Choice
              label={t('policies.team')}
              value={wanted}
              options={[['', t('policies.chooseTeam')], ...free.map((team) => [team.id, team.name] as const)]}
              onChange={setWanted}
            />
            <Button
              size="sm"
              variant="default"
              disabled={wanted === ''}
              loading={change.busy}
              onClick={() => void assign()}
            >
              {t('policies.assign')}
            </Button>
          </div>
        )}
        {holder === undefined ? null : (
          <p className={layout.dim}>{t('policies.moves', { policy: holder.name })}</p>
        )}
        <FailureNotice failure={change.failure} />
      </div>
    </Panel>
  );
}
