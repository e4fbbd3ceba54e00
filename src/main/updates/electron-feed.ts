import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from 'electron';
import type { AppUpdater } from 'electron-updater';
import type { ManagedProxy } from '../../agent/delivery/hub-http.ts';
import { feedProxy } from './feed-proxy.ts';
import { type Patience, withPatience } from './patience.ts';
import { FEED_FILE, isEncrypted } from './update-channel.ts';
import type { UpdateFeed } from './updates.ts';

export interface ElectronFeedOptions {
  /** The proxy settings in force; `null`: not known. */
  readonly proxy: () => ManagedProxy | null;
  /** Folder of the app's resources, with the file that names the feed. */
  readonly resources: string;
  readonly after: Patience['after'];
  /** The lock of the single instance, where the new version is started while this one still runs: that of an AppImage. */
  readonly lock: Pick<App, 'releaseSingleInstanceLock' | 'requestSingleInstanceLock'> | null;
  readonly log: (message: string, facts: Readonly<Record<string, unknown>>) => void;
}

/** The feed of electron-updater: it checks checksums, and signatures where the platform has them. Loaded once. */
export function electronFeed(options: ElectronFeedOptions): () => Promise<UpdateFeed> {
  let feed: Promise<UpdateFeed> | null = null;
  return async () => {
    // On Linux nothing but the way to the feed vouches for what it offers.
    if (!isEncrypted(await readFile(join(options.resources, FEED_FILE), 'utf8')))
      throw new Error('the address of the update feed does not begin with https://');
    feed ??= loadUpdater(options).then((updater) => feedOf(updater, options));
    return feed;
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
  // A feed may lead elsewhere, but not to where anybody on the way could answer.
  updater.netSession.webRequest.onBeforeRequest(({ url }, answer) =>
    answer({ cancel: !url.startsWith('https://') }),
  );
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

/** So long may an answer be waited for, or the next piece of a download: electron-updater waits for ever. */
const PATIENCE_MS = 2 * 60_000;

function feedOf(updater: AppUpdater, { proxy, after, lock, log }: ElectronFeedOptions): UpdateFeed {
  // What the last check found, to be downloaded and to be given up.
  let found: Awaited<ReturnType<AppUpdater['checkForUpdates']>> = null;
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
      const patience = { ms: PATIENCE_MS, after, late: 'the update feed did not answer in time' };
      found = await withPatience(patience, () => updater.checkForUpdates()).catch(giveUp(updater));
      if (found === null) throw new Error('electron-updater cannot update this copy');
      const { version } = found.updateInfo;
      if (found.isUpdateAvailable) return version;
      // Older, or meant for other machines: a roll-out in steps, a system that is too old for it.
      if (version !== updater.currentVersion.version)
        log('the update feed offers nothing for this copy', { offered: version.slice(0, 80) });
      return null;
    },
    download: async (signal) => {
      await throughProxy();
      const token = found?.cancellationToken;
      const patience = {
        ms: PATIENCE_MS,
        after,
        late: 'the download of an update stopped on its way',
        signal,
      };
      await withPatience(patience, async (alive) => {
        updater.on('download-progress', alive);
        await updater.downloadUpdate(token).finally(() => updater.off('download-progress', alive));
      }).catch((error: unknown) => {
        token?.cancel();
        return giveUp(updater)(error);
      });
    },
    install: () => {
      const failures: Error[] = [];
      const hear = (error: Error): void => void failures.push(error);
      // It throws nothing: what keeps the installer from starting is only told by this event.
      updater.on('error', hear);
      lock?.releaseSingleInstanceLock();
      updater.quitAndInstall(false, true);
      updater.off('error', hear);
      const [failure] = failures;
      if (failure === undefined) return;
      lock?.requestSingleInstanceLock();
      throw failure;
    },
  };
}

/** Where it goes on waiting itself, electron-updater would answer whoever asks again with that same waiting. */
function giveUp(updater: AppUpdater): (error: unknown) => never {
  return (error) => {
    for (const waiting of WAITING) Reflect.set(updater, waiting, null);
    updater.netSession.closeAllConnections().catch(() => undefined);
    throw error;
  };
}

/** Private there; electron-feed.test.ts holds that they are what the library waits with. */
const WAITING = ['checkForUpdatesPromise', 'downloadPromise'] as const;
