import { driftKindSchema } from '../../shared/contracts/drift-kind.ts';
import { deviceDriftSchema } from '../../shared/contracts/hub-devices.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useValueText } from '../../shared-ui/value-text.ts';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import layout from '../parts/Layout.module.css';
import { FilterChoice, ServerList } from '../parts/ServerList.tsx';
import { useFilters } from '../parts/use-filters.ts';
import { labelOf } from './ReportPanels.tsx';

/** What was put right on a device, newest first. */
export function DriftPanel({ id }: { readonly id: string }) {
  const { t } = useConsoleText();
  const valueText = useValueText();
  const { api } = useHere();
  const { get } = useFilters('drift');
  return (
    <Panel title={t('device.drift')} text={t('device.driftText')}>
      <div className={layout.stack}>
        <ServerList
          name="drift"
          label={t('device.drift')}
          path={api('devices', id, 'drift')}
          query={{ kind: get('kind') }}
          answer={deviceDriftSchema}
          page={({ drift, total, next }) => ({
            rows: drift.map((repair, index) => ({ ...repair, key: `${repair.at} ${index}` })),
            total,
            next,
          })}
          rowKey={({ key }) => key}
          usualSort="-at"
          search={t('device.driftSearch')}
          filters={
            <FilterChoice
              name="kind"
              label={t('device.driftWhat')}
              options={driftKindSchema.options.map((kind) => [kind, t(`policy.drift.${kind}`)])}
            />
          }
          empty={{ text: t(get('kind') === '' ? 'device.driftNone' : 'list.nothingFound') }}
          columns={[
            {
              title: t('device.setting'),
              cell: ({ setting, file }) =>
                setting === null ? <code>{file ?? 'settings-store.json'}</code> : labelOf(setting),
            },
            { title: t('device.driftWhat'), cell: ({ kind }) => t(`policy.drift.${kind}`) },
            {
              title: t('device.driftFound'),
              cell: ({ wrong }) => (wrong === undefined ? null : valueText(wrong)),
            },
            {
              title: t('device.driftRestored'),
              cell: ({ right }) => (right === undefined ? null : valueText(right)),
            },
            { title: t('device.driftAt'), sort: 'at', cell: ({ at }) => <When at={at} /> },
          ]}
        />
      </div>
    </Panel>
  );
}
