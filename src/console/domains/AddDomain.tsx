import { useState } from 'react';
import { domainCreationSchema, domainSchema } from '../../shared/contracts/hub-api.ts';
import { useConsoleText } from '../console-text.tsx';
import { useFailureText } from '../hub/failure-text.ts';
import { useHere } from '../organization-context.tsx';
import { checkForm } from '../parts/check-form.ts';
import { Field } from '../parts/Field.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import { useChange } from '../parts/use-change.ts';

/** Claims a domain; what speaks against it stands at its name. */
export function AddDomain({ onClose }: { readonly onClose: () => void }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const failureText = useFailureText();
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string>();
  const submit = async () => {
    const checked = checkForm(domainCreationSchema, { name });
    setProblem(
      name.trim() === '' ? t('domains.nameMissing') : checked.ok ? undefined : checked.problems.name,
    );
    if (!checked.ok || name.trim() === '') return;
    const answer = await change.send({
      method: 'POST',
      path: api('domains'),
      body: checked.value,
      answer: domainSchema,
    });
    if (answer.ok && answer.status === 201) return onClose();
    if (answer.ok) return setProblem(t('domains.already', { name: answer.value.name }));
    if (answer.failure.kind !== 'refused' || answer.failure.refusal.code !== 'invalid_value') return;
    // What is a domain only the hub knows, which holds the lists of those that are nobody's; it is said at the field.
    setProblem(failureText(answer.failure));
    change.forget();
  };
  return (
    <FormDialog
      title={t('domains.add')}
      submit={t('domains.add')}
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <Field
        label={t('domains.name')}
        hint={t('domains.nameHint')}
        problem={problem}
        value={name}
        onChange={setName}
      />
    </FormDialog>
  );
}
