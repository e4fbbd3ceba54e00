/**
 * Time as the agent sees it. Both clocks are needed: the wall clock can be set back or forth, the monotonic one
 * can stand still while the machine sleeps (docs/delivery.md section 1).
 */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly wall: () => number;
  /** Milliseconds since any fixed point; never falls. */
  readonly monotonic: () => number;
  /** Runs `action` once after `ms`; answers how to call it off. Whoever sets a timer calls it off when stopped. */
  readonly after: (ms: number, action: () => void) => () => void;
}

/** The machine's own clocks. */
export function systemClock(): Clock {
  return {
    wall: () => Date.now(),
    monotonic: () => performance.now(),
    after: (ms, action) => {
      const timer = setTimeout(action, ms);
      return () => clearTimeout(timer);
    },
  };
}

/** The wall clock as ISO 8601 in UTC. */
export function instant(ms: number): string {
  return new Date(ms).toISOString();
}
