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
  /** Waits until everything written has left this process. */
  flush(): Promise<void>;
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
  return {
    columns: stdout.isTTY && stdout.columns ? stdout.columns : null,
    colors: pc.createColors(wantsColor(stdout, environment)),
    watched: stderr.isTTY === true && environment.TERM !== 'dumb',
    ...writer('out', stdout),
    ...writer('err', stderr),
    flush: async () => {
      await Promise.all([drained(stdout), drained(stderr)]);
    },
  };
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
