import type { ComplianceTrend } from '../../shared/contracts/hub-devices.ts';

export const DAY_MS = 86_400_000;

/** A day that the hub counted. */
export type Counted = ComplianceTrend['days'][number];
/** A day since the first that was counted; `null`: the hub did not run, and nobody counted. */
export interface Since {
  /** Of the calendar in UTC: "2026-05-01". */
  readonly day: string;
  readonly statuses: Counted['statuses'] | null;
}

/** Every day from the first that was counted to the last; `days` is in their order. */
export function everyDay(days: readonly Counted[]): readonly Since[] {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return [];
  const counted = new Map(days.map((each) => [each.day, each.statuses]));
  const begin = Date.parse(first.day);
  return Array.from({ length: (Date.parse(last.day) - begin) / DAY_MS + 1 }, (_, index) => {
    const day = new Date(begin + index * DAY_MS).toISOString().slice(0, 10);
    return { day, statuses: counted.get(day) ?? null };
  });
}
