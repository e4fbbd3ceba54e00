import type { Clock } from '../src/agent/clock.ts';

interface Timer {
  readonly due: number;
  readonly action: () => void;
}

/** A clock that a test moves. Timers follow the monotonic hand alone, as real ones do. */
export interface ManualClock {
  readonly clock: Clock;
  /** Both hands go forward, and what is due runs, in order. */
  advance(ms: number): void;
  /** Only the wall clock moves: somebody set it, or (forward) the machine slept. */
  setWallBy(ms: number): void;
  /** How many timers wait. */
  waiting(): number;
}

export function manualClock(start = Date.UTC(2026, 0, 1)): ManualClock {
  let wall = start;
  let monotonic = 1_000;
  const timers = new Set<Timer>();
  return {
    clock: {
      wall: () => wall,
      monotonic: () => monotonic,
      after: (ms, action) => {
        const timer = { due: monotonic + Math.max(0, ms), action };
        timers.add(timer);
        return () => timers.delete(timer);
      },
    },
    advance(ms) {
      const end = monotonic + ms;
      for (;;) {
        const next = [...timers].filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due)[0];
        if (next === undefined) break;
        timers.delete(next);
        wall += Math.max(0, next.due - monotonic);
        monotonic = Math.max(monotonic, next.due);
        next.action();
      }
      wall += end - monotonic;
      monotonic = end;
    },
    setWallBy(ms) {
      wall += ms;
    },
    waiting: () => timers.size,
  };
}
