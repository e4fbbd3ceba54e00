import { execFile } from 'node:child_process';
import type { Platform } from '../../shared/settings/setting.ts';

/** Opens an address in the system browser; answers false where no browser could be started. */
export type BrowserOpener = (url: string) => Promise<boolean>;

/** Starts a program with these arguments, as they are; answers whether it ended well. */
export type ProgramStarter = (file: string, args: readonly string[]) => Promise<boolean>;

/** Opens web addresses only, whatever a hub may have answered; `open` never sees anything else. */
export function openingWebOnly(open: (address: string) => Promise<boolean>): BrowserOpener {
  return async (address) => {
    if (!URL.canParse(address)) return false;
    const { protocol, href } = new URL(address);
    return protocol === 'https:' || protocol === 'http:' ? open(href) : false;
  };
}

/**
 * The opener of a platform. The address is one argument of a fixed list, never part of a command line: no shell
 * sees it, so nothing in it can become a command. A sign-in calls every opener through `openingWebOnly`.
 *
 * @param systemRoot `AgentPaths.systemRoot`, so that `rundll32.exe` is not looked up in the user's PATH.
 */
export function browserOpener(
  platform: Platform,
  systemRoot: string,
  start: ProgramStarter = startProgram,
): BrowserOpener {
  return async (address) => {
    switch (platform) {
      case 'mac':
        return start('/usr/bin/open', [address]);
      case 'windows':
        return start(`${systemRoot}\\System32\\rundll32.exe`, ['url.dll,FileProtocolHandler', address]);
      case 'linux':
        return start('xdg-open', [address]);
    }
  };
}

const START_LIMIT_MS = 15_000;

function startProgram(file: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = execFile(file, [...args], { windowsHide: true }, (error) => {
      clearTimeout(limit);
      resolve(error === null);
    });
    // Some openers stay as long as the browser does: still running after a while is as good as done. It is let go.
    const limit = setTimeout(() => {
      child.unref();
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(true);
    }, START_LIMIT_MS);
    limit.unref();
  });
}
