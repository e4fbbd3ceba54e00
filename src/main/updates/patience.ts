/** How long something may go on without a sign of life. */
export interface Patience {
  readonly ms: number;
  /** Calls back after so many milliseconds; the returned function takes it back. */
  readonly after: (ms: number, act: () => void) => () => void;
  /** What is said of what took too long. */
  readonly late: string;
  /** Ends the waiting early. */
  readonly signal?: AbortSignal;
}

/** Settles as `work` does, or rejects once it has not called `alive` for too long. What it does after that counts for nothing. */
export async function withPatience<T>(
  { ms, after, late, signal }: Patience,
  work: (alive: () => void) => Promise<T>,
): Promise<T> {
  let cancel = (): void => {};
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let over = false;
  const alive = (): void => {
    cancel();
    if (!over) cancel = after(ms, () => reject(new Error(late)));
  };
  const stop = (): void => reject(new Error('it is not wanted any more'));
  signal?.addEventListener('abort', stop);
  if (signal?.aborted === true) stop();
  alive();
  work(alive).then(resolve, reject);
  try {
    return await promise;
  } finally {
    over = true;
    cancel();
    signal?.removeEventListener('abort', stop);
  }
}
