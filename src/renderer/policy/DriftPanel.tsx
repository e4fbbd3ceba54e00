import type { Drift } from '../../shared/contracts/local-api.ts';
import { useLabels } from '../../shared-ui/labels-context.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { useValueText } from '../../shared-ui/value-text.ts';
import { When } from '../../shared-ui/When.tsx';
import classes from './DriftPanel.module.css';

/** Edits of the store that broke a lock and were put right, newest first. */
export function DriftPanel({ drift }: { readonly drift: readonly Drift[] }) {
  const { t } = useText();
  const newestFirst = drift.toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at));
  return (
    <Panel
      title={t('policy.drift')}
      text={drift.length === 0 ? t('policy.driftNone') : t('policy.driftText')}
      flush
    >
      <ul className={classes.repairs}>
        {newestFirst.map((repair, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two repairs may share their instant and setting
          <li key={`${repair.at} ${index}`} className={classes.repair}>
            <Repair repair={repair} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Repair({ repair }: { readonly repair: Drift }) {
  const { t } = useText();
  const labelOf = useLabels();
  const valueText = useValueText();
  return (
    <>
      <div className={classes.what}>
        <strong>
          {repair.setting === null ? t(`policy.drift.${repair.kind}`) : labelOf(repair.setting)}
        </strong>
        {repair.setting === null ? null : (
          <span className={classes.kind}>{t(`policy.drift.${repair.kind}`)}</span>
        )}
        {repair.file === undefined ? null : <code className={classes.kind}>{repair.file}</code>}
      </div>
      {repair.wrong === undefined && repair.right === undefined ? null : (
        <dl className={classes.values}>
          <div>
            <dt>{t('policy.driftFound')}</dt>
            <dd>{valueText(repair.wrong)}</dd>
          </div>
          <div>
            <dt>{t('policy.driftRestored')}</dt>
            <dd>{valueText(repair.right)}</dd>
          </div>
        </dl>
      )}
      <span className={classes.when}>
        <When past at={repair.at} />
      </span>
    </>
  );
}
