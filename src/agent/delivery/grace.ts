import type { Clock } from '../clock.ts';

/** What is remembered about the last successful fetch; kept in the bundle file. Wall clock, milliseconds. */
export interface GraceRecord {
  readonly lastSuccess: number;
  /**
   * The latest wall clock seen since, and what the monotonic one has counted since: a clock set back does not win
   * time, over restarts neither.
   */
  readonly latestSeen: number;
  /** Set once the grace period has passed, and only a successful fetch clears it. */
  readonly stale: boolean;
}

/** Follows the grace period of the kept bundle (docs/delivery.md section 4). */
export interface Grace {
  /** Looks at both clocks; true when the record changed in a way that is worth writing. */
  check(graceSeconds: number | null, endsAt: number | null): boolean;
  /** What the record becomes with a fetch that succeeds now; to be written before it is adopted. */
  afterSuccess(): GraceRecord;
  adopt(record: GraceRecord): void;
  record(): GraceRecord;
  stale(): boolean;
}

/**
 * The time since the last success is the largest that any clock has told: the wall clock now, the latest wall clock
 * ever seen since, and the monotonic clock since this process knows of it. So a clock set back un-stales nothing,
 * in this run or the next. One set forth makes stale too early rather than never; settings then freeze, nothing is
 * lost, and one successful fetch puts it right.
 */
export function createGrace(clock: Clock, restored: GraceRecord | null): Grace {
  let record = restored ?? { lastSuccess: clock.wall(), latestSeen: clock.wall(), stale: false };
  let knownSince = clock.monotonic();
  /** What the wall clock had already counted when the monotonic one started. */
  let already = Math.max(0, record.latestSeen - record.lastSuccess);

  return {
    check(graceSeconds, endsAt) {
      const counted = record.lastSuccess + already + clock.monotonic() - knownSince;
      const latestSeen = Math.max(record.latestSeen, clock.wall(), counted);
      const over = graceSeconds !== null && latestSeen - record.lastSuccess > graceSeconds * 1000;
      const ended = endsAt !== null && latestSeen >= endsAt;
      const stale = record.stale || over || ended;
      const changed = stale !== record.stale;
      record = { ...record, latestSeen, stale };
      return changed;
    },
    afterSuccess: () => ({ lastSuccess: clock.wall(), latestSeen: clock.wall(), stale: false }),
    adopt(next) {
      record = next;
      knownSince = clock.monotonic();
      already = 0;
    },
    record: () => record,
    stale: () => record.stale,
  };
}
