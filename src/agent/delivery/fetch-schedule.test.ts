import { describe, expect, it } from 'vitest';
import { manualClock } from '../../../test/manual-clock.ts';
import { createFetchSchedule, refreshDelay, retryDelay, spread } from './fetch-schedule.ts';
import { createGrace } from './grace.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function scheduled() {
  const time = manualClock();
  const counts = { due: 0, ticks: 0 };
  const schedule = createFetchSchedule({
    clock: time.clock,
    onDue: () => {
      counts.due += 1;
    },
    onTick: () => {
      counts.ticks += 1;
    },
  });
  schedule.start();
  return { time, schedule, counts };
}

describe('the schedule', () => {
  it('fires once when due, not before', () => {
    const { time, schedule, counts } = scheduled();
    schedule.plan(HOUR);
    time.advance(HOUR - 1);
    expect(counts.due).toBe(0);
    expect(schedule.plannedAt()).toBe(time.clock.wall() + 1);
    time.advance(1);
    expect(counts.due).toBe(1);
    time.advance(24 * HOUR);
    expect(counts.due).toBe(1);
    expect(schedule.plannedAt()).toBeNull();
  });

  it('fires at once where asked, and forgets a plan that is replaced or cleared', () => {
    const { time, schedule, counts } = scheduled();
    schedule.plan(5_000);
    schedule.plan(0);
    time.advance(0);
    expect(counts.due).toBe(1);
    time.advance(HOUR);
    expect(counts.due).toBe(1);
    schedule.plan(5_000);
    schedule.clear();
    time.advance(HOUR);
    expect(counts.due).toBe(1);
  });

  it('fires soon after the machine slept, though the timers stood still', () => {
    const { time, schedule, counts } = scheduled();
    schedule.plan(HOUR);
    time.advance(10 * MINUTE);
    time.setWallBy(5 * MINUTE);
    time.advance(30_000);
    expect(counts.due).toBe(1);
  });

  it('fires when the wall clock says it is due, though set forth by little', () => {
    const { time, schedule, counts } = scheduled();
    schedule.plan(HOUR);
    time.setWallBy(50_000);
    time.advance(HOUR - 50_000);
    expect(counts.due).toBe(1);
  });

  it('is not held up by a wall clock set back, and tells the new time', () => {
    const { time, schedule, counts } = scheduled();
    schedule.plan(HOUR);
    time.setWallBy(-24 * HOUR);
    time.advance(30_000);
    expect(schedule.plannedAt()).toBe(time.clock.wall() + HOUR - 30_000);
    time.advance(HOUR - 30_000);
    expect(counts.due).toBe(1);
  });

  it('fires when the monotonic clock says it is due, though the wall clock was set back by little', () => {
    const { time, schedule, counts } = scheduled();
    schedule.plan(HOUR);
    time.setWallBy(-50_000);
    time.advance(HOUR);
    expect(counts.due).toBe(1);
  });

  it('ticks at least twice a minute, and not at all once stopped', () => {
    const { time, schedule, counts } = scheduled();
    time.advance(10 * MINUTE);
    expect(counts.ticks).toBe(20);
    schedule.plan(0);
    schedule.stop();
    time.advance(HOUR);
    expect(counts).toEqual({ due: 0, ticks: 20 });
    expect(time.waiting()).toBe(0);
  });
});

describe('delays', () => {
  it('are an hour, or less where the hub says so', () => {
    expect([null, 60, 3600, 86_400, 1, 30].map((seconds) => refreshDelay(seconds, null))).toEqual([
      HOUR,
      MINUTE,
      HOUR,
      HOUR,
      30_000,
      30_000,
    ]);
  });
  it('leave room for two fetches in the time after which settings freeze', () => {
    expect([60, 600, 3600, 7200, 86_400, 0].map((grace) => refreshDelay(3600, grace))).toEqual([
      ...[30_000, 5 * MINUTE, 30 * MINUTE, HOUR, HOUR],
      30_000,
    ]);
  });
  it('after failures start at 5 s and double to 5 min', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 1_000_000].map(retryDelay)).toEqual([
      5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000,
    ]);
  });
  it('are spread by a tenth', () => {
    expect(spread(HOUR, 0)).toBe(0.9 * HOUR);
    expect(spread(HOUR, 0.5)).toBe(HOUR);
    expect(spread(HOUR, 0.999_999)).toBeLessThanOrEqual(1.1 * HOUR);
  });
});

describe('the grace period', () => {
  const DAY = 24 * HOUR;
  const GRACE = 7 * 86_400;
  const fresh = () => {
    const time = manualClock();
    return { time, grace: createGrace(time.clock, null) };
  };

  it('passes by the monotonic clock, and by the wall clock', () => {
    const awake = fresh();
    awake.time.advance(7 * DAY);
    expect(awake.grace.check(GRACE, null)).toBe(false);
    awake.time.advance(1);
    expect(awake.grace.check(GRACE, null)).toBe(true);
    expect(awake.grace.stale()).toBe(true);
    const asleep = fresh();
    asleep.time.setWallBy(8 * DAY);
    asleep.grace.check(GRACE, null);
    expect(asleep.grace.stale()).toBe(true);
  });

  it('is not there where the organization set none', () => {
    const { time, grace } = fresh();
    time.advance(1_000 * DAY);
    expect(grace.check(null, null)).toBe(false);
    expect(grace.stale()).toBe(false);
  });

  it('is not won back by a clock set back, in this run or the next', () => {
    const { time, grace } = fresh();
    time.advance(6 * DAY);
    grace.check(GRACE, null);
    time.setWallBy(-100 * DAY);
    grace.check(GRACE, null);
    expect(grace.stale()).toBe(false);
    const next = createGrace(time.clock, grace.record());
    time.advance(DAY + 1);
    next.check(GRACE, null);
    expect(next.stale()).toBe(true);
    time.setWallBy(-100 * DAY);
    next.check(GRACE, null);
    expect(next.stale()).toBe(true);
    expect(createGrace(time.clock, next.record()).stale()).toBe(true);
  });

  it('begins anew with a success, whatever the clocks said before', () => {
    const { time, grace } = fresh();
    time.setWallBy(10_000 * DAY);
    grace.check(GRACE, null);
    expect(grace.stale()).toBe(true);
    time.setWallBy(-10_000 * DAY);
    grace.adopt(grace.afterSuccess());
    expect(grace.stale()).toBe(false);
    time.advance(6 * DAY);
    grace.check(GRACE, null);
    expect(grace.stale()).toBe(false);
  });

  it('is over when the bundle itself has ended', () => {
    const { time, grace } = fresh();
    const end = time.clock.wall() + DAY;
    grace.check(null, end);
    expect(grace.stale()).toBe(false);
    time.advance(DAY);
    grace.check(null, end);
    expect(grace.stale()).toBe(true);
  });
});
