import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { policyCommands } from './command-tree/policy-commands.ts';

/*
 * The built command, as a process of its own.
 */
const root = join(import.meta.dirname, '..', '..');
const bundle = join(root, 'out', 'cli', 'mooring.js');
let folder = '';

beforeAll(() => {
  const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs'), 'cli'], {
    encoding: 'utf8',
  });
  expect(built.stderr).not.toContain('failed');
  expect(built.status).toBe(0);
  folder = mkdtempSync(join(tmpdir(), 'mooring-command-'));
  symlinkSync(join(root, 'bin', 'mooring.js'), join(folder, 'mooring'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function environment(): NodeJS.ProcessEnv {
  const { NO_COLOR: _, FORCE_COLOR: __, ...rest } = process.env;
  return { ...rest, MOORING_ROOT: join(folder, 'root') };
}

function mooring(
  args: readonly string[],
  options: { readonly node?: readonly string[]; readonly env?: NodeJS.ProcessEnv } = {},
) {
  return spawnSync(process.execPath, [...(options.node ?? []), bundle, ...args], {
    encoding: 'utf8',
    env: { ...environment(), ...options.env },
  });
}

test('--version is the version of package.json', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { status, stdout, stderr } = mooring(['--version']);
  expect([status, stdout, stderr]).toEqual([0, `${version}\n`, '']);
});

test('in a folder that cannot be used commands read, refuse to change, and say why without a stack', () => {
  const file = join(folder, 'a file');
  writeFileSync(file, '');
  const env = { MOORING_ROOT: file };
  const status = mooring(['status'], { env });
  expect(status.status).toBe(0);
  expect(status.stdout).toContain('Settings:');
  expect(status.stderr).toContain('Nothing can be changed here.');
  expect(status.stderr).toContain(file);
  const json = mooring(['status', '--json'], { env });
  expect(JSON.parse(json.stdout)).toMatchObject({ running: false, readOnly: { code: 'storage_failed' } });
  const set = mooring(['settings', 'set', 'theme', 'dark'], { env });
  expect([set.status, set.stdout]).toEqual([1, '']);
  expect(set.stderr).toContain('[storage_failed]');
  const run = mooring(['agent', 'run', '--headless'], { env });
  expect([run.status, run.stdout]).toEqual([1, '']);
  for (const { stderr } of [status, set, run]) expect(stderr).not.toMatch(/\n\s+at /);
});

test('a reader that went away is no error', async () => {
  for (const args of [
    ['help'],
    ['__complete', '=', 'settings', 'get'],
    ['completion', 'bash'],
    ['nonsense'],
  ]) {
    const child = spawn(process.execPath, [bundle, ...args], { env: environment() });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    const [status, signal] = await new Promise<[number | null, string | null]>((resolve) =>
      child.once('close', (code, by) => resolve([code, by])),
    );
    expect([args[0], status, signal]).toEqual([args[0], args[0] === 'nonsense' ? 2 : 0, null]);
    expect(stderr).not.toMatch(/EPIPE|\n\s+at /);
  }
});

describe('policy commands', () => {
  // Prints the file of every module that is loaded, one a line, to standard error.
  const hook = `data:text/javascript,${encodeURIComponent(
    "import { registerHooks } from 'node:module'; registerHooks({ load(url, context, next) { process._rawDebug(url); return next(url, context); } });",
  )}`;

  test('start without the command tree and without schemas: their start-up time counts', () => {
    const loadedBy = (...args: string[]): string =>
      mooring(args, { node: ['--import', hook] })
        .stderr.split('\n')
        .filter((url) => url.startsWith('file:'))
        .map((url) => readFileSync(fileURLToPath(url), 'utf8'))
        .join('\n');
    const marks = { commander: 'commander.helpDisplayed', zod: 'ZodError' };
    const tree = loadedBy('status');
    for (const mark of Object.values(marks)) expect(tree).toContain(mark);
    for (const args of [['resolve', '--json'], ['schema'], ['validate', join(root, 'package.json')]]) {
      const loaded = loadedBy('policy', ...args);
      expect(loaded.length).toBeGreaterThan(1000);
      for (const mark of Object.values(marks)) expect(loaded).not.toContain(mark);
    }
  });

  test('their parsers know every option that help and completion offer', () => {
    for (const { path, options = [] } of policyCommands) {
      for (const { name, value } of options) {
        const { stderr, stdout } = mooring([...path, `--${name}`, ...(value === undefined ? [] : ['x'])]);
        expect(`${stderr}${stdout}`).not.toMatch(/Unknown option/);
      }
      expect(mooring([...path, '--help']).stdout).toContain(`mooring ${path.join(' ')}`);
    }
    expect(mooring(['policy', 'resolve', '--no-such']).status).toBe(2);
    expect(mooring(['policy', 'rsolve']).stderr).toContain('Did you mean resolve?');
  });

  test('a reader that went away is no error', async () => {
    const child = spawn(process.execPath, [bundle, 'policy', 'schema'], { env: environment() });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect([status, stderr]).toEqual([0, '']);
  });
});

describe('completion', () => {
  const words = (current: string, ...before: string[]): string[] => {
    const { status, stdout } = mooring(['__complete', `=${current}`, ...before]);
    expect(status).toBe(0);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t')[0] ?? '');
  };

  test('offers what the tree and the catalog have', () => {
    expect(words('')).toEqual(expect.arrayContaining(['login', 'settings', 'policy', 'agent', 'completion']));
    expect(words('proxyE', 'settings', 'get')).toContain('proxyExclude');
    expect(words('', 'settings', 'set', 'theme')).toEqual(['light', 'dark', 'system']);
    expect(words('t', 'settings', 'set', 'cpus')).toEqual([]);
    expect(words('', 'settings', 'set', 'startOnLogin')).toEqual(['true', 'false']);
    expect(words('theme', 'settings', 'reset', 'theme')).toEqual([]);
    expect(words('--m', 'settings', 'list')).toEqual(['--managed']);
    expect(words('', 'settings', 'list', '--category')).toContain('Docker Engine');
    expect(words('', 'policy', 'resolve', '--platform')).toEqual(['mac', 'windows', 'linux']);
    expect(words('', 'policy', 'resolve', '--platform', 'mac', '--choices')).toEqual([':file']);
    expect(words('--', 'completion')).toEqual(['--json', '--help']);
    expect(words('', 'no', 'such')).toEqual([]);
    expect(words('__proto__', 'settings', 'set', '__proto__')).toEqual([]);
  });

  test.each(['bash', 'zsh', 'fish', 'powershell'])('%s has a script', (shell) => {
    const { status, stdout } = mooring(['completion', shell]);
    expect(status).toBe(0);
    expect(stdout).toContain('__complete');
  });

  test('an unknown shell is refused with the ones there are', () => {
    const { status, stderr } = mooring(['completion', 'csh']);
    expect(status).toBe(2);
    expect(stderr).toContain('bash, zsh, fish, powershell');
  });

  // What each shell shows for a line that is typed up to its end. A shell that is not installed is not asked.
  const typed: Readonly<Record<string, (line: string) => string>> = {
    bash: (line) =>
      `eval "$(mooring completion bash)"; COMP_WORDS=(${line} ""); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _mooring; printf '%s\\n' "\${COMPREPLY[@]}"`,
    fish: (line) => `mooring completion fish | source; complete -C '${line} '`,
  };
  const installed = Object.keys(typed).filter((shell) => spawnSync(shell, ['--version']).status === 0);

  test('the scripts work in the shells that are here', () => {
    expect(installed).toContain('bash');
    const PATH = [folder, join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
    for (const shell of installed) {
      const ask = (line: string): string => {
        const script = typed[shell]?.(line) ?? '';
        return spawnSync(shell, ['-c', script], {
          encoding: 'utf8',
          env: { ...environment(), PATH, HOME: folder },
        }).stdout;
      };
      expect(ask('mooring settings')).toContain('explain');
      expect(ask('mooring settings set theme')).toContain('dark');
      expect(ask('mooring settings list --category')).toMatch(/Docker(\\)? Engine/);
    }
  });
});
