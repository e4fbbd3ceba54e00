import type { Connection } from '../../shared/contracts/hub-sso.ts';
import { useConsoleText } from '../console-text.tsx';
import { Field } from '../parts/Field.tsx';
import layout from '../parts/Layout.module.css';
import type { Told } from '../parts/Overtaken.tsx';
import reading from '../parts/Reading.module.css';
import { problemAt } from '../parts/refused-field.ts';
import { Toggle } from '../parts/Toggle.tsx';
import { type Certificate, SHOWN_DIGITS } from './CertificatesPanel.tsx';
import { ConnectionForm } from './ConnectionForm.tsx';
import { certificatesIn } from './certificates-in.ts';
import { useTypedConnection } from './use-typed-connection.ts';

interface Typed {
  readonly idpEntityId: string;
  readonly signInUrl: string;
  readonly certificates: string;
  readonly wantResponseSigned: boolean;
  readonly signRequests: boolean;
}

const typedFrom = ({ saml }: Connection): Typed => ({
  idpEntityId: saml?.idpEntityId ?? '',
  signInUrl: saml?.signInUrl ?? '',
  certificates: saml?.certificates.map(({ pem }) => pem).join('\n') ?? '',
  wantResponseSigned: saml?.wantResponseSigned ?? false,
  signRequests: saml?.signRequests ?? false,
});

/** The values of a SAML provider, for those who have no metadata, and to correct single ones. */
export function SamlForm({ connection }: { readonly connection: Connection }) {
  const { t, list } = useConsoleText();
  const yesNo = (on: boolean) => t(on ? 'overtaken.on' : 'overtaken.off');
  const form = useTypedConnection<Typed>(connection, ['saml.signInUrl', 'saml.certificates']);
  const { edit, problems, typed } = form;
  const shown = { ...typedFrom(connection), ...typed };
  // With its fingerprint: a provider's next certificate is mostly made out to the same name.
  const named = ({ subject, fingerprint }: Certificate) =>
    t('sso.certificateNamed', { subject, print: fingerprint.slice(0, SHOWN_DIGITS) });
  const told: readonly Told<Connection>[] = [
    [t('sso.idpEntityId'), (each) => typedFrom(each).idpEntityId],
    [t('sso.signInUrl'), (each) => typedFrom(each).signInUrl],
    [t('sso.certificates'), ({ saml }) => list(saml?.certificates.map(named) ?? [])],
    [t('sso.wantResponseSigned'), (each) => yesNo(typedFrom(each).wantResponseSigned)],
    [t('sso.signRequests'), (each) => yesNo(typedFrom(each).signRequests)],
  ];
  const wanted = () => ({ saml: { ...shown, certificates: certificatesIn(shown.certificates) } });
  return (
    <details className={reading.folded}>
      <summary>{t('sso.byHand')}</summary>
      <ConnectionForm form={form} told={told} wanted={wanted} label={t('sso.saveValues')} small>
        <Field
          label={t('sso.idpEntityId')}
          hint={t('sso.idpEntityIdHint')}
          problem={problems['saml.idpEntityId']}
          value={shown.idpEntityId}
          onChange={(idpEntityId) => edit({ idpEntityId })}
        />
        <Field
          label={t('sso.signInUrl')}
          hint={t('sso.signInUrlHint')}
          type="url"
          problem={problems['saml.signInUrl']}
          value={shown.signInUrl}
          onChange={(signInUrl) => edit({ signInUrl })}
        />
        <div className={layout.code}>
          <Field
            label={t('sso.certificateField')}
            hint={t('sso.certificateHint')}
            rows={6}
            problem={
              problems['saml.certificates'] !== undefined && certificatesIn(shown.certificates).length === 0
                ? t('sso.certificateMissing')
                : problemAt(problems, 'saml.certificates')
            }
            value={shown.certificates}
            onChange={(certificates) => edit({ certificates })}
          />
        </div>
        <Toggle
          label={t('sso.wantResponseSigned')}
          hint={t('sso.wantResponseSignedHint')}
          checked={shown.wantResponseSigned}
          onChange={(wantResponseSigned) => edit({ wantResponseSigned })}
        />
        <Toggle
          label={t('sso.signRequests')}
          hint={t('sso.signRequestsHint')}
          checked={shown.signRequests}
          onChange={(signRequests) => edit({ signRequests })}
        />
      </ConnectionForm>
    </details>
  );
}
