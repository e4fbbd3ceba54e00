import { Button } from '@mantine/core';
import { useState } from 'react';
import {
  type ScimSettings,
  type ScimSettingsChange,
  scimSettingsSchema,
} from '../../shared/contracts/hub-provisioning.ts';
import type { Connection } from '../../shared/contracts/hub-sso.ts';
import { Facts, Panel } from '../../shared-ui/Panel.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import { CopyValue } from '../parts/CopyValue.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import reading from '../parts/Reading.module.css';
import { Toggle } from '../parts/Toggle.tsx';
import { type Change, useChange } from '../parts/use-change.ts';
import { useFilters } from '../parts/use-filters.ts';
import { PROVIDERS, type Provider, providerOf } from '../sso/provider.ts';
import { ProvisioningLog, RefusedRequests } from './ProvisioningLog.tsx';
import { ScimTokens } from './ScimTokens.tsx';

/** SCIM of one connection: switch, address, tokens, adoption, steps at the provider, and what it did. */
export function ScimPart({ connection }: { readonly connection: Connection }) {
  const { api } = useHere();
  const path = api('connections', connection.id, 'scim');
  const loaded = useRead({ path, answer: scimSettingsSchema });
  return (
    <>
      <Gate loaded={loaded}>
        {(scim, tag) => <Settings connection={connection} scim={scim} path={path} tag={tag ?? '*'} />}
      </Gate>
      <ProvisioningLog path={path} />
      <RefusedRequests path={path} />
    </>
  );
}

interface SettingsProps {
  readonly connection: Connection;
  readonly scim: ScimSettings;
  readonly path: string;
  readonly tag: string;
}

function Settings({ connection, scim, path, tag }: SettingsProps) {
  const { t } = useConsoleText();
  const change = useChange();
  const [ending, setEnding] = useState(false);
  const { enabled } = scim;
  const baseUrl = t('scim.baseUrl');
  return (
    <>
      <Panel
        title={t('scim.title')}
        text={t('scim.text')}
        actions={
          <Button
            variant="default"
            size="xs"
            loading={change.busy}
            onClick={() =>
              enabled ? setEnding(true) : void update(change, { path, tag }, { enabled: true })
            }
          >
            {t(enabled ? 'scim.switchOff' : 'scim.switchOn')}
          </Button>
        }
      >
        <div className={layout.stack}>
          <FailureNotice failure={change.failure} />
          <Facts
            facts={[
              [
                t('sso.state'),
                <Tag key="state" tone={enabled ? 'good' : 'neutral'}>
                  {t(enabled ? 'scim.on' : 'scim.off')}
                </Tag>,
              ],
              [
                baseUrl,
                <CopyValue key="url" text={scim.baseUrl} label={t('sso.copyNamed', { name: baseUrl })} />,
              ],
              [
                t('scim.managed'),
                `${t('scim.users', { count: scim.users })}, ${t('scim.groups', { count: scim.groups })}`,
              ],
            ]}
          />
        </div>
      </Panel>
      <ScimTokens scim={scim} path={`${path}/tokens`} />
      <Adoption scim={scim} path={path} tag={tag} />
      <Guide connection={connection} />
      {ending ? (
        <SwitchOff connection={connection} path={path} tag={tag} onClose={() => setEnding(false)} />
      ) : null}
    </>
  );
}

const update = (
  change: Change,
  { path, tag }: { readonly path: string; readonly tag: string },
  body: ScimSettingsChange,
) => change.send({ method: 'PATCH', path, body, ifMatch: tag, answer: scimSettingsSchema });

function SwitchOff({
  connection,
  path,
  tag,
  onClose,
}: {
  readonly connection: Connection;
  readonly path: string;
  readonly tag: string;
  readonly onClose: () => void;
}) {
  const { t } = useConsoleText();
  const change = useChange();
  const submit = async () => {
    if ((await update(change, { path, tag }, { enabled: false })).ok) onClose();
  };
  return (
    <FormDialog
      title={t('scim.offTitle')}
      submit={t('scim.switchOff')}
      danger
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <p>{t('scim.offText')}</p>
      {connection.jit ? null : <p>{t('scim.offJit')}</p>}
    </FormDialog>
  );
}

function Adoption({ scim, path, tag }: Omit<SettingsProps, 'connection'>) {
  const { t } = useConsoleText();
  const change = useChange();
  return (
    <Panel title={t('scim.adoption')}>
      <div className={layout.stack}>
        <Toggle
          label={t('scim.adoptionLabel')}
          hint={t('scim.adoptionHint')}
          checked={scim.adoptsSignInMembers}
          disabled={change.busy}
          onChange={(adoptsSignInMembers) => void update(change, { path, tag }, { adoptsSignInMembers })}
        />
        <FailureNotice failure={change.failure} />
      </div>
    </Panel>
  );
}

const STEPS = {
  okta: ['okta.1', 'okta.2', 'okta.3', 'okta.4', 'okta.5'],
  entra: ['entra.1', 'entra.2', 'entra.3', 'entra.4', 'entra.5'],
  other: ['other.1', 'other.2', 'other.3', 'other.4'],
} as const satisfies Record<Provider, readonly string[]>;

function Guide({ connection }: { readonly connection: Connection }) {
  const { t } = useConsoleText();
  const filters = useFilters();
  const provider = providerOf(filters.get('guide'), connection);
  return (
    <Panel
      title={t('scim.guide')}
      actions={
        <Choice
          label={t('sso.guide')}
          value={provider}
          options={PROVIDERS.map((each) => [each, t(`sso.provider.${each}`)])}
          onChange={(each) => filters.set('guide', each)}
        />
      }
    >
      <ol className={reading.numbered}>
        {STEPS[provider].map((step) => (
          <li key={step}>{t(`scim.guide.${step}`)}</li>
        ))}
      </ol>
    </Panel>
  );
}
