/** Runs pieces of work one after another, in the order in which they were asked for. */
export interface SerialQueue {
  /** Settles as the work does; a failure does not keep what comes after it from running. */
  readonly run: <T>(work: () => Promise<T>) => Promise<T>;
}

/** An empty queue. */
export function serialQueue(): SerialQueue {
  let tail: Promise<unknown> = Promise.resolve();
  return {
    run: (work) => {
      const result = tail.then(work);
      tail = result.catch(() => undefined);
      return result;
    },
  };
}
