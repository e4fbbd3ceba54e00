import pc from 'picocolors';

/** Where a command prints, and what the place can show. */
export interface Terminal {
  /** Width of standard output in characters; `null` where it is no terminal: then nothing is cut. */
  readonly columns: number | null;
  readonly colors: Colors;
  /** True when a person watches standard error: only then progress is drawn. */
  readonly watched: boolean;
  /** Writes to standard output, as it is. */
  out(text: string): void;
  /** Writes to standard error, as it is. */
  err(text: string): void;
  /** Waits until everything written has left this process. Answers why a part of the output was lost, if it was. */
  flush(): Promise<string | null>;
}

/** The colours that commands use; each gives its text back unchanged where colour is off. */
export type Colors = ReturnType<typeof pc.createColors>;

type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** What a terminal is made from: the process's own streams and environment, or a test's. */
export interface TerminalStreams {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A terminal over two streams. A reader that goes away early (`| head`) is no error: the rest is dropped. */
export function openTerminal({ stdout, stderr, environment }: TerminalStreams): Terminal {
  let lost: string | null = null;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!GONE.has(error.code ?? '')) lost ??= error.message;
  });
  return {
    columns: stdout.isTTY && stdout.columns ? stdout.columns : null,
    colors: pc.createColors(wantsColor(stdout, environment)),
    watched: stderr.isTTY === true && environment.TERM !== 'dumb',
    ...writer('out', stdout),
    ...writer('err', stderr),
    flush: async () => {
      await Promise.all([drained(stdout), drained(stderr)]);
      return lost;
    },
  };
}

/** Errors of a reader or terminal that went away: it wanted no more, so nothing is lost. */
const GONE = new Set(['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

/** Waits for the output and answers the exit code: a program must not take a cut answer for a whole one. */
export async function exitWhenFlushed(terminal: Terminal, exit: number): Promise<number> {
  const lost = await terminal.flush();
  if (lost === null) return exit;
  terminal.err(`error [storage_failed] The output could not be written whole: ${lost}.\n`);
  return exit === 0 ? 1 : exit;
}

function writer<Name extends string>(name: Name, stream: OutputStream): Record<Name, (text: string) => void> {
  let gone = false;
  stream.on('error', () => {
    // EPIPE, or a terminal that was closed: nobody reads any more, and there is nobody to tell.
    gone = true;
  });
  const write = (text: string): void => {
    if (!gone) stream.write(text);
  };
  return { [name]: write } as Record<Name, (text: string) => void>;
}

function drained(stream: OutputStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('error', () => resolve());
    stream.once('close', () => resolve());
    if (stream.writable) stream.write('', () => resolve());
    else resolve();
  });
}

/** https://no-color.org and https://force-color.org; where both are set, FORCE_COLOR wins as it does in Node. */
function wantsColor(
  stdout: OutputStream,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const forced = environment.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (environment.NO_COLOR) return false;
  return stdout.isTTY === true && environment.TERM !== 'dumb';
}
