import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

/*
 * `npm run --silent mooring -- …` in a checkout: builds what is missing or changed, and keeps a command's output clean.
 */
const root = join(import.meta.dirname, '..');
const checkout = mkdtempSync(join(tmpdir(), 'mooring-checkout-'));
const script = join(checkout, 'scripts', 'run.mjs');
const version: string = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;

beforeAll(() => {
  for (const name of ['bin', 'package.json', 'package-lock.json', 'scripts']) {
    cpSync(join(root, name), join(checkout, name), { recursive: true });
  }
  for (const name of ['agent', 'cli', 'shared']) {
    cpSync(join(root, 'src', name), join(checkout, 'src', name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'), 'junction');
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

function mooring(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, 'cli', ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

function together(count: number): Promise<readonly (readonly [number | null, string])[]> {
  const one = (): Promise<readonly [number | null, string]> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [script, 'cli', '--version']);
      let stdout = '';
      child.stdout.setEncoding('utf8').on('data', (text) => {
        stdout += text;
      });
      child.once('close', (code) => resolve([code, stdout]));
    });
  return Promise.all(Array.from({ length: count }, one));
}

test('the first command builds, the next one does not, and several at once build once', async () => {
  expect(await together(3)).toEqual(Array(3).fill([0, `${version}\n`]));
  expect(mooring('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test('an edit is in the next command, and what ran before still finds its parts', () => {
  const chunks = (): string[] => readdirSync(join(checkout, 'out', 'cli', 'chunks'));
  const before = chunks();
  appendFileSync(join(checkout, 'src', 'cli', 'process.ts'), '\nprocess.title = "edited";\n');
  const { status, stdout, stderr } = mooring('--version');
  expect([status, stdout]).toEqual([0, `${version}\n`]);
  expect(stderr).toMatch(/^built cli in/);
  expect(chunks()).toEqual(expect.arrayContaining(before));
  expect(chunks().length).toBeGreaterThan(before.length);
});

test('a source that cannot be built is told on standard error, and the build that stands is left alone', () => {
  const broken = join(checkout, 'src', 'cli', 'process.ts');
  const text = readFileSync(broken, 'utf8');
  const bundle = readFileSync(join(checkout, 'out', 'cli', 'mooring.js'), 'utf8');
  writeFileSync(broken, 'export const = ;');
  const { status, stdout, stderr } = mooring('--version');
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toContain('The build failed');
  // The bundler paints what it says; here nobody looks at a terminal.
  expect(stderr).not.toContain('\u001b');
  expect(readFileSync(join(checkout, 'out', 'cli', 'mooring.js'), 'utf8')).toBe(bundle);
  writeFileSync(broken, text);
  expect(mooring('--version').status).toBe(0);
});

test('a lock that a killed build left behind stops nobody', () => {
  const dead = spawnSync(process.execPath, ['-e', '0']).pid;
  mkdirSync(join(checkout, 'out'), { recursive: true });
  writeFileSync(join(checkout, 'out', '.build-lock'), String(dead));
  appendFileSync(join(checkout, 'src', 'cli', 'process.ts'), '\n');
  expect(mooring('--version')).toMatchObject({ status: 0, stdout: `${version}\n` });
});

test('only programs of this checkout are run', () => {
  for (const name of ['', 'pages', '__proto__', 'constructor']) {
    const { status, stdout } = spawnSync(process.execPath, [script, name], { encoding: 'utf8' });
    expect([name, status, stdout]).toEqual([name, 2, '']);
  }
});
