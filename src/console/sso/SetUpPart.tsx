import type { Connection } from '../../shared/contracts/hub-sso.ts';
import { Facts, Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import { CopyValue } from '../parts/CopyValue.tsx';
import layout from '../parts/Layout.module.css';
import { Steps } from '../parts/Steps.tsx';
import { To } from '../parts/To.tsx';
import { useFilters } from '../parts/use-filters.ts';
import { CertificatesPanel } from './CertificatesPanel.tsx';
import { KeysPanel } from './KeysPanel.tsx';
import { MetadataForm } from './MetadataForm.tsx';
import { OidcForm } from './OidcForm.tsx';
import { PROVIDERS, providerOf } from './provider.ts';
import { SamlForm } from './SamlForm.tsx';

const ADDRESSES = ['entityId', 'acsUrl', 'metadataUrl', 'certificateUrl', 'redirectUri'] as const;

/** What to do at the identity provider and what to bring back, step by step; whose steps is in the address. */
export function SetUpPart({ connection }: { readonly connection: Connection }) {
  const { t } = useConsoleText();
  const { page } = useHere();
  const filters = useFilters();
  const provider = providerOf(filters.get('guide'), connection);
  const { kind } = connection;
  const words = `${provider}.${kind}` as const;
  return (
    <>
      <Panel
        title={t('sso.part.set-up')}
        actions={
          <Choice
            label={t('sso.guide')}
            value={provider}
            options={PROVIDERS.map((each) => [each, t(`sso.provider.${each}`)])}
            onChange={(each) => filters.set('guide', each)}
          />
        }
      >
        <Steps
          steps={[
            { title: t('sso.step.app'), content: <p>{t(`sso.app.${words}`)}</p> },
            {
              title: t('sso.step.values'),
              content: (
                <>
                  <p>{t(`sso.values.${words}`)}</p>
                  <Addresses connection={connection} />
                  <p className={layout.dim}>{t('sso.attributes')}</p>
                </>
              ),
            },
            {
              title: t('sso.step.back'),
              content: (
                <>
                  <p>{t(`sso.back.${words}`)}</p>
                  {kind === 'saml' ? (
                    <>
                      <MetadataForm connection={connection} />
                      <SamlForm connection={connection} />
                    </>
                  ) : (
                    <OidcForm connection={connection} />
                  )}
                </>
              ),
            },
            {
              title: t('sso.step.test'),
              content: (
                <>
                  <p>{t('sso.testFirst')}</p>
                  <To page={page('sso', connection.id, 'test')}>{t('sso.toTest')}</To>
                </>
              ),
            },
          ]}
        />
      </Panel>
      {connection.saml === null ? null : <CertificatesPanel connection={connection} saml={connection.saml} />}
      {kind === 'saml' ? <KeysPanel connection={connection} /> : null}
    </>
  );
}

function Addresses({ connection }: { readonly connection: Connection }) {
  const { t } = useConsoleText();
  return (
    <Facts
      facts={ADDRESSES.flatMap((each) => {
        const text = connection.setUp[each];
        if (text === null) return [];
        const name = t(`sso.${each}`);
        return [[name, <CopyValue key={each} text={text} label={t('sso.copyNamed', { name })} />] as const];
      })}
    />
  );
}
