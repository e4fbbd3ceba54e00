import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { z } from 'zod';
import type { Policy } from '../../shared/contracts/hub-api.ts';
import { type Audience, audienceSchema } from '../../shared/contracts/hub-simulation.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Choice } from '../parts/Choice.tsx';
import layout from '../parts/Layout.module.css';
import { useKept } from '../parts/use-kept.ts';
import { SimulationResult } from './SimulationResult.tsx';
import { TeamChoice } from './TeamChoice.tsx';
import type { DraftState } from './use-policy-draft.ts';

/** What was asked, as a reload finds it. */
const askedSchema = z.object({
  body: z.object({ policyId: z.uuid(), text: z.string(), audience: audienceSchema }),
  turn: z.int(),
});

const AUDIENCES = ['policy', 'default', 'teams'] as const;

/** What the document on the page would change for whom, before it is saved or assigned. */
export function SimulatePanel({ policy, draft }: { readonly policy: Policy; readonly draft: DraftState }) {
  const { t } = useConsoleText();
  const [asked, setAsked] = useKept(`simulation ${policy.id}`, askedSchema);
  // A reload in the middle asks again by itself; who goes to another page has seen enough of it.
  useEffect(() => () => setAsked(null), [setAsked]);
  const before = asked?.body.audience;
  const [kind, setKind] = useState(AUDIENCES.find((each) => each === before?.kind) ?? 'policy');
  const [teamIds, setTeamIds] = useState<readonly string[]>(before?.kind === 'teams' ? before.teamIds : []);
  const audience: Audience = kind === 'teams' ? { kind, teamIds: [...teamIds] } : { kind };
  const body = { policyId: policy.id, text: draft.text, audience };
  const broken = draft.problems.some((problem) => problem.severity === 'error');
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
              onClick={() => setAsked({ body, turn: (asked?.turn ?? 0) + 1 })}
            >
              {t('simulate.run')}
            </Button>
          </div>
        </div>
      </Panel>
      {asked === null ? null : (
        <>
          {JSON.stringify(asked.body) === JSON.stringify(body) ? null : (
            <Notice tone="warn">{t('simulate.outdated')}</Notice>
          )}
          <SimulationResult key={asked.turn} question={asked} />
        </>
      )}
    </div>
  );
}
