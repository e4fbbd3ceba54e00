import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

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

test('a folder that cannot be used is told without a stack', () => {
  const file = join(folder, 'a file');
  writeFileSync(file, '');
  const { status, stdout, stderr } = mooring(['status'], { env: { MOORING_ROOT: file } });
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toContain('[storage_failed]');
  expect(stderr).toContain(file);
  expect(stderr).not.toMatch(/\n\s+at /);
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
