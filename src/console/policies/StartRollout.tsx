import { useState } from 'react';
import { type Policy, policySchema } from '../../shared/contracts/hub-api.ts';
import { rolloutStartSchema } from '../../shared/contracts/hub-rollouts.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { checkForm } from '../parts/check-form.ts';
import { Field } from '../parts/Field.tsx';
import { Form } from '../parts/Form.tsx';
import layout from '../parts/Layout.module.css';
import { ServerChoice } from '../parts/ServerChoice.tsx';
import { To } from '../parts/To.tsx';
import { useChange } from '../parts/use-change.ts';
import { useRevisionChoices } from './revision-choices.ts';
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
  const { api, page } = useHere();
  const change = useChange();
  const choices = useRevisionChoices(policy.id, ({ revision, reason: why, current }) =>
    current ? null : reasonedRevision(t('policy.revision', { revision }), why),
  );
  const first = draft.dirty ? [[DRAFT, t('rollout.whatDraft')] as const] : [];
  const options = [...first, ...choices.options];
  const [wanted, setWanted] = useState('');
  const [percentage, setPercentage] = useState('10');
  const [teamIds, setTeamIds] = useState<readonly string[]>([]);
  const [reason, setReason] = useState('');
  const [problems, setProblems] = useState<{ readonly [field: string]: string }>({});
  const what = wanted === '' || (wanted === DRAFT && !draft.dirty) ? options[0]?.[0] : wanted;
  const ofDraft = what === DRAFT;
  const broken = ofDraft && draft.problems.some((problem) => problem.severity === 'error');
  const held = !ofDraft
    ? null
    : draft.overtaken
      ? `${t('policies.overtakenTitle', { revision: policy.revision })}. ${t('policies.overtakenText')}`
      : broken
        ? t('simulate.mend')
        : null;
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
      {what === undefined && choices.search === null ? (
        <p className={layout.dim}>{t('rollout.noWhat')}</p>
      ) : (
        <Form
          submit={t('rollout.start')}
          change={change}
          disabled={held !== null || what === undefined}
          onSubmit={submit}
        >
          <ServerChoice
            label={t('rollout.what')}
            searchLabel={t('policies.revisionSearch')}
            value={what ?? ''}
            choices={choices}
            first={first}
            nameOf={(revision) => t('policy.revision', { revision: Number(revision) })}
            onChange={setWanted}
          />
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
          {held === null ? null : (
            <Notice tone="warn" live>
              {held} <To page={page('policies', policy.id)}>{t('policies.stillUnsavedLink')}</To>
            </Notice>
          )}
        </Form>
      )}
    </Panel>
  );
}

function reasonedRevision(revision: string, reason: string): string {
  return reason === '' ? revision : `${revision}: ${reason}`;
}
