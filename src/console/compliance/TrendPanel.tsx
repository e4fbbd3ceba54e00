import { type ComplianceTrend, complianceTrendSchema } from '../../shared/contracts/hub-devices.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import { Table } from '../parts/Table.tsx';
import { useFilters } from '../parts/use-filters.ts';
import classes from './Charts.module.css';
import { GROUPS, grouped, percentOf } from './statuses.ts';

const SPANS = ['30', '90', '365'] as const;
const HEIGHT = 100;
const DAY_MS = 86_400_000;

type Day = ComplianceTrend['days'][number];

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

function Trend({ days, span }: { readonly days: readonly Day[]; readonly span: number }) {
  const { t, number } = useConsoleText();
  const day = useDay();
  const [first] = days;
  if (first === undefined) return null;
  return (
    <div className={classes.chart}>
      <p className={classes.words}>
        <TrendWords days={days} />
      </p>
      {days.length === 1 ? null : <Bars days={days} span={span} />}
      <details className={classes.table}>
        <summary>{t('compliance.trendTable')}</summary>
        <div>
          <Table
            label={t('compliance.trend')}
            rows={days.toReversed()}
            rowKey={(each) => each.day}
            columns={[
              { title: t('compliance.day'), cell: (each) => day(each.day) },
              ...GROUPS.map(([group]) => ({
                title: t(`compliance.group.${group}`),
                cell: (each: Day) => number(grouped(each.statuses)[group]),
              })),
            ]}
          />
        </div>
      </details>
    </div>
  );
}

function TrendWords({ days }: { readonly days: readonly Day[] }) {
  const { t, number } = useConsoleText();
  const day = useDay();
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined || first === last) return t('compliance.trendFirst');
  const share = ({ statuses }: Day) => {
    const { good, all } = grouped(statuses);
    return percentOf(good, all);
  };
  const [before, now] = [share(first), share(last)];
  const values = { day: day(first.day), before: number(before), percent: number(now) };
  if (before === now) return t('compliance.trendSame', values);
  return t(before < now ? 'compliance.trendUp' : 'compliance.trendDown', values);
}

/** A bar for each day of the span, as high as all rows of that day; a day that nobody counted stays empty. */
function Bars({ days, span }: { readonly days: readonly Day[]; readonly span: number }) {
  const day = useDay();
  const last = days.at(-1);
  if (last === undefined) return null;
  const end = Date.parse(last.day);
  const begin = new Date(end - (span - 1) * DAY_MS).toISOString().slice(0, 10);
  const most = Math.max(1, ...days.map(({ statuses }) => grouped(statuses).all));
  return (
    <div>
      <svg viewBox={`0 0 ${span} ${HEIGHT}`} preserveAspectRatio="none" className={classes.trend} aria-hidden>
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

function Bar({ day, x, most }: { readonly day: Day; readonly x: number; readonly most: number }) {
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
