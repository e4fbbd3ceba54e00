import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { type Policy, policyChangeSchema, policySchema } from '../../shared/contracts/hub-api.ts';
import { clearOf } from '../../shared-ui/clear-of.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHub } from '../hub/hub-context.tsx';
import { useHere } from '../organization-context.tsx';
import { checkForm } from '../parts/check-form.ts';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import { Field } from '../parts/Field.tsx';
import { To } from '../parts/To.tsx';
import { useChange } from '../parts/use-change.ts';
import { ProblemList } from './ProblemList.tsx';
import classes from './SaveBar.module.css';
import type { DraftState } from './use-policy-draft.ts';

/** The bar that stays in sight while a policy has unsaved changes: why they are made, and saving them. */
export function SaveBar({
  policy,
  draft,
  simulated,
}: {
  readonly policy: Policy;
  readonly draft: DraftState;
  /** The page that simulates is open already. */
  readonly simulated: boolean;
}) {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  const { refresh } = useHub();
  const change = useChange();
  const [problem, setProblem] = useState<string>();
  const [saved, setSaved] = useState<number | null>(null);
  const errors = draft.problems.filter((problem) => problem.severity === 'error');
  const save = async () => {
    setSaved(null);
    const checked = checkForm(policyChangeSchema, { text: draft.text, reason: draft.reason });
    setProblem(checked.ok ? undefined : checked.problems.reason);
    if (!checked.ok) return;
    const answer = await change.send({
      method: 'PATCH',
      path: api('policies', policy.id),
      body: checked.value,
      ifMatch: draft.tag,
      answer: policySchema,
    });
    if (answer.ok) {
      draft.drop();
      setSaved(answer.value.revision);
    } else if (answer.failure.kind === 'refused' && answer.failure.status === 412) {
      // What stands there now has to be seen before anything is put over it.
      change.forget();
      await refresh();
    }
  };
  if (!draft.dirty) {
    return saved === null ? null : (
      <Notice tone="good" live>
        {t('policies.saved', { revision: saved })}
      </Notice>
    );
  }
  return (
    <section ref={clearOf} className={classes.bar} aria-label={t('settings.pendingLabel')}>
      {draft.overtaken ? <Overtaken policy={policy} draft={draft} /> : null}
      {errors.length === 0 ? null : <ProblemList problems={errors.slice(0, 5)} />}
      <FailureNotice failure={change.failure} />
      <div className={classes.row}>
        <div className={classes.reason}>
          <Field
            label={t('policies.reason')}
            problem={problem}
            value={draft.reason}
            onChange={draft.explain}
          />
        </div>
        {simulated ? null : (
          <Button
            component={Link}
            href={page('policies', policy.id, 'simulate')}
            variant="default"
            disabled={errors.length > 0}
          >
            {t('policies.simulateFirst')}
          </Button>
        )}
        <Button variant="default" disabled={change.busy} onClick={draft.drop}>
          {t('policies.discard')}
        </Button>
        <Button
          disabled={errors.length > 0 || draft.overtaken}
          loading={change.busy}
          onClick={() => void save()}
        >
          {t('policies.save')}
        </Button>
      </div>
    </section>
  );
}

function Overtaken({ policy, draft }: { readonly policy: Policy; readonly draft: DraftState }) {
  const { t } = useConsoleText();
  const { page } = useHere();
  return (
    <Notice
      tone="warn"
      live
      title={t('policies.overtakenTitle', { revision: policy.revision })}
      actions={
        <>
          <Button variant="default" size="xs" onClick={draft.rebase}>
            {t('policies.keepMine')}
          </Button>
          <Button variant="default" size="xs" onClick={draft.drop}>
            {t('policies.takeTheirs')}
          </Button>
        </>
      }
    >
      {t('policies.overtakenText')}{' '}
      <To page={page('policies', policy.id, 'compare')}>{t('policies.overtakenCompare')}</To>
    </Notice>
  );
}
