import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildParts } from '../scripts/build.mjs';
import { fillDataDirectory, passableTemporaryDirectory } from '../src/hub/database/test-data-directory.ts';

/*
 * Real `mooring-hub` processes for tests: the program as it is built, which starts in two thirds of the processor time
 * that its sources take.
 */
const PROGRAM = join(import.meta.dirname, '..', 'out', 'hub', 'mooring-hub.js');

let building: Promise<unknown> | undefined;

/** Builds what is not current, once for all programs that a test file starts. */
function builtProgram(): Promise<unknown> {
  building ??= buildParts(['hub']);
  return building;
}

/** What a finished command left. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A hub that has said where it answers. */
export interface HubProcess {
  /** The line of `start --json` or `--demo`. */
  readonly said: Readonly<Record<string, unknown>>;
  readonly url: string;
  readonly child: ChildProcess;
  /** Sends a signal and waits for the end; answers the exit code, `null` after a kill. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

function environment(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, NODE_COMPILE_CACHE } = process.env;
  return {
    ...{ PATH, HOME, NODE_COMPILE_CACHE },
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
    ...more,
  };
}

/** Runs a command to its end. */
export async function runHubCommand(
  args: readonly string[],
  options: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<CommandResult> {
  await builtProgram();
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: environment(options.env ?? {}),
    stdio: 'pipe',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  child.stdin.end(options.input ?? '');
  const [code] = await once(child, 'close');
  return { code: typeof code === 'number' ? code : -1, stdout, stderr };
}

/** Starts a hub on a free port and waits until it answers; fails with what it said when it ends before. */
export async function startHubProcess(
  dataDirectory: string,
  more: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<HubProcess> {
  await builtProgram();
  const args = ['start', '--json', '--data', dataDirectory, '--port', '0', '--log-level', 'warn', ...more];
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const exited = once(child, 'exit');
  const first = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line)),
    exited.then(() => null),
  ]);
  if (first === null) throw new Error(`the hub ended: ${stderr}`);
  const said = JSON.parse(first) as Record<string, unknown>;
  return {
    said,
    url: String(said.url),
    child,
    end: async (signal) => {
      child.kill(signal);
      await exited;
      return child.exitCode;
    },
  };
}

/** A data directory of a test, and how to remove it. */
export interface TemporaryDataDirectory {
  readonly path: string;
  remove(): Promise<void>;
}

/** An empty one that the database's unprivileged user may pass through. */
export function temporaryDataDirectory(): TemporaryDataDirectory {
  const path = passableTemporaryDirectory('mooring-hub-test-');
  return {
    path,
    remove: async () => {
      await endOrphan(path);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** One in which a hub finds its tables, for tests that are not about how a hub begins: that takes it a second and more. */
export async function begunDataDirectory(): Promise<TemporaryDataDirectory> {
  const data = temporaryDataDirectory();
  await fillDataDirectory(data.path);
  return data;
}

/** Ends the database that a killed hub left behind, by its own file, which goes when it has ended. */
async function endOrphan(dataDirectory: string): Promise<void> {
  const file = join(dataDirectory, 'postgres', 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  try {
    process.kill(pid, 'SIGQUIT');
  } catch {
    return; // its file is all that is left of it
  }
  for (let look = 0; look < 200 && existsSync(file); look += 1)
    await new Promise((done) => setTimeout(done, 50));
}
