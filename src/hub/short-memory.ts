/**
 * What was read from the database, believed for a few seconds. Announcements forget what they concern at once;
 * the few seconds bound how long a lost announcement can matter. Old entries make room by themselves, so it
 * holds no more than was asked for in that time.
 */
export interface ShortMemory<Value> {
  /** The value while it is believed. */
  get(key: string): Value | undefined;
  /**
   * Reads and remembers. What was read before an announcement is not remembered after it: it may be the state
   * that the announcement ended.
   */
  read<Read extends Value | null>(key: string, read: () => Promise<Read>): Promise<Read>;
  /** The same for many at once, by key. */
  readAll(read: () => Promise<ReadonlyMap<string, Value>>): Promise<void>;
  /** An announcement came: forgets what matches (`undefined`: everything). */
  forget(matches?: (value: Value) => boolean): void;
  readonly size: number;
}

/** `now` in milliseconds; every entry lives `forMs`. */
export function createShortMemory<Value extends object>(options: {
  readonly now: () => number;
  readonly forMs: number;
}): ShortMemory<Value> {
  const { now, forMs } = options;
  // In the order of insertion, which is the order of ending: all live equally long.
  const entries = new Map<string, { readonly value: Value; readonly until: number }>();
  let announcements = 0;

  const dropEnded = (at: number): void => {
    for (const [key, { until }] of entries) {
      if (until > at) return;
      entries.delete(key);
    }
  };
  return {
    get(key) {
      const entry = entries.get(key);
      return entry !== undefined && entry.until > now() ? entry.value : undefined;
    },
    async read(key, read) {
      const before = announcements;
      const value = await read();
      const at = now();
      dropEnded(at);
      if (value !== null && before === announcements) {
        entries.delete(key);
        entries.set(key, { value, until: at + forMs });
      }
      return value;
    },
    async readAll(read) {
      const before = announcements;
      const values = await read();
      if (before !== announcements) return;
      const at = now();
      dropEnded(at);
      for (const [key, value] of values) {
        entries.delete(key);
        entries.set(key, { value, until: at + forMs });
      }
    },
    forget(matches) {
      announcements += 1;
      if (matches === undefined) return entries.clear();
      for (const [key, { value }] of entries) if (matches(value)) entries.delete(key);
    },
    get size() {
      return entries.size;
    },
  };
}
