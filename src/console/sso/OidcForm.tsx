import type { Connection } from '../../shared/contracts/hub-sso.ts';
import { useConsoleText } from '../console-text.tsx';
import { Field } from '../parts/Field.tsx';
import type { Told } from '../parts/Overtaken.tsx';
import { ConnectionForm } from './ConnectionForm.tsx';
import { useTypedConnection } from './use-typed-connection.ts';

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
  const form = useTypedConnection<Typed>(connection, ['oidc.issuer']);
  const { edit, problems, typed } = form;
  const { issuer, clientId, clientSecret } = { ...typedFrom(connection), ...typed };
  const told: readonly Told<Connection>[] = [
    [t('sso.issuer'), (each) => typedFrom(each).issuer],
    [t('sso.clientId'), (each) => typedFrom(each).clientId],
  ];
  const wanted = () => ({
    oidc: { issuer, clientId, ...(clientSecret === '' ? {} : { clientSecret }) },
  });
  return (
    <ConnectionForm form={form} told={told} wanted={wanted} label={t('sso.saveValues')} small>
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
    </ConnectionForm>
  );
}
