import { useState } from 'react';
import { type Connection, connectionChangeSchema } from '../../shared/contracts/hub-sso.ts';
import { useConsoleText } from '../console-text.tsx';
import { checkForm } from '../parts/check-form.ts';
import { Field } from '../parts/Field.tsx';
import { Form } from '../parts/Form.tsx';
import { useConnectionEdit } from './use-connection-edit.ts';

/** The values of an OpenID provider; the secret is only ever sent, never shown. */
export function OidcForm({ connection }: { readonly connection: Connection }) {
  const { t } = useConsoleText();
  const { change, save } = useConnectionEdit(connection);
  const [issuer, setIssuer] = useState(connection.oidc?.issuer ?? '');
  const [clientId, setClientId] = useState(connection.oidc?.clientId ?? '');
  const [clientSecret, setClientSecret] = useState('');
  const [problems, setProblems] = useState<{ readonly [field: string]: string }>({});
  const [saved, setSaved] = useState(false);
  const submit = async () => {
    setSaved(false);
    const oidc = { issuer, clientId, ...(clientSecret === '' ? {} : { clientSecret }) };
    const checked = checkForm(connectionChangeSchema, { oidc });
    setProblems(checked.ok ? {} : checked.problems);
    if (!checked.ok) return;
    const done = await save(checked.value);
    setSaved(done);
    if (done) setClientSecret('');
  };
  return (
    <Form
      submit={t('sso.saveValues')}
      small
      change={change}
      saved={saved ? t('sso.saved') : null}
      onSubmit={submit}
    >
      <Field
        label={t('sso.issuer')}
        hint={t('sso.issuerHint')}
        type="url"
        problem={problems['oidc.issuer']}
        value={issuer}
        onChange={setIssuer}
      />
      <Field
        label={t('sso.clientId')}
        problem={problems['oidc.clientId']}
        value={clientId}
        onChange={setClientId}
      />
      <Field
        label={t('sso.clientSecret')}
        hint={t(connection.oidc?.hasSecret === true ? 'sso.clientSecretKept' : 'sso.clientSecretHint')}
        type="password"
        problem={problems['oidc.clientSecret']}
        value={clientSecret}
        onChange={setClientSecret}
      />
    </Form>
  );
}
