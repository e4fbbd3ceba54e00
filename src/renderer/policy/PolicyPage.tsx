import { Button } from '@mantine/core';
import RefreshCw from 'lucide-react/icons/refresh-cw';
import type { PolicyAnswer } from '../../shared/contracts/local-api.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { AgentSays } from '../agent/AgentSays.tsx';
import { FailureText, refusalWords } from '../agent/FailureText.tsx';
import { ResourceGate } from '../agent/ResourceGate.tsx';
import { useResource } from '../agent/use-resource.ts';
import { useSync } from '../agent/use-sync.ts';
import { CurrentPolicy } from './CurrentPolicy.tsx';
import { DriftPanel } from './DriftPanel.tsx';
import { ExportButtons } from './ExportButtons.tsx';
import { ImportButton, ImportOutcome, useImportPolicy } from './ImportPolicy.tsx';
import { ManagedPanel } from './ManagedPanel.tsx';
import { OverridesPanel } from './OverridesPanel.tsx';
import classes from './PolicyPage.module.css';
import { PrecedencePanel } from './PrecedencePanel.tsx';
import { ProblemsPanel } from './ProblemsPanel.tsx';
import { SourcesPanel } from './SourcesPanel.tsx';

/** What manages this computer: who decides, where it was read from, what it decides, and what is wrong with it. */
export function PolicyPage() {
  const { t } = useText();
  const sync = useSync();
  const importing = useImportPolicy();
  return (
    <ResourceGate loaded={useResource('policy')}>
      {(policy) => (
        <>
          <PageHead
            title={t('policy.title')}
            text={t('policy.summary')}
            actions={
              <>
                <ImportButton importing={importing} />
                <ExportButtons policy={policy} />
                <Button
                  size="xs"
                  leftSection={<RefreshCw size={14} aria-hidden />}
                  loading={sync.busy}
                  onClick={() => void sync.run()}
                >
                  {sync.busy ? t('action.syncing') : t('action.syncNow')}
                </Button>
              </>
            }
          />
          <SyncOutcome sync={sync} />
          <ImportOutcome importing={importing} />
          <Panels policy={policy} />
        </>
      )}
    </ResourceGate>
  );
}

function Panels({ policy }: { readonly policy: PolicyAnswer }) {
  return (
    <>
      <CurrentPolicy policy={policy.policy} />
      <OverridesPanel />
      <ProblemsPanel problems={policy.problems} />
      <div className={classes.columns}>
        <PrecedencePanel precedence={policy.precedence} />
        <SourcesPanel sources={policy.sources} />
      </div>
      <ManagedPanel />
      <DriftPanel drift={policy.drift} />
    </>
  );
}

function SyncOutcome({ sync }: { readonly sync: ReturnType<typeof useSync> }) {
  const { t } = useText();
  const { answer } = sync;
  if (answer === undefined || sync.busy) return null;
  if (!answer.ok) {
    return (
      <Notice tone="bad" live>
        <FailureText failure={answer.failure} />
      </Notice>
    );
  }
  const { outcome, message, error } = answer.value;
  if (outcome === 'updated' || outcome === 'unchanged') {
    return (
      <Notice tone="good" live>
        {t(`policy.sync.${outcome}`)}
      </Notice>
    );
  }
  return (
    <Notice tone="warn" live>
      <AgentSays words={error === undefined ? message : refusalWords(error)} />
    </Notice>
  );
}
