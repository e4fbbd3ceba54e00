/**
 * Runs one at a time; calls made meanwhile share the run after it, which sees everything that made them call.
 */
export function oneAtATime<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  let next: Promise<T> | null = null;
  const begin = (): Promise<T> => {
    const mine = run().finally(() => {
      if (running === mine) running = null;
    });
    running = mine;
    return mine;
  };
  return () => {
    if (running === null) return begin();
    next ??= running.then(settled, settled);
    return next;
  };
  function settled(): Promise<T> {
    next = null;
    return begin();
  }
}
