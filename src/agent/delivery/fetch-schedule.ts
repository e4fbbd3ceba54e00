import type { Clock } from '../clock.ts';

/** No timer runs longer: a machine that slept is noticed within this time after it woke. */
const LONGEST_TICK_MS = 30_000;

/** The clocks disagree, or a tick came late, by more than this: the machine slept, or the wall clock was set. */
const JUMP_MS = 60_000;

/** Tells when to fetch, whatever sleeping machines and changed clocks do (docs/delivery.md section 1). */
export interface FetchSchedule {
  /** The next fetch, in so many milliseconds; replaces the one planned before. */
  plan(ms: number): void;
  /** Wall clock of the next fetch; `null` while none is planned. */
  plannedAt(): number | null;
  /** No fetch is planned any more; ticks go on. */
  clear(): void;
  start(): void;
  stop(): void;
}

interface Plan {
  readonly wall: number;
  readonly monotonic: number;
}

/**
 * A planned fetch comes due when either clock says so: the wall clock knows of sleep, the monotonic one cannot be
 * set back. Waking, or a wall clock set forth, makes it due at once.
 *
 * @param onTick called at every tick, before anything due: for what else depends on time.
 */
export function createFetchSchedule(parts: {
  readonly clock: Clock;
  readonly onDue: () => void;
  readonly onTick: () => void;
}): FetchSchedule {
  const { clock } = parts;
  let planned: Plan | null = null;
  let cancel: (() => void) | null = null;
  let last: Plan = { wall: 0, monotonic: 0 };
  let tickMs = LONGEST_TICK_MS;

  const arm = (): void => {
    cancel?.();
    last = { wall: clock.wall(), monotonic: clock.monotonic() };
    const rest =
      planned === null
        ? LONGEST_TICK_MS
        : Math.min(planned.monotonic - last.monotonic, planned.wall - last.wall);
    tickMs = Math.max(0, Math.min(LONGEST_TICK_MS, rest));
    cancel = clock.after(tickMs, tick);
  };
  const tick = (): void => {
    const now = { wall: clock.wall(), monotonic: clock.monotonic() };
    const wallPassed = now.wall - last.wall;
    const woke = Math.max(wallPassed, now.monotonic - last.monotonic) - tickMs > JUMP_MS;
    if (planned !== null && wallPassed - (now.monotonic - last.monotonic) < -JUMP_MS) {
      // Set back: the wall clock's part of the plan moves along, so that what is shown stays true.
      planned = { wall: now.wall + (planned.monotonic - now.monotonic), monotonic: planned.monotonic };
    }
    const due = planned !== null && (woke || now.wall >= planned.wall || now.monotonic >= planned.monotonic);
    if (due) planned = null;
    arm();
    parts.onTick();
    if (due) parts.onDue();
  };

  return {
    plan(ms) {
      planned = { wall: clock.wall() + ms, monotonic: clock.monotonic() + ms };
      if (cancel !== null) arm();
    },
    plannedAt: () => planned?.wall ?? null,
    clear() {
      planned = null;
    },
    start: arm,
    stop() {
      cancel?.();
      cancel = null;
    },
  };
}

/** Within ± 10 %, so that a fleet does not fetch in step. `random` in [0, 1). */
export function spread(ms: number, random: number): number {
  return Math.round(ms * (0.9 + 0.2 * random));
}

const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 5 * 60_000;

/** Wait after the n-th failure in a row (1 is the first): 5 s, doubling to 5 min. */
export function retryDelay(failures: number): number {
  return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(20, Math.max(0, failures - 1)));
}

const USUAL_REFRESH_MS = 60 * 60_000;
const SHORTEST_REFRESH_MS = 30_000;

/**
 * Wait after a success: 60 minutes, or less where the hub says so, but never a storm. Where settings freeze without a
 * fetch (`graceSeconds`) there are two in that time at least: a device that reaches its hub never freezes.
 */
export function refreshDelay(refreshSeconds: number | null, graceSeconds: number | null): number {
  const wanted = (refreshSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  const inGrace = (graceSeconds ?? Number.POSITIVE_INFINITY) * 500;
  return Math.max(SHORTEST_REFRESH_MS, Math.min(USUAL_REFRESH_MS, wanted, inGrace));
}
