/** The demonstration was asked to end before its end. */
export class InterruptedError extends Error {
  readonly exit: number;
  constructor(exit: number) {
    super('interrupted');
    this.exit = exit;
  }
}

/** Settled with the exit code as soon as the demonstration is asked to end. */
export type Interruption = Promise<number>;

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Follows Ctrl-C, `kill`, and a terminal or reader that goes away. From the first moment, because the hub runs long
 * before the world stands; and for as long as the process lives, because the terminal and whoever started us both send
 * the signal, and the second one must not end us while files are being removed.
 */
export function followSignals(): Interruption {
  const { promise, resolve } = Promise.withResolvers<number>();
  for (const [signal, exit] of Object.entries(SIGNALS)) process.on(signal, () => resolve(exit));
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => resolve(1));
  return promise;
}

/** What `work` gives, unless the demonstration is asked to end first: then `InterruptedError`. */
export function unlessInterrupted<T>(work: Promise<T>, interruption: Interruption): Promise<T> {
  const interrupted = interruption.then((exit): never => {
    throw new InterruptedError(exit);
  });
  return Promise.race([work, interrupted]);
}

/** Ends this process as a demonstration ends: quietly when it was asked to, otherwise with what went wrong. */
export function endProcess(error?: unknown): never {
  if (error instanceof InterruptedError) process.exit(error.exit);
  if (error === undefined) process.exit();
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
