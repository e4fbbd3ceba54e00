import type { SourceState } from '../../shared/contracts/local-api.ts';
import { PathText } from '../../shared-ui/Breaking.tsx';
import { CopyButton } from '../../shared-ui/CopyButton.tsx';
import { DocumentView } from '../../shared-ui/DocumentView.tsx';
import { Facts, Panel } from '../../shared-ui/Panel.tsx';
import { Tag, type Tone } from '../../shared-ui/Tag.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { When } from '../../shared-ui/When.tsx';
import { AgentSays } from '../agent/AgentSays.tsx';
import classes from './SourcesPanel.module.css';

const TONES: Readonly<Record<SourceState['state'], Tone>> = {
  absent: 'neutral',
  ok: 'good',
  warnings: 'warn',
  errors: 'bad',
  broken: 'bad',
  untrusted: 'bad',
  unsupported: 'neutral',
};

/** Every place that policy is read from: how it is doing, when it was read, and what it said. */
export function SourcesPanel({ sources }: { readonly sources: readonly SourceState[] }) {
  const { t } = useText();
  return (
    <Panel title={t('policy.sources')} flush>
      <ul className={classes.sources}>
        {sources.map((source) => (
          <li key={source.source} className={classes.source}>
            <Source source={source} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Source({ source }: { readonly source: SourceState }) {
  const { t } = useText();
  const name = t(`source.${source.source}`);
  const text = JSON.stringify(source.document, null, 2);
  return (
    <>
      <div className={classes.head}>
        <h3 className={classes.name}>{name}</h3>
        <Tag tone={TONES[source.state]}>{t(`policy.state.${source.state}`)}</Tag>
      </div>
      {source.message === undefined ? null : (
        <p className={classes.message}>
          <AgentSays words={source.message} />
        </p>
      )}
      {source.usingLastGood ? <p className={classes.lastGood}>{t('policy.lastGood')}</p> : null}
      <Facts
        facts={[
          ...(source.location === ''
            ? []
            : ([[t('policy.location'), <PathText key="location" path={source.location} />]] as const)),
          [t('policy.lastAttempt'), <When key="attempt" past at={source.lastAttempt} />],
          [t('policy.lastSuccess'), <When key="success" past at={source.lastSuccess} />],
        ]}
      />
      {source.document === undefined ? null : (
        <details className={classes.details}>
          <summary>{t('policy.document')}</summary>
          <div className={classes.document}>
            <DocumentView document={source.document} label={t('policy.documentOf', { source: name })} />
            <div>
              <CopyButton text={() => text} label={t('policy.copyDocument', { source: name })} />
            </div>
          </div>
        </details>
      )}
    </>
  );
}
