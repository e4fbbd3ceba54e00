import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppUpdater } from 'electron-updater';
import type { ManagedProxy } from '../../agent/delivery/hub-http.ts';
import { feedProxy } from './feed-proxy.ts';
import { FEED_FILE, isEncrypted } from './update-channel.ts';
import type { UpdateFeed } from './updates.ts';

export interface ElectronFeedOptions {
  /** The proxy settings in force; `null`: not known. */
  readonly proxy: () => ManagedProxy | null;
  /** Folder of the app's resources, with the file that names the feed. */
  readonly resources: string;
  readonly log: (message: string, facts: Readonly<Record<string, unknown>>) => void;
}

/** The feed of electron-updater: it checks checksums, and signatures where the platform has them. Loaded once. */
export function electronFeed(options: ElectronFeedOptions): () => Promise<UpdateFeed> {
  let updater: Promise<AppUpdater> | null = null;
  return async () => {
    // On Linux nothing but the way to the feed vouches for what it offers.
    if (!isEncrypted(await readFile(join(options.resources, FEED_FILE), 'utf8')))
      throw new Error('the address of the update feed does not begin with https://');
    updater ??= loadUpdater(options);
    return feedOf(await updater, options);
  };
}

/** So often is a proxy told name and password in one check, with the download after it. */
const ANSWERS = 3;

async function loadUpdater({ proxy, log }: ElectronFeedOptions): Promise<AppUpdater> {
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
  // Unanswered, the question would be waited for for ever; answered wrongly, it is asked again.
  let left = ANSWERS;
  updater.on('checking-for-update', () => {
    left = ANSWERS;
  });
  updater.on('login', ({ isProxy, host, port }, answer) => {
    const settings = proxy();
    const known = isProxy && settings !== null && left > 0 ? feedProxy(settings).login(host, port) : null;
    left -= 1;
    if (known === null) Reflect.apply(answer, undefined, []);
    else answer(known.user, known.password);
  });
  return updater;
}

function feedOf(updater: AppUpdater, { proxy }: ElectronFeedOptions): UpdateFeed {
  const throughProxy = async (): Promise<void> => {
    const settings = proxy();
    if (settings === null) return;
    await updater.netSession.setProxy(feedProxy(settings).config);
    // What is open goes by the old way.
    await updater.netSession.closeAllConnections();
  };
  return {
    check: async () => {
      await throughProxy();
      return (await updater.checkForUpdates())?.updateInfo.version ?? null;
    },
    download: async () => {
      await throughProxy();
      await updater.downloadUpdate();
    },
    install: () => updater.quitAndInstall(false, true),
  };
}
