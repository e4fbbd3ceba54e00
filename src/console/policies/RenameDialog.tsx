import { useState } from 'react';
import { type Policy, policyChangeSchema, policySchema } from '../../shared/contracts/hub-api.ts';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { checkForm } from '../parts/check-form.ts';
import { FormDialog } from '../parts/FormDialog.tsx';
import { type Named, NamedFields } from '../parts/NamedFields.tsx';
import { useChange } from '../parts/use-change.ts';

/** Name and description of a policy. The name is what users see, so devices receive it anew. */
export function RenameDialog({
  policy,
  tag,
  onClose,
}: {
  readonly policy: Policy;
  readonly tag: string;
  readonly onClose: () => void;
}) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const [named, setNamed] = useState<Named>({ name: policy.name, description: policy.description });
  const [problems, setProblems] = useState<{ readonly [field: string]: string }>({});
  const submit = async () => {
    const checked = checkForm(policyChangeSchema, named);
    setProblems(checked.ok ? {} : checked.problems);
    if (!checked.ok) return;
    const answer = await change.send({
      method: 'PATCH',
      path: api('policies', policy.id),
      body: { name: checked.value.name, description: checked.value.description },
      ifMatch: tag,
      answer: policySchema,
    });
    if (answer.ok) onClose();
  };
  return (
    <FormDialog
      title={t('policies.renameTitle')}
      submit={t('action.save')}
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <NamedFields named={named} problems={problems} onChange={setNamed} />
    </FormDialog>
  );
}
