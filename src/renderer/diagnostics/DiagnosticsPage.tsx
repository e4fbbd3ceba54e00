import { Button } from '@mantine/core';
import CircleCheck from 'lucide-react/icons/circle-check';
import CircleDashed from 'lucide-react/icons/circle-dashed';
import CircleX from 'lucide-react/icons/circle-x';
import RefreshCw from 'lucide-react/icons/refresh-cw';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import type { Check, StatusAnswer } from '../../shared/contracts/local-api.ts';
import { PathText } from '../../shared-ui/Breaking.tsx';
import { CopyButton } from '../../shared-ui/CopyButton.tsx';
import { Notice } from '../../shared-ui/Notice.tsx';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { EmptyState } from '../../shared-ui/PageState.tsx';
import { Facts, Panel } from '../../shared-ui/Panel.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { FailureText } from '../agent/FailureText.tsx';
import { ResourceGate } from '../agent/ResourceGate.tsx';
import { useResource } from '../agent/use-resource.ts';
import { AgentWords, usePlainWords } from './AgentWords.tsx';
import classes from './DiagnosticsPage.module.css';
import { useExport } from './use-export.tsx';

const ICONS = { ok: CircleCheck, warning: TriangleAlert, failed: CircleX, skipped: CircleDashed } as const;
/** What needs a person comes first. */
const ORDER: Readonly<Record<Check['result'], number>> = { failed: 0, warning: 1, ok: 2, skipped: 3 };

/** What "mooring doctor" finds: what works, what does not, and what to do about it. */
export function DiagnosticsPage() {
  const { t } = useText();
  const doctor = useResource('doctor');
  const status = useResource('status');
  const exported = useExport();
  const report = useReport();
  return (
    <ResourceGate loaded={doctor}>
      {({ checks }) => {
        const busy = doctor.state === 'ready' && doctor.refreshing;
        return (
          <>
            <PageHead
              title={t('diagnostics.title')}
              text={t('diagnostics.summary')}
              actions={
                <>
                  <CopyButton text={() => report(checks, status.state === 'ready' ? status.value : null)}>
                    {t('diagnostics.copy')}
                  </CopyButton>
                  {exported.button}
                  <Button
                    size="xs"
                    leftSection={<RefreshCw size={14} aria-hidden />}
                    loading={busy}
                    onClick={() => (doctor.state === 'ready' ? doctor.refresh() : undefined)}
                  >
                    {busy ? t('diagnostics.running') : t('diagnostics.run')}
                  </Button>
                </>
              }
            />
            {exported.failure === null ? null : (
              <Notice tone="bad" live>
                <FailureText failure={exported.failure} />
              </Notice>
            )}
            <Summary checks={checks} />
            <Checks checks={checks} />
            {status.state === 'ready' ? <AgentPanel status={status.value} /> : null}
          </>
        );
      }}
    </ResourceGate>
  );
}

function Summary({ checks }: { readonly checks: readonly Check[] }) {
  const { t, list } = useText();
  const count = (result: Check['result']) => checks.filter((check) => check.result === result).length;
  const failed = count('failed');
  const warnings = count('warning');
  if (checks.length === 0) return null;
  const parts = [
    ...(failed > 0 ? [t('diagnostics.failed', { count: failed })] : []),
    ...(warnings > 0 ? [t('diagnostics.warnings', { count: warnings })] : []),
  ];
  const tone = failed > 0 ? 'bad' : warnings > 0 ? 'warn' : 'good';
  return <Notice tone={tone}>{parts.length === 0 ? t('diagnostics.allGood') : list(parts)}</Notice>;
}

function Checks({ checks }: { readonly checks: readonly Check[] }) {
  const { t } = useText();
  if (checks.length === 0)
    return <EmptyState icon={<CircleDashed size={26} />} title={t('diagnostics.none')} />;
  const ordered = checks.toSorted((one, other) => ORDER[one.result] - ORDER[other.result]);
  return (
    <ul className={classes.checks}>
      {ordered.map((check) => {
        const Icon = ICONS[check.result];
        return (
          <li key={check.id} className={classes.check} data-result={check.result}>
            <Icon size={19} aria-hidden className={classes.icon} />
            <div className={classes.words}>
              <h2 className={classes.title}>
                <span>
                  <AgentWords written={check.title} said={check.said?.title} />
                </span>
                <span className={classes.result}>{t(`diagnostics.result.${check.result}`)}</span>
              </h2>
              <p className={classes.finding}>
                <AgentWords written={check.finding} said={check.said?.finding} />
              </p>
              {check.meaning === undefined ? null : (
                <p className={classes.more}>
                  <strong>{t('diagnostics.meaning')}</strong>{' '}
                  <AgentWords written={check.meaning} said={check.said?.meaning} />
                </p>
              )}
              {check.mend === undefined ? null : (
                <p className={classes.more}>
                  <strong>{t('diagnostics.mend')}</strong>{' '}
                  <AgentWords written={check.mend} said={check.said?.mend} />
                </p>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function AgentPanel({ status }: { readonly status: StatusAnswer }) {
  const { t } = useText();
  const { store, choices, state, adminSettings } = status.paths;
  return (
    <div className={classes.columns}>
      <Panel title={t('diagnostics.agent')}>
        <Facts
          facts={[
            [t('diagnostics.version'), status.version],
            [t('diagnostics.platform'), status.platform],
            [t('diagnostics.layout'), status.layout],
            [t('diagnostics.pid'), String(status.pid)],
          ]}
        />
      </Panel>
      <Panel title={t('diagnostics.files')}>
        <Facts
          facts={[
            [t('diagnostics.file.store'), <PathText key="store" path={store} />],
            [t('diagnostics.file.choices'), <PathText key="choices" path={choices} />],
            [t('diagnostics.file.state'), <PathText key="state" path={state} />],
            [t('diagnostics.file.adminSettings'), <PathText key="admin" path={adminSettings} />],
          ]}
        />
      </Panel>
    </div>
  );
}

/** The page as text, in the words in which its reader sees it. */
function useReport(): (checks: readonly Check[], status: StatusAnswer | null) => string {
  const { t } = useText();
  const plain = usePlainWords();
  return (checks, status) => {
    const about = status === null ? [] : [t('diagnostics.about', aboutOf(status)), ''];
    const lines = checks.map(({ result, said, ...check }) => {
      const of = (name: 'title' | 'finding' | 'meaning' | 'mend', written: string) =>
        plain({ written, said: said?.[name] });
      const head = `[${t(`diagnostics.result.${result}`)}] ${of('title', check.title)}: ${of('finding', check.finding)}`;
      const more = (['meaning', 'mend'] as const).flatMap((name) => {
        const written = check[name];
        return written === undefined ? [] : [of(name, written)];
      });
      return [head, ...more].join('\n    ');
    });
    return `${[...about, ...lines].join('\n')}\n`;
  };
}

const aboutOf = ({ version, platform, layout }: StatusAnswer) => ({ version, platform, layout });
