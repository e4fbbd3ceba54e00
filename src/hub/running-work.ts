/** Work for requests that has begun and not ended, whether or not its caller still waits for the answer. */
export interface RunningWork {
  /** Follows a promise to its end and hands it on; anything else is handed on as it is. */
  follow<T>(answer: T): T;
  /** Resolves when nothing runs, or after so many milliseconds. */
  settled(limitMs: number): Promise<void>;
}

/**
 * A server that has closed its connections may still work for callers who gave up; the database must outlive that work,
 * or half of it fails for a reason that is none.
 */
export function followWork(): RunningWork {
  const running = new Set<Promise<unknown>>();
  return {
    follow: (answer) => {
      if (answer instanceof Promise) {
        const ended: Promise<unknown> = answer.then(
          () => running.delete(ended),
          () => running.delete(ended),
        );
        running.add(ended);
      }
      return answer;
    },
    settled: async (limitMs) => {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      let patient = true;
      const timer = setTimeout(() => {
        patient = false;
        resolve();
      }, limitMs);
      while (patient && running.size > 0) await Promise.race([late, Promise.all(running)]);
      clearTimeout(timer);
    },
  };
}
