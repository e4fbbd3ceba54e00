import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Policy } from '../../shared/contracts/hub-api.ts';
import { type Audience, type Simulation, simulationSchema } from '../../shared/contracts/hub-simulation.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import layout from '../parts/Layout.module.css';
import { useAsk } from '../parts/use-ask.ts';
import { SimulationResult } from './SimulationResult.tsx';
import { TeamChoice } from './TeamChoice.tsx';
import type { DraftState } from './use-policy-draft.ts';

const AUDIENCES = ['policy', 'default', 'teams'] as const;

/** What the document on the page would change for whom, before it is saved or assigned. */
export function SimulatePanel({ policy, draft }: { readonly policy: Policy; readonly draft: DraftState }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const ask = useAsk();
  const [kind, setKind] = useState<(typeof AUDIENCES)[number]>('policy');
  const [teamIds, setTeamIds] = useState<readonly string[]>([]);
  const [answer, setAnswer] = useState<{ readonly of: string; readonly result: Simulation } | null>(null);
  const audience: Audience = kind === 'teams' ? { kind, teamIds: [...teamIds] } : { kind };
  const asked = JSON.stringify([draft.text, audience]);
  const broken = draft.problems.some((problem) => problem.severity === 'error');
  const run = async () => {
    const found = await ask.send({
      method: 'POST',
      path: api('policies', 'simulate'),
      body: { policyId: policy.id, text: draft.text, audience },
      answer: simulationSchema,
    });
    if (found.ok) setAnswer({ of: asked, result: found.value });
  };
  return (
    <div className={layout.stack}>
      <Panel
        title={t('simulate.title')}
        text={draft.dirty ? t('simulate.textDraft') : t('simulate.textSaved', { revision: policy.revision })}
      >
        <div className={layout.stack}>
          <Choice
            label={t('simulate.audience')}
            value={kind}
            options={AUDIENCES.map((each) => [each, t(`simulate.audience.${each}`)])}
            onChange={(next) => setKind(AUDIENCES.find((each) => each === next) ?? 'policy')}
          />
          {kind === 'teams' ? (
            <TeamChoice label={t('simulate.teams')} chosen={teamIds} onChoose={setTeamIds} />
          ) : null}
          {broken ? <Notice tone="warn">{t('simulate.mend')}</Notice> : null}
          <div>
            <Button
              disabled={broken || (kind === 'teams' && teamIds.length === 0)}
              loading={ask.busy}
              onClick={() => void run()}
            >
              {t('simulate.run')}
            </Button>
          </div>
          <FailureNotice failure={ask.failure} />
        </div>
      </Panel>
      {answer === null ? null : (
        <>
          {answer.of === asked ? null : <Notice tone="warn">{t('simulate.outdated')}</Notice>}
          <SimulationResult result={answer.result} />
        </>
      )}
    </div>
  );
}
