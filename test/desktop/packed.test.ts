import { execFile } from 'node:child_process';
import {
  access,
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { buildParts } from '../../scripts/build.mjs';
import { makeExecutable } from '../../scripts/executable.mjs';
import { DELIVERED, NO_HOOK, SENTINEL, writeElectronStandIn } from './electron-stand-in.ts';

const root = join(import.meta.dirname, '..', '..');

let folder: string;
const unpacked = () => join(folder, 'out', 'linux-unpacked');

describe('the packed app', () => {
  let files: readonly string[];

  beforeAll(async () => {
    await Promise.all([buildParts(['cli', 'pages']), makeExecutable()]);
    folder = await mkdtemp(join(tmpdir(), 'mooring-packed-'));
    await writeElectronStandIn(join(folder, 'dist'), 'linux');
    const builder = join(root, 'node_modules', 'electron-builder', 'cli.js');
    const options = [
      `-c.beforePack=${NO_HOOK}`,
      `-c.electronDist=${join(folder, 'dist')}`,
      `-c.directories.output=${join(folder, 'out')}`,
    ];
    await promisify(execFile)(
      process.execPath,
      [builder, '--linux', 'dir', '--x64', ...options, '--publish', 'never'],
      {
        cwd: root,
      },
    );
    files = filesOf(z.json().parse(JSON.parse(await asarHeader(archive()))));
  });

  const archive = () => join(unpacked(), 'resources', 'app.asar');

  test('fuses: no RunAsNode, no NODE_OPTIONS, no inspector, cookies encrypted, only a whole ASAR', async () => {
    const binary = await readFile(join(unpacked(), 'mooring-desktop'), 'latin1');
    const states = binary.slice(binary.indexOf(SENTINEL) + SENTINEL.length + 2).slice(0, DELIVERED.length);
    const names = [
      'RunAsNode',
      'CookieEncryption',
      'NodeOptions',
      'Inspect',
      'AsarIntegrity',
      'OnlyAsar',
      'Snapshot',
      'FileExtra',
    ];
    expect(Object.fromEntries(names.map((name, at) => [name, states[at] === '1']))).toEqual({
      ...{ RunAsNode: false, CookieEncryption: true, NodeOptions: false, Inspect: false },
      ...{ AsarIntegrity: true, OnlyAsar: true, Snapshot: false, FileExtra: false },
    });
  });

  test('the archive holds what the app runs on, and nothing else', () => {
    const kinds = files.map((file) =>
      file.replace(/^(out\/main\/chunks|out\/renderer\/assets|assets\/tray)\/[^/]+\.(\w+)$/, '$1/*.$2'),
    );
    expect([...new Set(kinds)].sort()).toEqual([
      'LICENSE',
      'assets/tray/*.png',
      'node_modules/keytar/build/Release/keytar.node',
      'node_modules/keytar/lib/keytar.js',
      'node_modules/keytar/package.json',
      'out/main/chunks/*.js',
      'out/main/index.js',
      'out/preload/preload.cjs',
      'out/renderer/assets/*.css',
      'out/renderer/assets/*.js',
      'out/renderer/assets/*.svg',
      'out/renderer/assets/*.woff2',
      'out/renderer/index.html',
      'package.json',
    ]);
  });

  test('Electron speaks the languages of the app, and no others', async () => {
    expect((await readdir(join(unpacked(), 'locales'))).sort()).toEqual(['de.pak', 'en-US.pak']);
  });

  test('it stays small', async () => {
    expect((await stat(archive())).size).toBeLessThan(6 * 1024 * 1024);
  });
});

/**
 * The command as installers bring it, run from the layout of the packed app. In the app's place stands a program that
 * notes how it was started and runs the checkout's agent.
 */
describe('the command in the packed app', () => {
  let home: string;
  const command = () => join(unpacked(), 'resources', 'cli', 'mooring');
  const app = () => join(unpacked(), 'mooring-desktop');
  const starts = async () => (await readFile(join(home, 'starts'), 'utf8')).trim().split('\n');

  const run = (...words: readonly string[]) => runAt(command(), words);
  const runAt = async (program: string, words: readonly string[], extra: NodeJS.ProcessEnv = {}) => {
    const env = { HOME: home, XDG_RUNTIME_DIR: home, PATH: process.env.PATH, ...extra };
    return promisify(execFile)(program, [...words], { env }).then(
      ({ stdout, stderr }) => ({ exit: 0, stdout, stderr }),
      (error: unknown) => {
        const { code, stdout, stderr } = endedSchema.parse(error);
        return { exit: code, stdout, stderr };
      },
    );
  };

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'mooring-home-'));
    await putApp(
      `exec '${process.execPath}' '${join(root, 'out', 'cli', 'mooring.js')}' agent run --headless`,
    );
  });
  afterAll(async () => {
    await run('agent', 'stop');
    for (const made of [folder, home]) await rm(made, { recursive: true, force: true });
  });

  async function putApp(line: string): Promise<void> {
    await writeFile(app(), `#!/bin/sh\necho "$@" >> '${join(home, 'starts')}'\n${line}\n`);
    await chmod(app(), 0o755);
  }

  test('works alone where no agent is needed, and takes no code from its environment', async () => {
    const version = await runAt(command(), ['--version'], { NODE_OPTIONS: '--require=/nonexistent.cjs' });
    expect(version).toMatchObject({ exit: 0, stderr: '' });
    const resolved = await run('policy', 'resolve', '--json');
    const bundle = join(root, 'out', 'cli', 'mooring.js');
    const same = await runAt(process.execPath, [bundle, 'policy', 'resolve', '--json']);
    expect(resolved).toEqual(same);
    expect(await run('settings', 'gett')).toMatchObject({ exit: 2 });
    await expect(access(join(home, 'starts'))).rejects.toThrow();
  });

  test('has the app run the agent, one for two commands at once, and without a window', async () => {
    const link = join(home, 'mooring');
    await symlink(command(), link);
    const both = await Promise.all([runAt(link, ['status', '--json']), run('whoami', '--json')]);
    expect(both.map(({ exit }) => exit)).toEqual([0, 3]);
    for (const start of await starts()) expect(start).toBe('--background');
    const pid = z.object({ pid: z.number() });
    const first = pid.parse(JSON.parse(both[0].stdout)).pid;
    expect(await run('agent', 'run', '--json')).toMatchObject({
      exit: 0,
      stdout: `${JSON.stringify({ state: 'already-running', pid: first })}\n`,
    });
    expect(await run('settings', 'set', 'theme', 'dark')).toMatchObject({ exit: 0 });
    expect(await run('settings', 'get', 'theme')).toMatchObject({ exit: 0, stdout: 'dark\n' });
    expect(await run('agent', 'stop')).toMatchObject({ exit: 0 });
  });

  test('opens no keychain itself: nothing it does asks the session’s bus, behind which the keychain is', async () => {
    let asked = 0;
    const bus = createServer((socket) => {
      asked += 1;
      socket.on('error', () => undefined).end();
    });
    const path = join(home, 'session-bus');
    await new Promise<void>((resolve) => bus.listen(path, resolve));
    try {
      const session = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}`, DISPLAY: '' };
      const agent = `'${process.execPath}' '${join(root, 'out', 'cli', 'mooring.js')}' agent run --headless`;
      await putApp(`exec env -u DBUS_SESSION_BUS_ADDRESS ${agent}`);
      for (const words of [
        ['status'],
        ['whoami'],
        ['login', '--hub', 'http://127.0.0.1:1'],
        ['logout'],
        ['doctor'],
      ])
        await runAt(command(), words, session);
      expect(asked).toBe(0);
      // A keychain that is opened would be seen.
      const opens = "require('keytar').getPassword('Mooring', 'session').catch(() => process.exit(0))";
      await promisify(execFile)(process.execPath, ['-e', opens], {
        cwd: root,
        env: { ...process.env, ...session },
      });
      expect(asked).toBeGreaterThan(0);
      expect(await run('agent', 'stop')).toMatchObject({ exit: 0 });
    } finally {
      bus.close();
    }
  });

  test('a copy of it that was taken out of an AppImage starts the app of the note beside it', async () => {
    const place = join(home, 'command');
    await mkdir(place);
    await copyFile(command(), join(place, 'mooring'));
    await putApp('exit 3');
    await writeFile(join(place, 'app.json'), JSON.stringify({ app: app(), version: '1.0.0' }));
    const failed = await runAt(join(place, 'mooring'), ['status']);
    expect(failed).toMatchObject({ exit: 5, stderr: expect.stringContaining(`started from ${app()}`) });
    expect((await starts()).at(-1)).toBe('--background');
    await writeFile(join(place, 'app.json'), '{');
    const ruined = await runAt(join(place, 'mooring'), ['status']);
    expect(ruined).toMatchObject({ exit: 5, stderr: expect.stringContaining('Open Mooring yourself') });
  });

  test('says so when the app does not start or is not there', async () => {
    await putApp('exit 3');
    const failed = await run('status', '--json');
    expect(failed.exit).toBe(5);
    expect(JSON.parse(failed.stdout)).toMatchObject({
      error: { code: 'unreachable', message: expect.stringContaining('ended at once with 3') },
    });
    await rm(app());
    const missing = await run('status');
    expect(missing).toMatchObject({ exit: 5, stdout: '' });
    expect(missing.stderr).toContain('install Mooring again');
    expect(missing.stderr).not.toContain('    at ');
  });
});

const endedSchema = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });

/** The list of files that an ASAR begins with: four sizes of four bytes, then JSON. */
async function asarHeader(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const sizes = Buffer.alloc(16);
    await handle.read(sizes, 0, 16, 0);
    const header = Buffer.alloc(sizes.readUInt32LE(12));
    await handle.read(header, 0, header.length, 16);
    return header.toString('utf8');
  } finally {
    await handle.close();
  }
}

const folderSchema = z.object({ files: z.record(z.string(), z.unknown()) });

function filesOf(entry: unknown, path = ''): readonly string[] {
  const found = folderSchema.safeParse(entry);
  if (!found.success) return [path];
  return Object.entries(found.data.files).flatMap(([name, each]) =>
    filesOf(each, path === '' ? name : `${path}/${name}`),
  );
}
