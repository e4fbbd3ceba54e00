import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openDisplay } from '../test/desktop/display.ts';
import { type Benchmark, ratio } from './benchmark.ts';

const root = join(import.meta.dirname, '..');
const register = join(root, 'test', 'desktop', 'stand-in', 'register.ts');
const main = (name: string): string => join(root, 'test', 'desktop', name);

/** Before the first line of the app is run, a person waits for Electron alone. */
const load: Benchmark = {
  what: 'the main bundle of the desktop app loads',
  against: 'an empty main, on the same stand-in of Electron',
  atMost: 2,
  unit: '×',
  async measure() {
    const folder = mkdtempSync(join(tmpdir(), 'mooring-bench-'));
    const display = await openDisplay();
    try {
      return await ratio(
        () => run(main('loaded-main.mjs'), folder, display.name),
        () => run(main('empty-main.mjs'), folder, display.name),
        15,
      );
    } finally {
      await display.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function run(file: string, folder: string, display: string): void {
  const { status, stderr } = spawnSync(process.execPath, ['--import', register, file], {
    encoding: 'utf8',
    env: { ...process.env, MOORING_ROOT: folder, DISPLAY: display },
  });
  if (status !== 0) throw new Error(`${file} ended with ${status}: ${stderr}`);
}

const MIB = 1024 * 1024;

/** Everything that the dashboard loads to be drawn and used, packed as a server would send it. */
const size: Benchmark = {
  what: 'scripts and styles of the dashboard, gzip',
  against: 'nothing (350 KiB)',
  atMost: 350 / 1024,
  unit: 'MiB',
  async measure() {
    const folder = join(root, 'out', 'renderer');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(js|css|html)$/.test(name),
    );
    if (files.length < 2) throw new Error('out/renderer holds no dashboard');
    const bytes = files.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0);
    return { result: bytes / MIB, ours: `${(bytes / 1024).toFixed(1)} KiB`, theirs: '0 KiB' };
  },
};

export default [load, size];
