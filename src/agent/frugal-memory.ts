import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Gives memory back to the system when the agent has been quiet. */
export interface FrugalMemory {
  /** Something was done: what it left behind is collected soon. */
  worked(): void;
  stop(): void;
}

/** Quiet for this long, then this far apart, in milliseconds: a full collection takes some tens of them. */
const QUIET_MS = 500;
const PAUSE_MS = 5_000;
/** V8 lets go of code that was not run during several collections. */
const COLLECTIONS = 3;

/**
 * An agent does little and is there all day, so it is tuned for size. V8 otherwise doubles its nursery while a
 * program starts and never gives it back, and leaves what start-up and a sync needed uncollected, because nothing
 * that follows makes it look. (The flags that would do the same can only be given to a new process.)
 */
export function frugalMemory(collect: (() => void) | null = collector()): FrugalMemory {
  let timer: NodeJS.Timeout | null = null;
  let last = Number.NEGATIVE_INFINITY;
  let due = 0;
  const plan = () => {
    const wait = Math.max(QUIET_MS, last + PAUSE_MS - performance.now());
    timer = setTimeout(() => {
      timer = null;
      last = performance.now();
      due -= 1;
      collect?.();
      if (due > 0) plan();
    }, wait);
    timer.unref();
  };
  return {
    worked: () => {
      if (collect === null) return;
      due = COLLECTIONS;
      if (timer === null) plan();
    },
    stop: () => {
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/**
 * The nursery stays small, and code is compiled by the baseline compiler only: a whole resolution takes a few
 * milliseconds with it, while the optimizing ones cost megabytes for code that runs now and then.
 */
const SIZE_FLAGS = ['--semi-space-growth-factor=1', '--no-opt', '--no-maglev', '--expose-gc'];

/** V8's own collector; `null` where it cannot be had, which costs only memory. */
function collector(): (() => void) | null {
  try {
    for (const flag of SIZE_FLAGS) setFlagsFromString(flag);
    const collect: unknown = runInNewContext('gc');
    return typeof collect === 'function' ? () => collect({ type: 'major', flavor: 'last-resort' }) : null;
  } catch {
    return null;
  }
}
