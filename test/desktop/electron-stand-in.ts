import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Marks the fuses in Electron's binary (electronjs.org/docs/latest/tutorial/fuses): then version, count, states. */
export const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** As Electron is delivered: a digit for each fuse, in the order of `FuseV1Options`. */
export const DELIVERED = '10110001';

/** In the place of a hook of electron-builder: what tests pack is a build for development. */
export const NO_HOOK = join(import.meta.dirname, 'no-hook.mjs');

/**
 * A stand-in of Electron's distribution: it holds what electron-builder looks for, and the fuses, but no program that
 * could run. On Windows it begins as a program, because resources are written into it.
 */
export async function writeElectronStandIn(dist: string, platform: 'linux' | 'win'): Promise<void> {
  await mkdir(join(dist, 'resources'), { recursive: true });
  await mkdir(join(dist, 'locales'), { recursive: true });
  const fuses = [
    Buffer.alloc(4096, 1),
    Buffer.from(SENTINEL),
    Buffer.from([1, DELIVERED.length]),
    Buffer.from(DELIVERED),
    Buffer.alloc(4096, 1),
  ];
  if (platform === 'linux') await writeFile(join(dist, 'electron'), Buffer.concat(fuses), { mode: 0o755 });
  else await writeFile(join(dist, 'electron.exe'), Buffer.concat([await someWindowsProgram(), ...fuses]));
  for (const name of ['version', 'LICENSE', 'LICENSES.chromium.html', 'locales/en-US.pak'])
    await writeFile(join(dist, name), '');
}

const vendor = join(import.meta.dirname, '..', '..', 'node_modules', 'electron-winstaller', 'vendor');

const someWindowsProgram = () => readFile(join(vendor, 'Setup.exe'));
