import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Marks the fuses in Electron's binary (electronjs.org/docs/latest/tutorial/fuses): then version, count, states. */
export const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** As Electron is delivered: a digit for each fuse, in the order of `FuseV1Options`. */
export const DELIVERED = '10110001';

/** In the place of a hook of electron-builder: what tests pack is a build for development. */
export const NO_HOOK = join(import.meta.dirname, 'no-hook.mjs');

const FUSES = Buffer.concat([
  Buffer.alloc(4096, 1),
  Buffer.from(SENTINEL),
  Buffer.from([1, DELIVERED.length]),
  Buffer.from(DELIVERED),
  Buffer.alloc(4096, 1),
]);

/**
 * A stand-in of Electron's distribution: it holds what electron-builder looks for, and the fuses, but no program that
 * could run. On Windows it begins as a program, because resources are written into it.
 */
export async function writeElectronStandIn(dist: string, platform: 'linux' | 'win' | 'mac'): Promise<void> {
  if (platform === 'mac') return writeMacStandIn(dist);
  await mkdir(join(dist, 'resources'), { recursive: true });
  await mkdir(join(dist, 'locales'), { recursive: true });
  if (platform === 'linux') await writeFile(join(dist, 'electron'), FUSES, { mode: 0o755 });
  else await writeFile(join(dist, 'electron.exe'), Buffer.concat([await someWindowsProgram(), FUSES]));
  for (const name of [
    'version',
    'LICENSE',
    'LICENSES.chromium.html',
    'locales/en-US.pak',
    'locales/de.pak',
    'locales/fr.pak',
  ])
    await writeFile(join(dist, name), '');
}

const vendor = join(import.meta.dirname, '..', '..', 'node_modules', 'electron-winstaller', 'vendor');

const someWindowsProgram = () => readFile(join(vendor, 'Setup.exe'));

/** Electron brings many more; what the app does not speak is not packed. */
const LANGUAGES = ['en', 'de', 'fr'];

/** The bundle of mac: the fuses stand in the framework, and the helper has a property list of its own. */
async function writeMacStandIn(dist: string): Promise<void> {
  const contents = join(dist, 'Electron.app', 'Contents');
  const helper = join(contents, 'Frameworks', 'Electron Helper.app', 'Contents');
  const framework = join(contents, 'Frameworks', 'Electron Framework.framework');
  for (const folder of [
    join(contents, 'MacOS'),
    join(contents, 'Resources'),
    join(helper, 'MacOS'),
    ...LANGUAGES.map((language) => join(framework, 'Versions', 'A', 'Resources', `${language}.lproj`)),
  ])
    await mkdir(folder, { recursive: true });
  await writeFile(join(contents, 'Info.plist'), plistOf('Electron'));
  await writeFile(join(helper, 'Info.plist'), plistOf('Electron Helper'));
  await writeFile(join(contents, 'MacOS', 'Electron'), '', { mode: 0o755 });
  await writeFile(join(helper, 'MacOS', 'Electron Helper'), '', { mode: 0o755 });
  await writeFile(join(framework, 'Electron Framework'), FUSES);
  for (const language of LANGUAGES)
    await writeFile(join(framework, 'Versions', 'A', 'Resources', `${language}.lproj`, 'locale.pak'), '');
  for (const name of ['version', 'LICENSE', 'LICENSES.chromium.html']) await writeFile(join(dist, name), '');
}

const plistOf = (name: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd"><plist version="1.0"><dict><key>CFBundleExecutable</key><string>${name}</string><key>CFBundleName</key><string>${name}</string></dict></plist>`;
