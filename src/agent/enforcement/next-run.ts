import type { Clock } from '../clock.ts';

/** One timer for everything that has to happen later: the earliest wins. Without anything due there is none. */
export interface NextRun {
  readonly within: (ms: number) => void;
  readonly cancel: () => void;
}

/** Calls `action` when the earliest of the asked times has come. */
export function nextRun(clock: Pick<Clock, 'monotonic' | 'after'>, action: () => void): NextRun {
  let due: { readonly at: number; readonly cancel: () => void } | null = null;
  let cancelled = false;
  return {
    within: (ms) => {
      const at = clock.monotonic() + ms;
      if (cancelled || (due !== null && due.at <= at)) return;
      due?.cancel();
      const cancel = clock.after(ms, () => {
        due = null;
        action();
      });
      due = { at, cancel };
    },
    cancel: () => {
      cancelled = true;
      due?.cancel();
    },
  };
}
