/** How many repairs within how long are made at once; beyond that they come at a fixed pace (docs/policy.md section 5). */
const REPAIRS_AT_ONCE = 20;
const WINDOW_MS = 60_000;
/** Between repairs while somebody keeps changing the file back: never less often, or the lock would be a fiction. */
const CONTENDED_MS = 2_000;

/** Decides when the next repair may come. All times are of the monotonic clock, in milliseconds. */
export interface RepairPace {
  readonly repaired: (now: number) => void;
  /** Milliseconds until the next repair; 0: at once. */
  readonly wait: (now: number) => number;
  /** True after more repairs in the last minute than one person makes. */
  readonly contended: (now: number) => boolean;
  /** Milliseconds until `contended` may be over; `null` while it is not. */
  readonly until: (now: number) => number | null;
}

/** A pace with no repairs behind it. */
export function repairPace(): RepairPace {
  let times: readonly number[] = [];
  const recent = (now: number) => times.filter((time) => now - time < WINDOW_MS);
  const contended = (now: number) => recent(now).length >= REPAIRS_AT_ONCE;
  return {
    repaired: (now) => {
      times = [...recent(now), now].slice(-REPAIRS_AT_ONCE);
    },
    wait: (now) => {
      const last = times.at(-1);
      return last === undefined || !contended(now) ? 0 : Math.max(0, last + CONTENDED_MS - now);
    },
    contended,
    until: (now) => {
      const first = times[0];
      return first === undefined || !contended(now) ? null : first + WINDOW_MS - now;
    },
  };
}
