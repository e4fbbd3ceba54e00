import { existsSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { Platform } from '../shared/settings/setting.ts';
import { isPackaged } from './build-kind.ts';
import type { HostFacts } from './paths.ts';

/** The platform this process runs on; anything that is not mac or Windows follows the Linux rules. */
export function hostPlatform(): Platform {
  if (process.platform === 'darwin') return 'mac';
  return process.platform === 'win32' ? 'windows' : 'linux';
}

/**
 * Reads the facts that paths depend on. An unpackaged build may put all of them beneath `MOORING_ROOT`; a
 * packaged one ignores that variable. Machine paths of Windows never come from `%ProgramData%` or `%SystemRoot%`,
 * which whoever starts the program can set.
 */
export function readHostFacts(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  packaged: boolean = isPackaged(),
): HostFacts {
  const root = packaged ? undefined : environment.MOORING_ROOT;
  const drive = process.platform === 'win32' ? windowsDrive(existsSync) : 'C:';
  return {
    platform: hostPlatform(),
    home: homedir(),
    userName: userInfo().username,
    ...(environment.APPDATA === undefined ? {} : { appData: environment.APPDATA }),
    programData: `${drive}\\ProgramData`,
    systemRoot: `${drive}\\Windows`,
    temporary: tmpdir(),
    ...(root === undefined || root === '' ? {} : { testRoot: resolve(root) }),
    exists: existsSync,
  };
}

/** The drive Windows stands on: the first that holds its system folder, told from the disk alone. */
export function windowsDrive(exists: (path: string) => boolean): string {
  const letters = 'CDEFGHIJKLMNOPQRSTUVWXYZ'.split('').map((letter) => `${letter}:`);
  return letters.find((drive) => exists(`${drive}\\Windows\\System32\\reg.exe`)) ?? 'C:';
}
