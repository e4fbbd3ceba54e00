import {
  type SimulatedDevice,
  type SimulatedState,
  type Simulation,
  simulationSchema,
} from '../../shared/contracts/hub-simulation.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useValueText } from '../../shared-ui/value-text.ts';
import { useConsoleText } from '../console-text.tsx';
import type { Question } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import layout from '../parts/Layout.module.css';
import { ServerList } from '../parts/ServerList.tsx';
import { Table } from '../parts/Table.tsx';

/** What a simulation found: how many, which settings, and device by device from what to what. */
export function SimulationResult({ question }: { readonly question: Question }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  return (
    <ServerList
      name="simulated"
      label={t('simulate.byDevice')}
      path={api('policies', 'simulate')}
      question={question}
      answer={simulationSchema}
      page={({ devices, total, next }) => ({ rows: devices, total, next })}
      rowKey={({ user, device }) => `${user.id} ${device?.id}`}
      usualSort="user"
      search={t('simulate.search')}
      above={(result) => <Summary result={result} />}
      empty={{ text: null }}
      columns={[
        { title: t('overrides.user'), sort: 'user', cell: ({ user }) => user.email },
        {
          title: t('simulate.device'),
          sort: 'device',
          cell: ({ device }) => device?.name ?? t('simulate.noDevice'),
        },
        { title: t('simulate.change'), sort: 'changes', cell: (row) => <Changes row={row} /> },
      ]}
    />
  );
}

function Summary({ result: { totals, settings } }: { readonly result: Simulation }) {
  const { t } = useConsoleText();
  if (totals.members === 0) return <Notice tone="warn">{t('simulate.nobody')}</Notice>;
  const quiet = totals.membersChanged === 0 && totals.devicesHindered === 0;
  return (
    <div className={layout.stack} role="status">
      <Totals totals={totals} />
      {quiet ? <Notice tone="good">{t('simulate.nothing')}</Notice> : null}
      {settings.length === 0 ? null : (
        <Panel title={t('simulate.bySetting')} flush>
          <Table
            label={t('simulate.bySetting')}
            rows={settings}
            rowKey={({ setting }) => setting}
            columns={[
              { title: t('policy.column.setting'), cell: ({ setting }) => labelOf(setting) },
              { title: t('simulate.count'), cell: ({ count }) => t('simulate.countValue', { count }) },
            ]}
          />
        </Panel>
      )}
    </div>
  );
}

function Totals({ totals }: { readonly totals: Simulation['totals'] }) {
  const { t } = useConsoleText();
  return (
    <div className={layout.row}>
      <span className={layout.dim}>
        {t('simulate.members', { count: totals.members })} ({t('simulate.devices', { count: totals.devices })}
        )
      </span>
      {totals.membersChanged === 0 ? null : (
        <Tag tone="accent">
          {t('simulate.changed', { count: totals.membersChanged })}
          {totals.devicesChanged === 0
            ? null
            : ` ${t('simulate.changedDevices', { count: totals.devicesChanged })}`}
        </Tag>
      )}
      {totals.choicesOverridden === 0 ? null : (
        <Tag tone="warn">{t('simulate.choices', { count: totals.choicesOverridden })}</Tag>
      )}
      {totals.devicesHindered === 0 ? null : (
        <Tag tone="bad">{t('simulate.hindered', { count: totals.devicesHindered })}</Tag>
      )}
    </div>
  );
}

function Changes({ row }: { readonly row: SimulatedDevice }) {
  const { t, list } = useConsoleText();
  const stateText = useStateText();
  return (
    <ul className={layout.plain}>
      {row.changes.map(({ setting, from, to }) => (
        <li key={setting}>
          {t('simulate.fromTo', {
            setting: labelOf(setting),
            from: stateText(setting, from),
            to: stateText(setting, to),
          })}
        </li>
      ))}
      {row.overriddenChoices.length === 0 ? null : (
        <li>
          <Tag tone="warn">
            {t('simulate.overrides', { settings: list(row.overriddenChoices.map(labelOf)) })}
          </Tag>
        </li>
      )}
      {row.obstacles.map(({ code, message }) => (
        <li key={code}>
          <Tag tone="bad">{message}</Tag>
        </li>
      ))}
    </ul>
  );
}

function useStateText(): (setting: string, state: SimulatedState) => string {
  const { t } = useConsoleText();
  const valueText = useValueText();
  return (setting, { value, locked }) => {
    if (value === undefined) return t('simulate.onlyDevice');
    const text = valueText(value, { unit: desktopCatalog.byId.get(setting)?.unit });
    return locked ? t('simulate.locked', { value: text }) : text;
  };
}

function labelOf(setting: string): string {
  return desktopCatalog.byId.get(setting)?.label ?? setting;
}
