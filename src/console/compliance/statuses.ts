import type { DeviceStatus } from '../../shared/contracts/hub-devices.ts';
import type { Tone } from '../../shared-ui/Tag.tsx';

/** How a status looks; its words carry the meaning. */
export const STATUS_TONES: Readonly<Record<DeviceStatus, Tone>> = {
  compliant: 'good',
  exception: 'good',
  non_compliant: 'bad',
  outdated: 'warn',
  uncontrolled_domain: 'warn',
  no_policy: 'neutral',
  unknown: 'neutral',
};

/** Statuses that a chart shows as one. */
export const GROUPS = [
  ['good', ['compliant', 'exception']],
  ['bad', ['non_compliant', 'outdated']],
  ['open', ['unknown', 'no_policy', 'uncontrolled_domain']],
] as const satisfies readonly (readonly [string, readonly DeviceStatus[]])[];
export type Group = (typeof GROUPS)[number][0];

export type StatusCounts = Readonly<Record<DeviceStatus, number>>;

/** How many rows are in each group, and in all. */
export function grouped(counts: StatusCounts): Readonly<Record<Group | 'all', number>> {
  const of = (statuses: readonly DeviceStatus[]) => statuses.reduce((sum, each) => sum + counts[each], 0);
  const [good, bad, open] = GROUPS.map(([, statuses]) => of(statuses));
  const sums = { good: good ?? 0, bad: bad ?? 0, open: open ?? 0 };
  return { ...sums, all: sums.good + sums.bad + sums.open };
}

/** Whole percent, never 100 while somebody is missing and never 0 while somebody is there. */
export function percentOf(part: number, all: number): number {
  if (all === 0) return 0;
  const percent = (100 * part) / all;
  if (part < all && percent > 99) return 99;
  return part > 0 && percent < 1 ? 1 : Math.round(percent);
}
