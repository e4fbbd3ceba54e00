import Lock from 'lucide-react/icons/lock';
import type { ReportedSetting } from '../../shared/contracts/device-report.ts';
import type { DeviceDetail } from '../../shared/contracts/hub-devices.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useConsoleText } from '../console-text.tsx';
import layout from '../parts/Layout.module.css';
import { Table } from '../parts/Table.tsx';
import { useSourceText } from '../parts/use-source-text.ts';

type Report = DeviceDetail['report'];

/** What the device said in its last report: its problems, and who decided each managed setting. */
export function ReportPanels({ report }: { readonly report: Report }) {
  return (
    <>
      {report.problems.length === 0 ? null : <Problems problems={report.problems} />}
      <Precedence report={report} />
    </>
  );
}

function Problems({ problems }: { readonly problems: Report['problems'] }) {
  const { t } = useConsoleText();
  return (
    <Panel title={t('device.problems')} flush>
      <Table
        label={t('device.problems')}
        rows={problems.map((problem, index) => ({ ...problem, key: String(index) }))}
        rowKey={({ key }) => key}
        columns={[
          {
            title: t('device.problem'),
            cell: ({ message, severity }) => (
              <span className={layout.row}>
                <Tag tone={severity === 'error' ? 'bad' : 'warn'}>{t(`severity.${severity}`)}</Tag>
                {message}
              </span>
            ),
          },
          { title: t('device.problemSource'), cell: ({ source }) => source },
          { title: t('device.setting'), cell: ({ path }) => (path === '' ? null : <code>{path}</code>) },
        ]}
      />
    </Panel>
  );
}

function Precedence({ report }: { readonly report: Report }) {
  const { t } = useConsoleText();
  return (
    <Panel title={t('device.precedence')} text={t('device.precedenceText')} flush>
      {report.settings.length === 0 ? (
        <p className={layout.inset}>{t('device.precedenceNone')}</p>
      ) : (
        <Table
          label={t('device.precedence')}
          rows={report.settings}
          rowKey={({ id }) => id}
          columns={[
            { title: t('device.setting'), cell: ({ id }) => labelOf(id) },
            { title: t('device.decidedBy'), cell: ({ source }) => <Source source={source} /> },
            {
              title: t('device.lock'),
              cell: ({ locked }) =>
                locked ? (
                  <Tag tone="accent" icon={<Lock size={12} aria-hidden />}>
                    {t('managed.locked')}
                  </Tag>
                ) : (
                  t('device.open')
                ),
            },
            {
              title: t('device.outcome'),
              cell: ({ outcome }) =>
                outcome === 'failed' ? (
                  <Tag tone="bad">{t('device.outcome.failed')}</Tag>
                ) : (
                  t(`device.outcome.${outcome}`)
                ),
            },
          ]}
        />
      )}
      {report.choices.length === 0 ? null : (
        <p className={layout.inset}>{t('device.choices', { count: report.choices.length })}</p>
      )}
    </Panel>
  );
}

function Source({ source }: { readonly source: ReportedSetting['source'] }) {
  return useSourceText()(source);
}

/** The name of a setting, or its id where a newer agent knows it and this hub does not. */
export function labelOf(id: string): string {
  return desktopCatalog.settings.find((setting) => setting.id === id)?.label ?? id;
}
