import { posix, win32 } from 'node:path';

/**
 * The desktop app's program, seen from the command that its installer put at `resources/cli/mooring`. Answers with
 * the place where it belongs even when nothing stands there: starting it then says what is missing.
 *
 * @param named the app that the note beside a copy of the command names; `null` where there is none
 */
export function desktopAppBeside(
  command: string,
  platform: NodeJS.Platform,
  exists: (path: string) => boolean,
  named: string | null = null,
): string {
  if (named !== null) return named;
  const { dirname, join } = platform === 'win32' ? win32 : posix;
  const resources = dirname(dirname(command));
  if (platform === 'darwin') return join(dirname(resources), 'MacOS', 'Mooring');
  if (platform === 'win32') return join(dirname(resources), 'Mooring.exe');
  const here = join(dirname(resources), 'mooring-desktop');
  // A command that was copied out of the app's folder still finds the app where its package puts it.
  const usual = '/opt/Mooring/mooring-desktop';
  return !exists(here) && exists(usual) ? usual : here;
}
