import { Button } from '@mantine/core';
import { useState } from 'react';
import { deviceDriftSchema } from '../../shared/contracts/hub-devices.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useValueText } from '../../shared-ui/value-text.ts';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import layout from '../parts/Layout.module.css';
import { Table } from '../parts/Table.tsx';
import { labelOf } from './ReportPanels.tsx';

const PAGE = 20;

/** What was put right on a device, newest first. */
export function DriftPanel({ id }: { readonly id: string }) {
  const { t } = useConsoleText();
  const valueText = useValueText();
  const { api } = useHere();
  const [cursor, setCursor] = useState('');
  const loaded = useRead(
    { path: api('devices', id, 'drift'), query: { limit: PAGE, cursor }, answer: deviceDriftSchema },
    { keep: true },
  );
  return (
    <Panel title={t('device.drift')} text={t('device.driftText')} flush>
      <Gate loaded={loaded}>
        {({ drift, next }) =>
          drift.length === 0 ? (
            <p className={layout.inset}>{t('device.driftNone')}</p>
          ) : (
            <>
              <Table
                label={t('device.drift')}
                rows={drift.map((repair, index) => ({ ...repair, key: `${repair.at} ${index}` }))}
                rowKey={({ key }) => key}
                columns={[
                  {
                    title: t('device.setting'),
                    cell: ({ setting, kind }) =>
                      setting === null ? t(`policy.drift.${kind}`) : labelOf(setting),
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
                  { title: t('device.driftAt'), cell: ({ at }) => <When at={at} /> },
                ]}
              />
              {cursor === '' && next === null ? null : (
                <div className={layout.inset}>
                  <Button variant="default" size="xs" disabled={cursor === ''} onClick={() => setCursor('')}>
                    {t('list.first')}
                  </Button>
                  <Button
                    variant="default"
                    size="xs"
                    disabled={next === null}
                    onClick={() => setCursor(next ?? '')}
                  >
                    {t('list.next')}
                  </Button>
                </div>
              )}
            </>
          )
        }
      </Gate>
    </Panel>
  );
}
