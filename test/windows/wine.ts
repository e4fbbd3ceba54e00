import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { windowsNode } from '../../scripts/windows-node.mjs';

/*
 * A Windows for tests: Wine, with a disk and a registry of its own, and the built `mooring` in Node for Windows. It is
 * Wine and not Windows: paths, files, pipes, registry and credentials are those of its implementation of the same calls.
 * Its reg.exe, rundll32.exe and taskkill.exe are programs; its whoami.exe, icacls.exe and powershell.exe answer nothing of
 * use, so what stands on those is not tested here.
 */

const ROOT = join(import.meta.dirname, '..', '..');
const PROGRAMS = ['wine', 'wineserver'];

/** What a finished program left. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs. */
export interface Running {
  /** What it wrote to standard output so far. */
  output(): string;
  readonly ended: Promise<Ended>;
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>;
}

export interface Wine {
  /** Runs the built `mooring` to its end. */
  mooring(args: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Ended>;
  /** Starts the built `mooring`. */
  startMooring(args: readonly string[], environment?: NodeJS.ProcessEnv): Running;
  /** Runs a script in Node for Windows. */
  node(script: string, args?: readonly string[]): Running;
  /** Runs a program of Windows itself, such as `reg`. */
  program(args: readonly string[]): Promise<Ended>;
  /** Where a path of Windows on its drive C is on this machine: `disk('users', 'dev')`. */
  disk(...names: readonly string[]): string;
  /** The user's `%APPDATA%\Mooring`, on this machine. */
  readonly userFolder: string;
  /** Ends every program of this Windows and removes its disk. */
  end(): Promise<void>;
}

/** Why there is no Wine to test with; `null`: there is one. */
export function whyNoWine(): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'Wine is used on Linux for x64 alone';
  const missing = PROGRAMS.filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
  if (missing.length > 0) return `not installed here: ${missing.join(', ')} (apt-get install wine wine64)`;
  if (!existsSync(windowsNode())) return 'there is no Node for Windows here (npm run windows:node)';
  return null;
}

/** Reports a test as not run where there is no Wine. */
export function requireWine(test: TestContext): void {
  const why = whyNoWine();
  test.skip(why !== null, why ?? '');
}

/** Starts a Windows whose disk is new. */
export async function startWine(): Promise<Wine> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-wine-'));
  const prefix = join(folder, 'prefix');
  const home = join(folder, 'home');
  mkdirSync(home);
  const environment = {
    PATH: process.env.PATH,
    // Wine links the user's folders to those of this home.
    ...{ HOME: home, USER: 'dev', LANG: 'C.UTF-8', WINEPREFIX: prefix, WINEDEBUG: '-all' },
    // Neither a browser engine nor .NET is offered for download, and no menu entry is made.
    WINEDLLOVERRIDES: 'mscoree,mshtml,winemenubuilder.exe=',
  };
  const children = new Set<ChildProcess>();
  let count = 0;
  const start = (program: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Running => {
    // Node for Windows cannot use the pipes of this system as its output; a file it can.
    count += 1;
    const files = { stdout: join(folder, `${count}.out`), stderr: join(folder, `${count}.err`) };
    const out = openSync(files.stdout, 'w');
    const err = openSync(files.stderr, 'w');
    const child = spawn(program, [...args], {
      stdio: ['ignore', out, err],
      env: { ...environment, ...more },
    });
    children.add(child);
    closeSync(out);
    closeSync(err);
    const read = (file: string) => readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => {
        children.delete(child);
        resolve({ code, stdout: read(files.stdout), stderr: read(files.stderr) });
      });
    });
    return {
      output: () => read(files.stdout),
      ended,
      kill: async () => {
        child.kill('SIGKILL');
        await ended;
      },
    };
  };
  const node = (args: readonly string[], more?: NodeJS.ProcessEnv) =>
    start('wine', [windowsNode(), ...args], more);
  const cli = join(ROOT, 'out', 'cli', 'mooring.js');
  await start('wine', ['wineboot', '--init']).ended;
  // Node starts on Windows 10 and later.
  await start('wine', ['reg', 'add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f']).ended;
  const disk = (...names: readonly string[]) => join(prefix, 'drive_c', ...names);
  return {
    mooring: (args, more) => node([cli, ...args], more).ended,
    startMooring: (args, more) => node([cli, ...args], more),
    node: (script, args = []) => node(['--input-type=module', '-e', script, ...args]),
    program: (args) => start('wine', args).ended,
    disk,
    userFolder: disk('users', 'dev', 'AppData', 'Roaming', 'Mooring'),
    end: async () => {
      for (const child of children) child.kill('SIGKILL');
      await start('wineserver', ['--kill']).ended;
      await start('wineserver', ['--wait']).ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
