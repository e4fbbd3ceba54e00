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
  /** `×`: how many times the other one. `MiB`: how much more than the other one. Else what is counted. */
  readonly unit: '×' | 'MiB' | 'frames' | 'long tasks';
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

/** What one round took, in milliseconds: both sides one right after the other. */
export interface Pair {
  readonly ours: number;
  readonly theirs: number;
}

/**
 * The median of the rounds' own ratios: whatever slows the machine for a while slows both sides of a round, and is not
 * laid to the one that happened to run then. The words show the medians, and how far the rounds are apart.
 */
export function pairedRatio(pairs: readonly Pair[]): Measurement {
  const ratios = pairs.map(({ ours, theirs }) => ours / theirs).sort((a, b) => a - b);
  const [least = 0, most = 0] = [ratios[0], ratios.at(-1)];
  const apart = `${ratios.length} rounds of ${least.toFixed(2)} to ${most.toFixed(2)} ×`;
  return {
    result: median(ratios),
    ours: `${milliseconds(median(pairs.map(({ ours }) => ours)))} (${apart})`,
    theirs: milliseconds(median(pairs.map(({ theirs }) => theirs))),
  };
}

/** Measures both, in the other order every other round: what the first one leaves behind meets both alike. */
export async function inTurn<Figure>(
  round: number,
  ours: () => Promise<Figure>,
  theirs: () => Promise<Figure>,
): Promise<{ readonly ours: Figure; readonly theirs: Figure }> {
  if (round % 2 === 0) return { ours: await ours(), theirs: await theirs() };
  const first = await theirs();
  return { ours: await ours(), theirs: first };
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
