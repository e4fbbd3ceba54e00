import { useConsoleText } from '../console-text.tsx';
import classes from './Charts.module.css';
import { GROUPS, grouped, percentOf, type StatusCounts } from './statuses.ts';

const WIDTH = 600;
const HEIGHT = 14;

/** How many follow their policy (rows of the page Compliance), as a bar and in words that say the same. */
export function ComplianceBar({ counts }: { readonly counts: StatusCounts }) {
  const { t, number } = useConsoleText();
  const sums = grouped(counts);
  if (sums.all === 0) return <p className={classes.words}>{t('compliance.shareNone')}</p>;
  let from = 0;
  return (
    <div className={classes.chart}>
      <p className={classes.words}>
        {t('compliance.share', {
          good: number(sums.good),
          all: number(sums.all),
          percent: number(percentOf(sums.good, sums.all)),
        })}{' '}
        {t('compliance.counted')}
      </p>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className={classes.bar} aria-hidden>
        {GROUPS.map(([group]) => {
          const width = (WIDTH * sums[group]) / sums.all;
          const x = from;
          from += width;
          return <rect key={group} x={x} y={0} width={width} height={HEIGHT} className={classes[group]} />;
        })}
      </svg>
      <ul className={classes.legend}>
        {GROUPS.map(([group]) => (
          <li key={group}>
            <span className={classes.key} data-group={group} aria-hidden />
            {t('compliance.legend', {
              status: t(`compliance.group.${group}`),
              count: number(sums[group]),
            })}
          </li>
        ))}
      </ul>
    </div>
  );
}
