import { beforeEach, describe, expect, it } from 'vitest';
import { type ManualClock, manualClock } from '../../../test/manual-clock.ts';
import type { StateFiles } from '../state-file.ts';
import { createOverrideTerms, type OverrideTerms } from './override-terms.ts';

/* How long an override lasts, by two clocks that a person may set, over sleep, stops and kills. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let time: ManualClock;
let kept: Map<string, string>;
let ended: number;

beforeEach(() => {
  time = manualClock();
  kept = new Map();
  ended = 0;
});

const files = (): StateFiles => ({
  read: async (path) => kept.get(path) ?? null,
  write: async (path, text) => void kept.set(path, text),
  remove: async (path) => void kept.delete(path),
});

/** A run of the agent; one that is not stopped was killed. */
async function run(): Promise<OverrideTerms> {
  const terms = createOverrideTerms({ path: 'overrides.json', files: files(), clock: time.clock });
  terms.onChange(() => {
    ended += 1;
  });
  await terms.load();
  return terms;
}

/** What the hub signed at `at`, good for so long. */
function granted(ms: number, at = time.clock.wall()) {
  const until = new Date(at + ms).toISOString();
  return { iat: Math.floor(at / 1000), overrides: [{ id: 'g1', setting: 'theme', value: 'dark', until }] };
}
const isInForce = (terms: OverrideTerms, payload: ReturnType<typeof granted>) =>
  terms.inForce(payload).length === 1;

describe('an override ends', () => {
  it('by itself, at its time and not before, once', async () => {
    const terms = await run();
    const payload = granted(10 * MINUTE);
    expect(isInForce(terms, payload)).toBe(true);
    time.advance(10 * MINUTE - 1);
    expect([isInForce(terms, payload), ended]).toEqual([true, 0]);
    time.advance(1);
    expect([isInForce(terms, payload), ended]).toEqual([false, 1]);
    time.advance(HOUR);
    expect([ended, time.waiting()]).toEqual([1, 0]);
    await terms.stop();
  });

  it('within half a minute after a sleep, or a wall clock set forth, that passed its time', async () => {
    const terms = await run();
    const payload = granted(10 * MINUTE);
    expect(isInForce(terms, payload)).toBe(true);
    time.setWallBy(HOUR);
    time.advance(30_000);
    expect(ended).toBe(1);
    expect(isInForce(terms, payload)).toBe(false);
    await terms.stop();
  });

  it('for good: a clock set back brings it back neither in this run nor in the next', async () => {
    const terms = await run();
    const payload = granted(10 * MINUTE);
    expect(isInForce(terms, payload)).toBe(true);
    time.setWallBy(HOUR);
    time.advance(30_000);
    time.setWallBy(-HOUR);
    expect(isInForce(terms, payload)).toBe(false);
    await terms.stop();
    const next = await run();
    expect(isInForce(next, payload)).toBe(false);
    await next.stop();
  });

  it('by the monotonic clock, where the wall clock is set back', async () => {
    const terms = await run();
    const payload = granted(10 * MINUTE);
    expect(isInForce(terms, payload)).toBe(true);
    time.setWallBy(-24 * HOUR);
    time.advance(10 * MINUTE);
    expect([isInForce(terms, payload), ended]).toEqual([false, 1]);
    await terms.stop();
  });

  it('after the time that the hub gave, where the clock here was behind from the start', async () => {
    const terms = await run();
    const payload = granted(10 * MINUTE, time.clock.wall() + HOUR);
    expect(isInForce(terms, payload)).toBe(true);
    time.advance(10 * MINUTE);
    expect(isInForce(terms, payload)).toBe(false);
    await terms.stop();
  });

  it('after what was left of it when it came, where the clock is set back afterwards', async () => {
    const terms = await run();
    const payload = granted(HOUR, time.clock.wall() - 50 * MINUTE);
    expect(isInForce(terms, payload)).toBe(true);
    time.setWallBy(-50 * MINUTE);
    time.advance(10 * MINUTE);
    expect(isInForce(terms, payload)).toBe(false);
    await terms.stop();
  });
});

describe('what was spent of it', () => {
  it('counts in the next run, whatever the wall clock says there', async () => {
    const payload = granted(HOUR);
    for (let turn = 0; turn < 3; turn += 1) {
      const terms = await run();
      expect([turn, isInForce(terms, payload)]).toEqual([turn, true]);
      time.advance(19 * MINUTE);
      await terms.stop();
      time.setWallBy(-19 * MINUTE);
    }
    const last = await run();
    expect(isInForce(last, payload)).toBe(true);
    time.advance(3 * MINUTE);
    expect(isInForce(last, payload)).toBe(false);
    await last.stop();
  });

  it('is noted on the way: who kills the agent and sets the clock back wins no more than ten minutes', async () => {
    const payload = granted(HOUR);
    const killed = await run();
    expect(isInForce(killed, payload)).toBe(true);
    time.advance(55 * MINUTE);
    await expect.poll(() => kept.get('overrides.json')).toMatch(/"spentMs":2[4-9]\d{5}|"spentMs":3\d{6}/);
    time.setWallBy(-55 * MINUTE);
    const next = await run();
    expect(isInForce(next, payload)).toBe(true);
    time.advance(16 * MINUTE);
    expect(isInForce(next, payload)).toBe(false);
    await Promise.all([next.stop(), killed.stop()]);
  });

  it('is of that grant alone: a new one has all of its time', async () => {
    const terms = await run();
    const first = granted(10 * MINUTE);
    expect(isInForce(terms, first)).toBe(true);
    time.advance(10 * MINUTE);
    const second = granted(10 * MINUTE);
    expect([isInForce(terms, first), isInForce(terms, second)]).toEqual([false, true]);
    time.advance(10 * MINUTE - 1);
    expect(isInForce(terms, second)).toBe(true);
    await terms.stop();
  });
});

it('a file of terms that was damaged keeps the agent from nothing, and an override that still runs in force', async () => {
  for (const text of ['', '{"version":1,"terms":{', '[]', '{"version":2,"terms":{}}']) {
    kept.set('overrides.json', text);
    const terms = await run();
    expect(isInForce(terms, granted(HOUR))).toBe(true);
    await terms.stop();
  }
});
