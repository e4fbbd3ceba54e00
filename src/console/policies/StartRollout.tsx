import { useState } from 'react';
import {
  type Policy,
  policySchema,
  type RevisionSummary,
  revisionListSchema,
} from '../../shared/contracts/hub-api.ts';
import { rolloutStartSchema } from '../../shared/contracts/hub-rollouts.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import { checkForm } from '../parts/check-form.ts';
import { Field } from '../parts/Field.tsx';
import { Form } from '../parts/Form.tsx';
import layout from '../parts/Layout.module.css';
import { useChange } from '../parts/use-change.ts';
import { TeamChoice } from './TeamChoice.tsx';
import type { DraftState } from './use-policy-draft.ts';

const DRAFT = 'draft';

/** The unsaved change, or a revision that is there, to a share of the members and to named teams first. */
export function StartRollout({
  policy,
  draft,
  tag,
}: {
  readonly policy: Policy;
  readonly draft: DraftState;
  readonly tag: string;
}) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const loaded = useRead({ path: api('policies', policy.id, 'revisions'), answer: revisionListSchema });
  const revisions = loaded.state === 'ready' ? loaded.value.revisions.filter((each) => !each.current) : [];
  const options = useOptions(draft, revisions);
  const [wanted, setWanted] = useState('');
  const [percentage, setPercentage] = useState('10');
  const [teamIds, setTeamIds] = useState<readonly string[]>([]);
  const [reason, setReason] = useState('');
  const [problems, setProblems] = useState<{ readonly [field: string]: string }>({});
  const what = options.find(([value]) => value === wanted)?.[0] ?? options[0]?.[0];
  const ofDraft = what === DRAFT;
  const broken = ofDraft && draft.problems.some((problem) => problem.severity === 'error');
  const submit = async () => {
    const checked = checkForm(rolloutStartSchema, {
      ...(ofDraft ? { text: draft.text } : { revision: Number(what) }),
      percentage: percentage.trim() === '' ? Number.NaN : Number(percentage),
      teamIds: [...teamIds],
      reason: ofDraft && reason === '' ? draft.reason : reason,
    });
    setProblems(checked.ok ? {} : checked.problems);
    if (!checked.ok) return;
    const answer = await change.send({
      method: 'POST',
      path: api('policies', policy.id, 'rollout'),
      body: checked.value,
      ifMatch: ofDraft ? draft.tag : tag,
      answer: policySchema,
    });
    if (answer.ok && ofDraft) draft.drop();
  };
  return (
    <Panel title={t('rollout.startTitle')} text={t('rollout.startText', { revision: policy.revision })}>
      {what === undefined ? (
        <p className={layout.dim}>{t('rollout.noWhat')}</p>
      ) : (
        <Form
          submit={t('rollout.start')}
          change={change}
          disabled={broken || (ofDraft && draft.overtaken)}
          onSubmit={submit}
        >
          <Choice label={t('rollout.what')} value={what} options={options} onChange={setWanted} />
          <Field
            label={t('rollout.percentage')}
            hint={t('rollout.percentageHint')}
            type="number"
            problem={problems.percentage}
            value={percentage}
            onChange={setPercentage}
          />
          <TeamChoice label={t('rollout.teams')} chosen={teamIds} onChoose={setTeamIds} />
          <Field
            label={t('policies.reason')}
            problem={problems.reason}
            value={ofDraft && reason === '' ? draft.reason : reason}
            onChange={setReason}
          />
        </Form>
      )}
    </Panel>
  );
}

function useOptions(
  draft: DraftState,
  revisions: readonly RevisionSummary[],
): readonly (readonly [value: string, label: string])[] {
  const { t } = useConsoleText();
  return [
    ...(draft.dirty ? [[DRAFT, t('rollout.whatDraft')] as const] : []),
    ...revisions.map(
      ({ revision, reason }) =>
        [String(revision), reasonedRevision(t('policy.revision', { revision }), reason)] as const,
    ),
  ];
}

function reasonedRevision(revision: string, reason: string): string {
  return reason === '' ? revision : `${revision}: ${reason}`;
}
