import { Button, Checkbox } from '@mantine/core';
import Download from 'lucide-react/icons/download';
import MonitorCheck from 'lucide-react/icons/monitor-check';
import { policyListSchema } from '../../shared/contracts/hub-api.ts';
import {
  DEVICE_STATUSES,
  type Device,
  type DeviceList,
  deviceListSchema,
} from '../../shared/contracts/hub-devices.ts';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { fileAddress } from '../hub/hub-client.ts';
import { useHere } from '../organization-context.tsx';
import layout from '../parts/Layout.module.css';
import { ServerChoice, useChoices } from '../parts/ServerChoice.tsx';
import { FilterChoice, ServerList } from '../parts/ServerList.tsx';
import type { Column } from '../parts/Table.tsx';
import { To } from '../parts/To.tsx';
import { useFilters } from '../parts/use-filters.ts';
import { PLATFORMS, platformName } from '../platforms.ts';
import classes from './Charts.module.css';
import { ComplianceBar } from './ComplianceBar.tsx';
import { StatusTag } from './StatusTag.tsx';
import { TrendPanel } from './TrendPanel.tsx';

/** Devices with every status and axis of docs/delivery.md section 5, and what to do about each. */
export function CompliancePage() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const { get } = useFilters();
  const columns = useColumns();
  const filter = {
    status: get('status'),
    platform: get('platform'),
    policyId: get('policy'),
    hideCompliant: get('hide') === '' ? '' : 'true',
  };
  return (
    <>
      <PageHead
        title={t('compliance.title')}
        text={t('compliance.text')}
        actions={
          <Button
            component="a"
            variant="default"
            href={fileAddress(api('devices', 'export'), { ...filter, search: get('search') })}
            download
            leftSection={<Download size={16} aria-hidden />}
          >
            {t('list.csv')}
          </Button>
        }
      />
      <ServerList
        label={t('compliance.title')}
        path={api('devices')}
        query={filter}
        answer={deviceListSchema}
        page={({ devices, total, next }) => ({ rows: devices, total, next })}
        columns={columns}
        rowKey={({ id, user }) => id ?? user.id}
        usualSort="user"
        search={t('compliance.search')}
        filters={<Filters />}
        found={(count) => t('compliance.found', { count })}
        empty={{
          icon: <MonitorCheck size={26} />,
          title: t('compliance.noneTitle'),
          text: t('compliance.noneText'),
        }}
        above={({ statuses }) => <Standing statuses={statuses} />}
      />
      <TrendPanel />
    </>
  );
}

function Filters() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const { get, set } = useFilters();
  const policies = useChoices({
    path: api('policies'),
    answer: policyListSchema,
    total: ({ total }) => total,
    options: (answer) => answer.policies.map(({ id, name }) => [id, name] as const),
  });
  return (
    <>
      <FilterChoice
        name="status"
        label={t('compliance.status')}
        options={DEVICE_STATUSES.map((status) => [status, t(`compliance.status.${status}`)])}
      />
      <ServerChoice
        label={t('compliance.policy')}
        searchLabel={t('policies.search')}
        value={get('policy')}
        choices={policies}
        first={[['', t('list.any')]]}
        onChange={(id) => set('policy', id)}
      />
      <FilterChoice name="platform" label={t('compliance.platform')} options={PLATFORMS} />
      <Checkbox
        label={t('compliance.hide')}
        checked={get('hide') !== ''}
        onChange={(event) => set('hide', event.currentTarget.checked ? '1' : '')}
      />
    </>
  );
}

/** How many have which status: a bar, the same in words, and a way to each. */
function Standing({ statuses }: { readonly statuses: DeviceList['statuses'] }) {
  const { t, number } = useConsoleText();
  const { get, set } = useFilters();
  return (
    <Panel title={t('compliance.byStatus')}>
      <div className={layout.stack}>
        <ComplianceBar counts={statuses} />
        <ul className={classes.states}>
          {DEVICE_STATUSES.filter((status) => statuses[status] > 0).map((status) => (
            <li key={status}>
              <Button
                size="compact-sm"
                variant={get('status') === status ? 'light' : 'default'}
                aria-pressed={get('status') === status}
                aria-label={t('compliance.showOnly', {
                  status: t(`compliance.status.${status}`),
                  count: number(statuses[status]),
                })}
                onClick={() => set('status', get('status') === status ? '' : status)}
              >
                {t('compliance.legend', {
                  status: t(`compliance.status.${status}`),
                  count: number(statuses[status]),
                })}
              </Button>
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  );
}

function useColumns(): readonly Column<Device>[] {
  const { t } = useConsoleText();
  const { page } = useHere();
  return [
    {
      title: t('compliance.user'),
      sort: 'user',
      cell: ({ user }) => (
        <>
          <To page={page('members', user.id)}>{user.name === '' ? user.email : user.name}</To>
          {user.name === '' ? null : <div className={layout.dim}>{user.email}</div>}
        </>
      ),
    },
    {
      title: t('compliance.device'),
      sort: 'device',
      cell: (device) =>
        device.id === null ? (
          <span className={layout.dim}>{t('compliance.noDevice')}</span>
        ) : (
          <To page={page('compliance', device.id)}>{device.name || device.deviceId || device.id}</To>
        ),
    },
    {
      title: t('compliance.status'),
      sort: 'status',
      cell: (device) => (
        <>
          <StatusTag status={device.status} />
          {device.status === 'compliant' && device.frozen === null ? null : (
            <div className={layout.dim}>{device.whatToDo}</div>
          )}
        </>
      ),
    },
    {
      title: t('compliance.policy'),
      sort: 'policy',
      cell: (device) => (
        <>
          {device.expected === null ? (
            t('device.noPolicy')
          ) : (
            <To page={page('policies', device.expected.id)}>{device.expected.name}</To>
          )}
          {device.expected === null ? null : (
            <div className={layout.dim}>{t(`compliance.settings.${device.settings}`)}</div>
          )}
        </>
      ),
    },
    { title: t('compliance.domain'), cell: ({ domain }) => t(`compliance.domain.${domain}`) },
    {
      title: t('compliance.platform'),
      sort: 'platform',
      cell: ({ platform, osVersion, agentVersion }) =>
        platform === null ? null : (
          <>
            {platformName(platform)} {osVersion}
            <div className={layout.dim}>
              {t('compliance.agent')} {agentVersion}
            </div>
          </>
        ),
    },
    {
      title: t('compliance.fetched'),
      sort: 'fetched',
      cell: ({ id, fetchedAt }) => (id === null ? null : <When at={fetchedAt} />),
    },
  ];
}
