import { useState } from 'react';
import { useLocation } from 'wouter';
import { connectionCreationSchema, connectionSchema } from '../../shared/contracts/hub-sso.ts';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import { checkForm } from '../parts/check-form.ts';
import { Field } from '../parts/Field.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { useRefusedField } from '../parts/refused-field.ts';
import { useChange } from '../parts/use-change.ts';
import { PROVIDERS, type Provider } from './provider.ts';

/** Makes a connection without values: its own addresses, which the provider wants first, come from that. */
export function NewConnection({ onClose }: { readonly onClose: () => void }) {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  const [, go] = useLocation();
  const change = useChange();
  const refusedField = useRefusedField();
  const [provider, setProvider] = useState<Provider>('okta');
  const [kind, setKind] = useState('saml');
  const [typed, setTyped] = useState<string | null>(null);
  const [problem, setProblem] = useState<string>();
  const name = typed ?? (provider === 'other' ? '' : t(`sso.provider.${provider}`));
  const submit = async () => {
    const checked = checkForm(connectionCreationSchema, { name, kind });
    setProblem(checked.ok ? undefined : checked.problems.name);
    if (!checked.ok) return;
    const answer = await change.send({
      method: 'POST',
      path: api('connections'),
      body: checked.value,
      answer: connectionSchema,
    });
    if (answer.ok) return go(`${page('sso', answer.value.id)}?guide=${provider}`);
    const refused = refusedField(answer.failure, ['name']);
    if (refused === undefined) return;
    setProblem(refused.name);
    change.forget();
  };
  return (
    <FormDialog
      title={t('sso.create')}
      submit={t('sso.create')}
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <Choice
        label={t('sso.provider')}
        value={provider}
        options={PROVIDERS.map((each) => [each, t(`sso.provider.${each}`)])}
        onChange={(value) => setProvider(PROVIDERS.find((each) => each === value) ?? 'other')}
      />
      <Choice
        label={t('sso.kind')}
        value={kind}
        options={(['saml', 'oidc'] as const).map((each) => [each, t(`sso.kind.${each}`)])}
        onChange={setKind}
      />
      <p className={layout.dim}>{t('sso.kindHint')}</p>
      <Field
        label={t('sso.name')}
        hint={t('sso.nameHint')}
        problem={problem}
        value={name}
        onChange={setTyped}
      />
    </FormDialog>
  );
}
