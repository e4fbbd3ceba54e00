import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How long nothing may have happened before memory is given back, in milliseconds. */
const QUIET_MS = 1_000;

/**
 * Gives memory that a burst of work left behind back to the system once things are quiet again. An agent is idle
 * nearly always, and an idle process never collects: without this it would keep for a whole day what one sign-in
 * needed for a moment. `onActivity` calls back after work was done. Answers with how to end it.
 */
export function giveMemoryBackWhenQuiet(onActivity: (active: () => void) => () => void): () => void {
  const collect = collector();
  if (collect === null) return () => {};
  let timer: NodeJS.Timeout | undefined;
  const active = (): void => {
    clearTimeout(timer);
    timer = setTimeout(collect, QUIET_MS);
    timer.unref();
  };
  const unsubscribe = onActivity(active);
  active();
  return () => {
    clearTimeout(timer);
    unsubscribe();
  };
}

/** V8's own full collection, which Node shows only to contexts made after the flag is set; `null` without it. */
function collector(): (() => void) | null {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('globalThis.gc');
  setFlagsFromString('--no-expose-gc');
  return typeof collect === 'function' ? () => collect({ type: 'major', flavor: 'last-resort' }) : null;
}
