import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { buildParts } from '../../scripts/build.mjs';

const root = join(import.meta.dirname, '..', '..');

/** Marks the fuses in Electron's binary (electronjs.org/docs/latest/tutorial/fuses): then version, count, states. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** As Electron is delivered: a digit for each fuse, in the order of `FuseV1Options`. */
const DELIVERED = '10110001';

/**
 * The app laid out by electron-builder as its configuration says, on a stand-in of Electron's distribution: it holds
 * what electron-builder looks for, and the fuses, but no program.
 */
describe('the packed app', () => {
  let folder: string;
  let files: readonly string[];

  beforeAll(async () => {
    await buildParts(['pages']);
    folder = await mkdtemp(join(tmpdir(), 'mooring-packed-'));
    await writeStandIn(join(folder, 'dist'));
    const builder = join(root, 'node_modules', 'electron-builder', 'cli.js');
    const options = [
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
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const archive = () => join(folder, 'out', 'linux-unpacked', 'resources', 'app.asar');

  test('fuses: no RunAsNode, no NODE_OPTIONS, no inspector, cookies encrypted, only a whole ASAR', async () => {
    const binary = await readFile(join(folder, 'out', 'linux-unpacked', 'mooring-desktop'), 'latin1');
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

  test('it stays small', async () => {
    expect((await stat(archive())).size).toBeLessThan(6 * 1024 * 1024);
  });
});

async function writeStandIn(dist: string): Promise<void> {
  await mkdir(join(dist, 'resources'), { recursive: true });
  await mkdir(join(dist, 'locales'));
  const fuses = Buffer.concat([
    Buffer.alloc(4096, 1),
    Buffer.from(SENTINEL),
    Buffer.from([1, DELIVERED.length]),
    Buffer.from(DELIVERED),
    Buffer.alloc(4096, 1),
  ]);
  await writeFile(join(dist, 'electron'), fuses, { mode: 0o755 });
  for (const name of ['version', 'LICENSE', 'LICENSES.chromium.html', 'locales/en-US.pak'])
    await writeFile(join(dist, name), '');
}

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
