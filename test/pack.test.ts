import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/*
 * The tarball of `npm pack`, installed into an empty directory and used from there, as people get it.
 */
const root = join(import.meta.dirname, '..');
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const home = mkdtempSync(join(tmpdir(), 'mooring-pack-'));
const checkout = join(home, 'checkout');
const installed = join(home, 'installed');
const version: string = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
let files: string[] = [];

const PACKED_FROM = [
  'LICENSE',
  'README.md',
  'assets',
  'bin',
  'console.vite.config.ts',
  'electron.vite.config.ts',
  'package-lock.json',
  'package.json',
  'scripts',
  'src',
  'tsconfig.base.json',
  'tsconfig.engine.json',
  'tsconfig.shared.json',
];

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}) {
  return spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, npm_config_audit: 'false', npm_config_fund: 'false', ...env },
    shell: process.platform === 'win32',
  });
}

beforeAll(() => {
  // A copy, because packing builds another variant than the checkout's own, which other tests use meanwhile.
  mkdirSync(checkout);
  for (const name of PACKED_FROM) {
    if (existsSync(join(root, name))) cpSync(join(root, name), join(checkout, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'), 'junction');
  const packed = run(npm, ['pack', '--json', '--pack-destination', home], checkout);
  expect(packed.status, packed.stderr).toBe(0);
  const [tarball] = JSON.parse(packed.stdout);
  files = tarball.files.map((file: { path: string }) => file.path);
  mkdirSync(installed);
  // Without one, npm would look for a project in the folders above.
  writeFileSync(join(installed, 'package.json'), '{ "private": true }\n');
  const install = run(npm, ['install', '--omit=dev', '--no-save', join(home, tarball.filename)], installed);
  expect(install.status, install.stderr).toBe(0);
}, 600_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

function command(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return run(join(installed, 'node_modules', '.bin', name), args, installed, {
    HOME: join(home, 'user'),
    ...env,
  });
}

test('the tarball holds programs and pages, and no sources, tests or leftovers', () => {
  expect(files).toEqual(
    expect.arrayContaining([
      'LICENSE',
      'bin/mooring.js',
      'bin/mooring-hub.js',
      'out/cli/mooring.js',
      'out/console/index.html',
      'out/engine/engine.js',
      'out/engine/types/engine.d.ts',
      'out/hub/mooring-hub.js',
      'out/renderer/index.html',
      'package.json',
    ]),
  );
  expect(
    files.filter(
      (file) =>
        !/^(bin|out\/(cli|engine|hub|renderer|console))\/|^(LICENSE|README\.md|package\.json)$/.test(file),
    ),
  ).toEqual([]);
  const source = /(?<!\.d)\.(ts|tsx|map)$|(^|\/)\./;
  expect(files.filter((file) => source.test(file))).toEqual([]);
});

describe('from an empty directory', () => {
  test('mooring --version', () => {
    const { status, stdout, stderr } = command('mooring', ['--version']);
    expect([status, stdout, stderr]).toEqual([0, `${version}\n`, '']);
  });

  test('mooring policy schema', () => {
    const { status, stdout } = command('mooring', ['policy', 'schema']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'object' });
  });

  test('mooring status works without an agent, on the own paths of the machine: the environment moves none', () => {
    const { status, stdout, stderr } = command('mooring', ['status', '--json'], {
      MOORING_ROOT: join(home, 'elsewhere'),
    });
    expect(status, stderr).toBe(0);
    const answer = JSON.parse(stdout);
    expect(answer).toMatchObject({ version, testPaths: false, running: false });
    expect(answer.paths.store.startsWith(join(home, 'user'))).toBe(true);
    expect(existsSync(join(home, 'elsewhere'))).toBe(false);
  });

  test('mooring-hub --help', () => {
    const { status, stdout } = command('mooring-hub', ['--help']);
    expect(status).toBe(0);
    expect(stdout).toContain('mooring-hub');
  });

  test('another program embeds the engine with settings of its own, typed', () => {
    const program = [
      "import { defineCatalog, defineSetting, readDocument, resolve } from 'mooring/engine';",
      "const about = { category: 'c', label: 'l', description: 'd', editableIn: [] } as const;",
      'const catalog = defineCatalog([',
      "  defineSetting({ ...about, id: 'theme', type: 'enum', choices: ['light', 'dark'], default: 'light' }),",
      ']);',
      "const layer = readDocument({ theme: { locked: true, value: 'dark' } }, 'admin-settings', catalog);",
      "const theme: 'light' | 'dark' | null = resolve({ catalog, platform: 'linux', layers: [layer] }).value('theme');",
      'console.log(theme);',
    ].join('\n');
    const compile = (name: string, text: string) => {
      writeFileSync(join(installed, name), text);
      const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
      // Declarations of the engine are checked too: skipLibCheck is off by default. No `@types/node` is there.
      const strict = [
        '--strict',
        '--module',
        'nodenext',
        '--target',
        'es2024',
        '--lib',
        'es2024,dom',
        '--types',
        '',
      ];
      return run(process.execPath, [tsc, ...strict, join(installed, name)], installed);
    };
    const compiled = compile('embed.mts', program);
    expect([compiled.status, compiled.stdout]).toEqual([0, '']);
    const wrong = compile(
      'wrong.mts',
      program.replace("const theme: 'light' | 'dark' | null", 'const theme: number'),
    );
    expect(wrong.status).not.toBe(0);
    const { status, stdout } = run(process.execPath, ['embed.mjs'], installed);
    expect([status, stdout]).toEqual([0, 'dark\n']);
  });

  test('an older Node hands over to the one that was installed', () => {
    // The launcher decides by its own version; the oldest it supports is played by saying so before it loads.
    const pretend = `data:text/javascript,${encodeURIComponent(
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });",
    )}`;
    const script = join(installed, 'node_modules', 'mooring', 'bin', 'mooring.js');
    const { status, stdout } = run(process.execPath, ['--import', pretend, script, '--version'], installed);
    expect([status, stdout]).toEqual([0, `${version}\n`]);
  });
});
