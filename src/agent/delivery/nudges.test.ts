import { beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../../test/manual-clock.ts';
import { createNudges, type Nudges } from './nudges.ts';

let time: ReturnType<typeof manualClock>;
let held: number | null;
let plans: number[];
let nudges: Nudges;

beforeEach(() => {
  time = manualClock();
  held = 10;
  plans = [];
  nudges = createNudges({ clock: time.clock, held: () => held, fetchWithin: (ms) => plans.push(ms) });
});

/** One fetch, which brings the device to a number. */
function fetched(seq: number | null, during: () => void = () => {}): void {
  nudges.began();
  during();
  held = seq;
  nudges.ended(true);
}

describe('nudges', () => {
  it('do nothing for a number that is held already', () => {
    nudges.heard(10);
    nudges.heard(9);
    nudges.heard(0);
    expect(plans).toEqual([]);
  });

  it('begin one fetch at once, however often they come', () => {
    for (let seq = 11; seq < 2_000; seq += 1) nudges.heard(seq);
    for (let seq = 1_999; seq > 10; seq -= 1) nudges.heard(seq);
    expect(plans).toEqual([0]);
  });

  it('that come during a fetch begin another only when it brought less than they named', () => {
    nudges.heard(11);
    fetched(12, () => {
      nudges.heard(11);
      nudges.heard(12);
    });
    expect(plans).toEqual([0]);
    time.advance(10_000);
    nudges.heard(13);
    fetched(13, () => nudges.heard(14));
    expect(plans).toEqual([0, 0, 250]);
  });

  it('are spaced while they keep naming higher numbers', () => {
    nudges.heard(11);
    fetched(11);
    time.advance(100);
    nudges.heard(12);
    expect(plans).toEqual([0, 150]);
  });

  it('cannot make an agent ask forever for a number that the hub never gives', () => {
    nudges.heard(Number.MAX_SAFE_INTEGER);
    fetched(10);
    for (let count = 0; count < 100; count += 1) nudges.heard(Number.MAX_SAFE_INTEGER);
    expect(plans).toEqual([0]);
    // And such a number does not hide true ones.
    time.advance(1_000);
    nudges.heard(11);
    expect(plans).toEqual([0, 0]);
  });

  it('slow down while fetching fails, and begin it all the same', () => {
    nudges.heard(11);
    nudges.began();
    nudges.ended(false);
    nudges.heard(11);
    expect(plans).toEqual([0, 5_000]);
  });

  it('of the account before are forgotten', () => {
    nudges.heard(50);
    nudges.forget();
    held = null;
    nudges.heard(3);
    expect(plans).toEqual([0, 0]);
  });
});
