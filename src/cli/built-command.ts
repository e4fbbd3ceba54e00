import { type ChildProcessByStdio, execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/*
 * The built command as tests use it: processes of their own, with every path beneath a temporary folder.
 */
const checkout = join(import.meta.dirname, '..', '..');

/** The bundle that a checkout builds. */
export const BUNDLE = join(checkout, 'out', 'cli', 'mooring.js');

/** Brings the bundle up to date; throws with the build's words when that fails. */
export function buildCommand(): void {
  const built = spawnSync(process.execPath, [join(checkout, 'scripts', 'build.mjs'), 'cli'], {
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(built.stderr);
}

/** How a command ended. */
interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running `mooring agent run`. */
interface RunningAgent {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** The line that it printed when it could be asked. */
  readonly started: Readonly<Record<string, unknown>>;
  readonly ended: Promise<Ended>;
}

/** One machine of its own: everything that its commands read and write is beneath `root`. */
export interface Machine {
  readonly root: string;
  mooring(...args: string[]): Ended;
  /** The same, while others run. */
  begin(...args: string[]): Promise<Ended>;
  /** `mooring … --json`, parsed. */
  json(...args: string[]): { readonly status: number | null; readonly body: never };
  /** Starts `mooring agent run … --json` and waits for its line. */
  startAgent(...args: string[]): Promise<RunningAgent>;
  /** Ends what still runs and removes every file. */
  remove(): Promise<void>;
}

export function newMachine(): Machine {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-cli-'));
  const root = join(folder, 'root');
  const { NO_COLOR: _, FORCE_COLOR: __, DISPLAY: ___, WAYLAND_DISPLAY: ____, ...rest } = process.env;
  const env = { ...rest, MOORING_ROOT: root, HOME: join(folder, 'home') };
  const running = new Set<RunningAgent['child']>();
  const mooring = (...args: string[]): Ended => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [BUNDLE, ...args], {
      encoding: 'utf8',
      env,
    });
    return { status, stdout, stderr };
  };
  const begin = (...args: string[]) =>
    new Promise<Ended>((resolve) => {
      const child = execFile(process.execPath, [BUNDLE, ...args], { env }, (_, stdout, stderr) =>
        resolve({ status: child.exitCode, stdout, stderr }),
      );
    });
  return {
    root,
    mooring,
    begin,
    json: (...args) => {
      const { status, stdout } = mooring(...args, '--json');
      return { status, body: JSON.parse(stdout) as never };
    },
    startAgent: async (...args) => {
      const child = spawn(process.execPath, [BUNDLE, 'agent', 'run', ...args, '--json'], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      running.add(child);
      return whenStarted(child);
    },
    remove: async () => {
      for (const child of running) await kill(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function whenStarted(child: RunningAgent['child']): Promise<RunningAgent> {
  let stdout = '';
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const end = stdout.indexOf('\n');
      if (end !== -1) resolve(stdout.slice(0, end));
    });
    void ended.then(({ status }) => reject(new Error(`the agent ended with ${status}: ${stdout}${stderr}`)));
  });
  return { child, started: JSON.parse(line), ended };
}

async function kill(child: RunningAgent['child']): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await gone;
}
