import { useState } from 'react';
import { type Connection, connectionChangeSchema } from '../../shared/contracts/hub-sso.ts';
import { useConsoleText } from '../console-text.tsx';
import { checkForm } from '../parts/check-form.ts';
import { Field } from '../parts/Field.tsx';
import { Form } from '../parts/Form.tsx';
import { Overtaken, type Told } from '../parts/Overtaken.tsx';
import { useConnectionEdit } from './use-connection-edit.ts';

interface Typed {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

const typedFrom = ({ oidc }: Connection): Typed => ({
  issuer: oidc?.issuer ?? '',
  clientId: oidc?.clientId ?? '',
  clientSecret: '',
});

/** The values of an OpenID provider; the secret is only ever sent, never shown. */
export function OidcForm({ connection }: { readonly connection: Connection }) {
  const { t } = useConsoleText();
  const { change, made, save } = useConnectionEdit(connection);
  const [typed, setTyped] = useState<Partial<Typed>>({});
  const { issuer, clientId, clientSecret } = { ...typedFrom(connection), ...typed };
  const [problems, setProblems] = useState<{ readonly [field: string]: string }>({});
  const [saved, setSaved] = useState(false);
  const edit = (part: Partial<Typed>) => {
    setSaved(false);
    made.begin();
    setTyped((before) => ({ ...before, ...part }));
  };
  const fields: readonly Told<Connection>[] = [
    [t('sso.issuer'), (each) => typedFrom(each).issuer],
    [t('sso.clientId'), (each) => typedFrom(each).clientId],
  ];
  const submit = async () => {
    setSaved(false);
    const oidc = { issuer, clientId, ...(clientSecret === '' ? {} : { clientSecret }) };
    const checked = checkForm(connectionChangeSchema, { oidc });
    setProblems(checked.ok ? {} : checked.problems);
    if (!checked.ok) return;
    const done = await save(checked.value);
    setSaved(done);
    if (done) setTyped({});
  };
  return (
    <Form
      submit={t('sso.saveValues')}
      small
      change={change}
      saved={saved ? t('sso.saved') : null}
      onSubmit={submit}
    >
      <Overtaken
        overtaken={made.overtaken}
        fields={fields}
        onTheirs={() => {
          setTyped({});
          change.forget();
          made.end();
        }}
      />
      <Field
        label={t('sso.issuer')}
        hint={t('sso.issuerHint')}
        type="url"
        problem={problems['oidc.issuer']}
        value={issuer}
        onChange={(next) => edit({ issuer: next })}
      />
      <Field
        label={t('sso.clientId')}
        problem={problems['oidc.clientId']}
        value={clientId}
        onChange={(next) => edit({ clientId: next })}
      />
      <Field
        label={t('sso.clientSecret')}
        hint={t(connection.oidc?.hasSecret === true ? 'sso.clientSecretKept' : 'sso.clientSecretHint')}
        type="password"
        problem={problems['oidc.clientSecret']}
        value={clientSecret}
        onChange={(next) => edit({ clientSecret: next })}
      />
    </Form>
  );
}
