import { useState } from 'react';
import { type Policy, policySchema } from '../../shared/contracts/hub-api.ts';
import { rollbackSchema } from '../../shared/contracts/hub-rollouts.ts';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { checkForm } from '../parts/check-form.ts';
import { Field } from '../parts/Field.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import { useChange } from '../parts/use-change.ts';
import { useMadeFrom } from '../parts/use-made-from.ts';

/** Asks before a step that reaches many at once: everyone receives a revision, or the one before again. */
export function PolicyStepDialog({
  title,
  submit,
  text,
  step,
  policy,
  tag,
  onClose,
}: {
  readonly title: string;
  readonly submit: string;
  readonly text: string;
  readonly step: 'promote' | 'rollback';
  readonly policy: Policy;
  readonly tag: string;
  readonly onClose: () => void;
}) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const made = useMadeFrom(policy.revision, tag, change, true);
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<string>();
  const send = async () => {
    const checked = checkForm(rollbackSchema, { reason });
    setProblem(checked.ok ? undefined : checked.problems.reason);
    if (!checked.ok) return;
    const answer = await change.send({
      method: 'POST',
      path:
        step === 'promote'
          ? api('policies', policy.id, 'rollout', 'promote')
          : api('policies', policy.id, 'rollback'),
      ...(step === 'promote' ? {} : { body: checked.value }),
      ifMatch: made.tag,
      answer: policySchema,
    });
    if (answer.ok) onClose();
  };
  return (
    <FormDialog title={title} submit={submit} change={change} onClose={onClose} onSubmit={() => void send()}>
      <p>{text}</p>
      {step === 'rollback' ? (
        <Field label={t('policies.reason')} problem={problem} value={reason} onChange={setReason} />
      ) : null}
    </FormDialog>
  );
}
