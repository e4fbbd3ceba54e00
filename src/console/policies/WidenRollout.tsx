import { Button } from '@mantine/core';
import { useState } from 'react';
import { type Policy, policySchema } from '../../shared/contracts/hub-api.ts';
import { ROLLOUT_PAUSED, type Rollout, rolloutChangeSchema } from '../../shared/contracts/hub-rollouts.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { checkForm } from '../parts/check-form.ts';
import { Field } from '../parts/Field.tsx';
import { Form } from '../parts/Form.tsx';
import { Overtaken } from '../parts/Overtaken.tsx';
import { useChange } from '../parts/use-change.ts';
import { useMadeFrom } from '../parts/use-made-from.ts';
import { useTeamChoices } from '../teams/team-choices.ts';
import { TeamChoice } from './TeamChoice.tsx';

/** A revision on its way, and the policy it is of. */
export interface RolloutUnderWay {
  readonly policy: Policy;
  readonly rollout: Rollout;
  /** Entity tag of the policy. */
  readonly tag: string;
}

/** Who receives the revision: what is typed stays, whatever somebody else does to the same roll-out meanwhile. */
export function WidenRollout({ policy, rollout, tag }: RolloutUnderWay) {
  const { t, list } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const made = useMadeFrom(rollout, tag, change);
  const [typed, setTyped] = useState<{ percentage?: string; teamIds?: readonly string[] }>({});
  const [problems, setProblems] = useState<{ readonly [field: string]: string }>({});
  const names = new Map(useTeamChoices().options);
  const { percentage = String(rollout.percentage), teamIds = rollout.teamIds } = typed;
  const paused = rollout.pausedAt !== null;
  // A pause changes the policy as well, and nothing of what is typed here.
  const overtaken =
    made.overtaken !== null && audience(made.overtaken.from) !== audience(rollout) ? made.overtaken : null;
  const type = (more: typeof typed) => {
    made.begin();
    setTyped({ ...typed, ...more });
  };
  const drop = () => {
    setTyped({});
    setProblems({});
    change.forget();
    made.end();
  };
  const send = async (wanted: object, ifMatch: string) => {
    const checked = checkForm(rolloutChangeSchema, wanted);
    setProblems(checked.ok ? {} : checked.problems);
    if (!checked.ok) return false;
    const path = api('policies', policy.id, 'rollout');
    const answer = await change.send({
      ...{ method: 'PATCH', path, body: checked.value, ifMatch },
      answer: policySchema,
    });
    if (answer.ok || answer.failure.kind !== 'refused') return answer.ok;
    if (answer.failure.refusal.details?.reason !== ROLLOUT_PAUSED) return false;
    // The hub's help is for command lines and programs; here there is a button for it.
    setProblems({ percentage: t('rollout.pausedProblem', { resume: t('rollout.resume') }) });
    change.forget();
    return false;
  };
  const apply = async () => {
    const share = percentage.trim() === '' ? undefined : Number(percentage);
    if (!(await send({ percentage: share, teamIds }, overtaken === null ? tag : made.tag))) return;
    // What was typed since the press is not in the answer: it stays for the next one.
    setTyped((now) => (now === typed ? {} : now));
    setProblems({});
    made.end();
  };
  return (
    <Panel title={t('rollout.widen')}>
      <Form
        submit={t('rollout.apply')}
        change={change}
        more={
          <Button
            variant="default"
            disabled={change.busy}
            onClick={() => void send({ paused: !paused }, tag)}
          >
            {t(paused ? 'rollout.resume' : 'rollout.pause')}
          </Button>
        }
        onSubmit={apply}
      >
        <Field
          label={t('rollout.percentage')}
          hint={t('rollout.percentageHint')}
          type="number"
          problem={problems.percentage}
          value={percentage}
          onChange={(next) => type({ percentage: next })}
        />
        <TeamChoice
          label={t('rollout.teams')}
          chosen={teamIds}
          onChoose={(next) => type({ teamIds: next })}
        />
        <Overtaken
          overtaken={overtaken}
          fields={[
            [t('rollout.percentage'), (each) => String(each.percentage)],
            [t('rollout.teams'), (each) => list(each.teamIds.map((id) => names.get(id) ?? id))],
          ]}
          onTheirs={drop}
        />
      </Form>
    </Panel>
  );
}

function audience({ percentage, teamIds }: Rollout): string {
  return JSON.stringify([percentage, [...teamIds].sort()]);
}
