/**
 * One promise about speed or size, measured against something a reader knows, side by side in one run. Each
 * `*.bench.ts` exports one, or a list of them, as its default; `npm run bench` runs them all.
 */
export interface Benchmark {
  /** What is measured, in a few words. */
  readonly what: string;
  /** What it is measured against. */
  readonly against: string;
  /** The bound, in `unit`, inclusive. */
  readonly atMost: number;
  /** `×`: how many times the other one. `MiB`: how much more than the other one. */
  readonly unit: '×' | 'MiB';
  measure(): Promise<Measurement>;
}

/** What came out: one number in the benchmark's unit, and both medians in words for the reader. */
export interface Measurement {
  readonly result: number;
  /** For example `112.4 ms` and `61.0 ms`. */
  readonly ours: string;
  readonly theirs: string;
}

/** The middle value; the mean of the two middle ones for an even count. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new Error('a median needs at least one value');
  return (upper + lower) / 2;
}

/** Milliseconds that `work` took. */
async function time(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Times both in turn and answers with the ratio of their medians, as `ratioOf` does. */
export function ratio(ours: () => unknown, theirs: () => unknown, rounds?: number): Promise<Measurement> {
  return ratioOf(
    () => time(ours),
    () => time(theirs),
    rounds,
  );
}

/**
 * Asks both for their milliseconds in turn, so that a noisy machine slows both alike, and answers with the ratio of
 * the medians. The first round warms up and is not counted.
 */
export async function ratioOf(
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
  rounds: number = 11,
): Promise<Measurement> {
  const mine: number[] = [];
  const others: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const pair = [await theirs(), await ours()] as const;
    if (round === 0) continue;
    others.push(pair[0]);
    mine.push(pair[1]);
  }
  return {
    result: median(mine) / median(others),
    ours: milliseconds(median(mine)),
    theirs: milliseconds(median(others)),
  };
}

function milliseconds(value: number): string {
  return value < 1 ? `${(value * 1000).toFixed(1)} µs` : `${value.toFixed(1)} ms`;
}
