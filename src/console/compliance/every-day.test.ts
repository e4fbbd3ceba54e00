import { expect, it } from 'vitest';
import { type Counted, everyDay } from './every-day.ts';

const statuses: Counted['statuses'] = {
  ...{ compliant: 1, exception: 0, non_compliant: 0, outdated: 0 },
  ...{ no_policy: 0, unknown: 0, uncontrolled_domain: 0 },
};
const on = (day: string): Counted => ({ day, statuses });

it('has every day between the first and the last that were counted, and tells those that were not', () => {
  expect(everyDay([])).toEqual([]);
  expect(everyDay([on('2026-03-01')])).toEqual([on('2026-03-01')]);
  // Over the end of a leap year's February, and over the hour that summer time takes.
  const seen = everyDay([on('2028-02-27'), on('2028-02-28'), on('2028-03-02'), on('2028-03-28')]);
  expect(seen).toHaveLength(31);
  expect(seen.slice(0, 5).map(({ day, statuses }) => [day, statuses !== null])).toEqual([
    ['2028-02-27', true],
    ['2028-02-28', true],
    ['2028-02-29', false],
    ['2028-03-01', false],
    ['2028-03-02', true],
  ]);
  expect(seen.at(-1)).toEqual(on('2028-03-28'));
});
