import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '..', '..');
const MOORING = join(root, 'out', 'cli', 'mooring.js');
const HUB = join(root, 'out', 'hub', 'mooring-hub.js');

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that keeps running. */
export interface Running {
  readonly child: ChildProcess;
  /** The next line on standard output; an error with what it said when it ends first. */
  firstLine(): Promise<string>;
  /** SIGTERM, then waits; SIGKILL for one that does not end. */
  stop(): Promise<void>;
}

/** Where a program finds its files: the demonstration's own folder, never the machine's. */
export type Environment = Readonly<Record<string, string>>;

/** Runs `mooring …` to its end. `onStderr` hears each line as it comes. */
export function mooring(
  args: readonly string[],
  env: Environment,
  onStderr?: (line: string) => void,
): Promise<Ended> {
  return run(MOORING, args, env, onStderr);
}

/** Runs `mooring-hub …` to its end. */
export function mooringHub(args: readonly string[], env: Environment = {}): Promise<Ended> {
  return run(HUB, args, env);
}

/** Starts the hub or an agent. */
export function startProgram(
  program: 'mooring' | 'mooring-hub',
  args: readonly string[],
  env: Environment = {},
): Running {
  const child = launch(program === 'mooring' ? MOORING : HUB, args, env);
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = `${errors}${text}`.slice(-8000);
  });
  const lines: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const next = waiting.shift();
      if (next === undefined) lines.push(line);
      else next(line);
    });
  }
  return {
    child,
    firstLine: () =>
      new Promise((resolve, reject) => {
        const ready = lines.shift();
        if (ready !== undefined) return resolve(ready);
        waiting.push(resolve);
        child.once('exit', (code) =>
          reject(new Error(`${program} ${args.join(' ')} ended with ${code}:\n${errors}`)),
        );
      }),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** One request to an agent's local API over its socket, as any program on this machine would send it. */
export function askAgent(
  socketPath: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const call = request(
      { socketPath, method, path, headers: { host: 'mooring', 'content-type': 'application/json' } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      },
    );
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function launch(file: string, args: readonly string[], env: Environment): ChildProcess {
  return spawn(process.execPath, [file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
}

async function run(
  file: string,
  args: readonly string[],
  env: Environment,
  onStderr?: (line: string) => void,
): Promise<Ended> {
  const child = launch(file, args, env);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      stderr += `${line}\n`;
      onStderr?.(line);
    });
  }
  const [code] = await once(child, 'close');
  return { code: typeof code === 'number' ? code : 1, stdout, stderr };
}
