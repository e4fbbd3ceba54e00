import { domainListSchema } from '../../shared/contracts/hub-api.ts';
import type { Connection } from '../../shared/contracts/hub-sso.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { Field } from '../parts/Field.tsx';
import layout from '../parts/Layout.module.css';
import type { Told } from '../parts/Overtaken.tsx';
import { To } from '../parts/To.tsx';
import { Toggle, ToggleGroup } from '../parts/Toggle.tsx';
import { ConnectionForm } from './ConnectionForm.tsx';
import { EnforcementPanel } from './EnforcementPanel.tsx';
import { useTypedConnection } from './use-typed-connection.ts';

type Typed = Pick<Connection, 'name' | 'domains' | 'jit' | 'scimWins'> & { readonly defaultTeam: string };

/** Who is sent to the provider, and what a sign-in does with accounts. Only what was changed is sent. */
export function SignInPart({ connection }: { readonly connection: Connection }) {
  const { t, list } = useConsoleText();
  const yesNo = (on: boolean) => t(on ? 'overtaken.on' : 'overtaken.off');
  const { organization } = useHere();
  const form = useTypedConnection<Typed>(connection, ['name']);
  const { edit, problems, typed } = form;
  const shown = { ...connection, defaultTeam: connection.defaultTeam ?? '', ...typed };
  const told: readonly Told<Connection>[] = [
    [t('sso.name'), ({ name }) => name],
    [t('sso.domainsLegend'), ({ domains }) => list(domains)],
    [t('sso.defaultTeam'), ({ defaultTeam }) => defaultTeam ?? ''],
    [t('sso.jitLabel'), ({ jit }) => yesNo(jit)],
    [t('sso.scimWinsLabel'), ({ scimWins }) => yesNo(scimWins)],
    [t('sso.enforcement'), ({ enforced }) => yesNo(enforced)],
  ];
  const wanted = () => {
    const { defaultTeam, ...rest } = typed;
    const team =
      defaultTeam === undefined ? {} : { defaultTeam: defaultTeam.trim() === '' ? null : defaultTeam };
    return { ...rest, ...team };
  };
  return (
    <>
      <ConnectionForm
        form={form}
        told={told}
        wanted={wanted}
        label={t('action.save')}
        disabled={Object.keys(typed).length === 0}
      >
        <Panel title={t('sso.routing')} text={t('sso.routingText')}>
          <div className={layout.stack}>
            <Field
              label={t('sso.name')}
              hint={t('sso.nameHint')}
              problem={problems.name}
              value={shown.name}
              onChange={(name) => edit({ name })}
            />
            <Domains chosen={shown.domains} onChoose={(domains) => edit({ domains })} />
          </div>
        </Panel>
        <Panel
          title={t('sso.defaults')}
          text={t('sso.defaultsText', { organization: organization.displayName })}
        >
          <Field
            label={t('sso.defaultTeam')}
            hint={t('sso.defaultTeamHint')}
            problem={problems.defaultTeam}
            value={shown.defaultTeam}
            onChange={(defaultTeam) => edit({ defaultTeam })}
          />
        </Panel>
        <Panel title={t('sso.provisioning')} text={t('sso.provisioningText')}>
          <div className={layout.stack}>
            <Toggle
              label={t('sso.jitLabel')}
              hint={t('sso.jitHint')}
              checked={shown.jit}
              onChange={(jit) => edit({ jit })}
            />
            {shown.jit ? null : (
              <Notice tone="warn" live>
                {t('sso.jitOffWarning')} {shown.scim ? '' : t('sso.jitOffNoScim')}
              </Notice>
            )}
            <Toggle
              label={t('sso.scimWinsLabel')}
              hint={t('sso.scimWinsHint')}
              note={
                shown.jit && shown.scim && !shown.scimWins ? (
                  <Tag tone="accent">{t('sso.recommended')}</Tag>
                ) : undefined
              }
              checked={shown.scimWins}
              onChange={(scimWins) => edit({ scimWins })}
            />
          </div>
        </Panel>
      </ConnectionForm>
      <EnforcementPanel connection={connection} />
    </>
  );
}

function Domains({
  chosen,
  onChoose,
}: {
  readonly chosen: readonly string[];
  readonly onChoose: (domains: string[]) => void;
}) {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  const loaded = useRead({ path: api('domains'), answer: domainListSchema });
  return (
    <Gate loaded={loaded}>
      {({ domains }) => {
        const verified = domains.filter(({ verifiedAt }) => verifiedAt !== null).map(({ name }) => name);
        const all = [...verified, ...chosen.filter((name) => !verified.includes(name))];
        if (all.length === 0)
          return (
            <Notice tone="warn">
              {t('sso.noDomains')} <To page={page('domains')}>{t('sso.toDomains')}</To>
            </Notice>
          );
        return (
          <ToggleGroup legend={t('sso.domainsLegend')} hint={t('sso.domainsHint')}>
            {all.map((name) => (
              <Toggle
                key={name}
                label={verified.includes(name) ? name : `${name} (${t('sso.notVerified')})`}
                checked={chosen.includes(name)}
                onChange={(on) => onChoose(on ? [...chosen, name] : chosen.filter((each) => each !== name))}
              />
            ))}
          </ToggleGroup>
        );
      }}
    </Gate>
  );
}
