import type { HubPolicy, SettingState } from '../../shared/contracts/local-api.ts';
import { PathText } from '../../shared-ui/Breaking.tsx';
import { type Fact, Facts } from '../../shared-ui/Panel.tsx';
import { SafeLink } from '../../shared-ui/SafeLink.tsx';
import { SidePanel } from '../../shared-ui/SidePanel.tsx';
import { Tag, type Tone } from '../../shared-ui/Tag.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { When } from '../../shared-ui/When.tsx';
import { AgentSays, useManager } from '../agent/AgentSays.tsx';
import { OverrideSection } from '../overrides/OverrideSection.tsx';
import type { ShownSetting } from './find-settings.ts';
import { ValueBlock } from './ValueBlock.tsx';
import classes from './WhyPanel.module.css';

const OUTCOMES: Readonly<Record<SettingState['contributions'][number]['outcome'], Tone>> = {
  wins: 'accent',
  overridden: 'neutral',
  ignored: 'neutral',
};

/** "Why is this locked?": who decides a setting, with what, since when, and what every other layer wanted. */
export function WhyPanel({
  setting,
  contact,
  onClose,
}: {
  /** `null`: closed. */
  readonly setting: ShownSetting | null;
  readonly contact: HubPolicy['contact'];
  readonly onClose: () => void;
}) {
  const { t } = useText();
  const locked = setting?.state.locked === true;
  return (
    <SidePanel
      opened={setting !== null}
      title={t(locked ? 'why.title' : 'why.titleSuggested')}
      onClose={onClose}
    >
      {setting === null ? null : <Explanation setting={setting} contact={contact} />}
    </SidePanel>
  );
}

function Explanation({
  setting,
  contact,
}: {
  readonly setting: ShownSetting;
  readonly contact: HubPolicy['contact'];
}) {
  const { registration, state } = setting;
  const { t } = useText();
  const manager = useManager();
  const by = state.managedBy;
  return (
    <div className={classes.panel}>
      <div>
        <h3 className={classes.setting}>{registration.label}</h3>
        {by === null ? null : (
          <p className={classes.lead}>
            {t(state.locked ? 'why.leadLocked' : 'why.leadSuggested', { label: manager(by) })}
          </p>
        )}
      </div>
      <div className={classes.inForce}>
        <span className={classes.caption}>{t('why.value')}</span>
        <ValueBlock value={state.value} registration={registration} />
      </div>
      {state.locked && state.choice !== undefined ? (
        <div className={classes.choice}>
          <span className={classes.caption}>{t('why.yourChoice')}</span>
          <ValueBlock value={state.choice} registration={registration} />
          <p className={classes.aside}>{t('why.yourChoiceKept')}</p>
        </div>
      ) : null}
      <OverrideSection key={state.id} setting={setting} />
      {by === null ? null : <ManagedFacts by={by} />}
      {contact === null || !state.locked ? null : (
        <p className={classes.contact}>
          <SafeLink address={contact.url}>{t('why.contact', { name: contact.name })}</SafeLink>
        </p>
      )}
      <section>
        <h3 className={classes.heading}>{t('why.layers')}</h3>
        <ol className={classes.layers}>
          {state.contributions.map((contribution) => (
            <li key={contribution.source} className={classes.layer} data-outcome={contribution.outcome}>
              <div className={classes.layerHead}>
                <strong>{t(`source.${contribution.source}`)}</strong>
                <Tag tone={OUTCOMES[contribution.outcome]}>{t(`why.${contribution.outcome}`)}</Tag>
                {contribution.locked ? <Tag>{t('managed.locked')}</Tag> : null}
              </div>
              <ValueBlock value={contribution.value} registration={registration} />
              <p className={classes.aside}>
                <AgentSays words={contribution.reason} />
              </p>
            </li>
          ))}
        </ol>
      </section>
      <section>
        <h3 className={classes.heading}>{t('why.technical')}</h3>
        <Facts
          facts={[
            [t('why.id'), <code key="id">{registration.id}</code>],
            [t('why.path'), <code key="path">{registration.valuePath}</code>],
            [t('why.storeKey'), <code key="store">{registration.storeKey}</code>],
          ]}
        />
      </section>
    </div>
  );
}

function ManagedFacts({ by }: { readonly by: NonNullable<SettingState['managedBy']> }) {
  const { t, number } = useText();
  const facts: readonly (Fact | null)[] = [
    [t('why.source'), t(`source.${by.source}`)],
    by.policy === undefined ? null : [t('why.policy'), by.policy],
    by.organization === undefined ? null : [t('why.organization'), by.organization],
    by.revision === undefined ? null : [t('why.revision'), number(by.revision)],
    by.since === undefined ? null : [t('why.since'), <When key="since" past at={by.since} />],
    by.location === undefined ? null : [t('why.readFrom'), <PathText key="location" path={by.location} />],
  ];
  return <Facts facts={facts.filter((fact) => fact !== null)} />;
}
