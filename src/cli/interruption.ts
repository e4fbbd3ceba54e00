/** Why a command's signal was aborted: by which signal of the system, and with which exit code it then ends. */
export interface Interruption {
  readonly signal: NodeJS.Signals;
  readonly exit: number;
}

/** Thrown when the person interrupts a command; whoever runs the command ends it quietly. */
export class InterruptedError extends Error {}

/** Waits for `work`, but no longer than until `signal` is aborted; then throws `InterruptedError`. */
export async function untilInterrupted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(new InterruptedError('interrupted'));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
