import { complianceTrendSchema } from '../../shared/contracts/hub-devices.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import { Table } from '../parts/Table.tsx';
import { useFilters } from '../parts/use-filters.ts';
import classes from './Charts.module.css';
import { type Counted, DAY_MS, everyDay, type Since } from './every-day.ts';
import { GROUPS, grouped, percentOf } from './statuses.ts';

const SPANS = ['30', '90', '365'] as const;
const HEIGHT = 100;
const HATCHED = 'trend-not-counted';

/** How many followed their policy, day by day: drawn, said in a sentence, and as a table. */
export function TrendPanel() {
  const { t, number } = useConsoleText();
  const { api } = useHere();
  const { get, set } = useFilters();
  const span = SPANS.find((each) => each === get('days')) ?? SPANS[0];
  const loaded = useRead(
    { path: api('devices', 'trend'), query: { days: span }, answer: complianceTrendSchema },
    { keep: true },
  );
  return (
    <Panel
      title={t('compliance.trend')}
      actions={
        <Choice
          label={t('compliance.trendDays')}
          value={span}
          options={SPANS.map((each) => [each, number(Number(each))])}
          onChange={(each) => set('days', each === SPANS[0] ? '' : each)}
        />
      }
    >
      <Gate loaded={loaded}>{({ days }) => <Trend days={days} span={Number(span)} />}</Gate>
    </Panel>
  );
}

function Trend({ days, span }: { readonly days: readonly Counted[]; readonly span: number }) {
  const { t, number } = useConsoleText();
  const day = useDay();
  const [first] = days;
  if (first === undefined) return null;
  const all = everyDay(days);
  const gaps = all.length - days.length;
  return (
    <div className={classes.chart}>
      <p className={classes.words}>
        <TrendWords days={days} /> {gaps === 0 ? null : t('compliance.trendGaps', { count: gaps })}
      </p>
      {days.length === 1 ? null : <Bars days={all} span={span} />}
      <details className={classes.table}>
        <summary>{t('compliance.trendTable')}</summary>
        <div>
          <Table
            label={t('compliance.trend')}
            rows={all.toReversed()}
            rowKey={(each) => each.day}
            columns={[
              { title: t('compliance.day'), cell: (each) => day(each.day) },
              ...GROUPS.map(([group]) => ({
                title: t(`compliance.group.${group}`),
                cell: ({ statuses }: Since) =>
                  statuses === null ? t('compliance.notCounted') : number(grouped(statuses)[group]),
              })),
            ]}
          />
        </div>
      </details>
    </div>
  );
}

function TrendWords({ days }: { readonly days: readonly Counted[] }) {
  const { t, number } = useConsoleText();
  const day = useDay();
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined || first === last) return t('compliance.trendFirst');
  const share = ({ statuses }: Counted) => {
    const { good, all } = grouped(statuses);
    return percentOf(good, all);
  };
  const [before, now] = [share(first), share(last)];
  const values = { day: day(first.day), before: number(before), percent: number(now) };
  if (before === now) return t('compliance.trendSame', values);
  return t(before < now ? 'compliance.trendUp' : 'compliance.trendDown', values);
}

/** A bar for each day of the span, as high as all rows of that day; a day that nobody counted is hatched. */
function Bars({ days, span }: { readonly days: readonly Since[]; readonly span: number }) {
  const day = useDay();
  const last = days.at(-1);
  if (last === undefined) return null;
  const end = Date.parse(last.day);
  const begin = new Date(end - (span - 1) * DAY_MS).toISOString().slice(0, 10);
  const most = Math.max(1, ...days.map(({ statuses }) => (statuses === null ? 0 : grouped(statuses).all)));
  return (
    <div>
      <svg viewBox={`0 0 ${span} ${HEIGHT}`} preserveAspectRatio="none" className={classes.trend} aria-hidden>
        <defs>
          <pattern id={HATCHED} width={span / 120} height={8} patternUnits="userSpaceOnUse">
            <rect width={span / 120} height={4} className={classes.gap} />
          </pattern>
        </defs>
        {days.map((each) => (
          <Bar key={each.day} day={each} x={span - 1 - (end - Date.parse(each.day)) / DAY_MS} most={most} />
        ))}
      </svg>
      <div className={classes.ends} aria-hidden>
        <span>{day(begin)}</span>
        <span>{day(last.day)}</span>
      </div>
    </div>
  );
}

function Bar({ day, x, most }: { readonly day: Since; readonly x: number; readonly most: number }) {
  if (day.statuses === null)
    return <rect x={x} y={0} width={1} height={HEIGHT} fill={`url(#${HATCHED})`} data-gap />;
  const sums = grouped(day.statuses);
  let top = HEIGHT;
  return GROUPS.map(([group]) => {
    const height = (HEIGHT * sums[group]) / most;
    top -= height;
    return <rect key={group} x={x + 0.08} y={top} width={0.84} height={height} className={classes[group]} />;
  });
}

/** Writes a day of the calendar, whatever the reader's time zone. */
function useDay(): (day: string) => string {
  const { locale } = useConsoleText();
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  return (day) => format.format(Date.parse(day));
}
