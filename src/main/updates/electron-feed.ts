import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FEED_FILE, isEncrypted } from './update-channel.ts';
import type { UpdateFeed } from './updates.ts';

/** The feed of electron-updater: it checks checksums, and signatures where the platform has them. */
export async function electronFeed(
  log: (message: string, facts: Readonly<Record<string, unknown>>) => void,
): Promise<UpdateFeed> {
  // On Linux nothing but the way to the feed vouches for what it offers.
  if (!isEncrypted(await readFile(join(process.resourcesPath, FEED_FILE), 'utf8')))
    throw new Error('the address of the update feed does not begin with https://');
  const updater = (await import('electron-updater')).default.autoUpdater;
  // When to download and to install is decided by settings and by the person.
  updater.autoDownload = false;
  updater.autoInstallOnAppQuit = false;
  updater.allowDowngrade = false;
  updater.allowPrerelease = false;
  // What an installer fetches while it runs, nobody has compared with a signature.
  updater.disableWebInstaller = true;
  updater.logger = null;
  updater.on('error', (error) => log('an update failed', { reason: error.message }));
  return {
    check: async () => (await updater.checkForUpdates())?.updateInfo.version ?? null,
    download: async () => {
      await updater.downloadUpdate();
    },
    install: () => updater.quitAndInstall(false, true),
  };
}
