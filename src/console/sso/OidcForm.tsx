import { Button } from '@mantine/core';
import { useState } from 'react';
import { type Connection, connectionChangeSchema } from '../../shared/contracts/hub-sso.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { useConsoleText } from '../console-text.tsx';
import { checkForm } from '../parts/check-form.ts';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import { Field } from '../parts/Field.tsx';
import layout from '../parts/Layout.module.css';
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
    <form
      className={layout.stack}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
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
      <FailureNotice failure={change.failure} />
      {saved ? (
        <Notice tone="good" live>
          {t('sso.saved')}
        </Notice>
      ) : null}
      <div>
        <Button type="submit" size="xs" loading={change.busy}>
          {t('sso.saveValues')}
        </Button>
      </div>
    </form>
  );
}
