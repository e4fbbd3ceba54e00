import type { OwnSettings } from '../agent/own-settings.ts';

/** Where this copy gets new versions from. */
export type UpdateChannel =
  /** It looks for them itself. */
  | 'self'
  /** Installed for the machine, or by MSI: the fleet's own tool brings them. */
  | 'fleet'
  /** Installed by a person, from a release that says nowhere to look: nobody brings new versions by itself. */
  | 'no-feed'
  /** Not installed at all, or only unpacked. */
  | 'checkout';

/** What the menu shows about updates. */
export type UpdateState =
  | { readonly state: 'idle' | 'checking' | 'current' | 'failed' }
  | { readonly state: 'available' | 'downloading' | 'ready'; readonly version: string }
  | { readonly state: 'off'; readonly why: 'setting' | Exclude<UpdateChannel, 'self'> };

/** The feed of new versions, as electron-updater speaks to it. It proves signatures and checksums itself. */
export interface UpdateFeed {
  /** The version the feed offers; `null`: none. Rejects where it cannot be asked. */
  check(): Promise<string | null>;
  download(signal: AbortSignal): Promise<void>;
  /** Ends the app and starts the new version. Throws where that cannot be begun. */
  install(): void;
}

export interface Updates {
  state(): UpdateState;
  /** The settings in force, whenever they change. */
  follow(settings: Pick<OwnSettings, 'disableUpdate' | 'autoDownloadUpdates'>): void;
  check(): Promise<void>;
  download(): Promise<void>;
  install(): void;
  stop(): void;
}

export interface UpdatesOptions {
  readonly channel: UpdateChannel;
  readonly version: string;
  /** Loaded only when it is first needed. */
  readonly feed: () => Promise<UpdateFeed>;
  /** Calls back after so many milliseconds; the returned function takes it back. */
  readonly after: (ms: number, act: () => void) => () => void;
  readonly onChange: () => void;
  readonly log: (message: string, facts: Readonly<Record<string, unknown>>) => void;
}

const FIRST_CHECK_MS = 60_000;
const CHECK_EVERY_MS = 6 * 60 * 60_000;

/** Looks for new versions as the settings `disableUpdate` and `autoDownloadUpdates` allow. */
export function createUpdates(options: UpdatesOptions): Updates {
  const { channel, version, after, log } = options;
  let settings: Parameters<Updates['follow']>[0] | null = null;
  let state: UpdateState = channel === 'self' ? { state: 'idle' } : { state: 'off', why: channel };
  let cancel = (): void => {};
  let asking = false;
  let downloading = new AbortController();

  const set = (next: UpdateState): void => {
    state = next;
    options.onChange();
  };
  const allowed = (): boolean => channel === 'self' && settings !== null && !settings.disableUpdate;
  const failed =
    (message: string, quietly = false) =>
    (error: unknown) => {
      log(message, { reason: error instanceof Error ? error.message : String(error) });
      if (allowed() && !quietly) set({ state: 'failed' });
    };
  const download = async (): Promise<void> => {
    if (!allowed() || state.state !== 'available') return;
    const offered = state.version;
    set({ state: 'downloading', version: offered });
    downloading = new AbortController();
    const { signal } = downloading;
    await options
      .feed()
      .then((feed) => feed.download(signal))
      // What was switched off meanwhile is not put on anybody's machine.
      .then(() => (allowed() ? set({ state: 'ready', version: offered }) : undefined))
      .catch(failed('an update could not be downloaded'));
  };
  const check = async (): Promise<void> => {
    if (!allowed() || asking || state.state === 'downloading') return;
    // What waits to be installed goes on waiting, whatever a later check meets, until there is something newer.
    const ready = state.state === 'ready' ? state.version : null;
    asking = true;
    if (ready === null) set({ state: 'checking' });
    try {
      const offered = await (await options.feed()).check();
      if (!allowed()) return;
      if (ready !== null && (offered === null || !isNewer(offered, ready))) return;
      if (offered === null || !isNewer(offered, version)) {
        if (offered !== null && offered !== version)
          log('the update feed offered what is no newer version; it was left alone', {
            offered: offered.slice(0, 80),
          });
        return set({ state: 'current' });
      }
      set({ state: 'available', version: offered });
      if (settings?.autoDownloadUpdates === true) await download();
    } catch (error) {
      failed('the update feed could not be asked', ready !== null)(error);
    } finally {
      asking = false;
    }
  };
  const plan = (ms: number): void => {
    cancel();
    cancel = after(ms, () => {
      plan(CHECK_EVERY_MS);
      void check();
    });
  };

  return {
    state: () => state,
    follow: (next) => {
      const before = settings;
      settings = next;
      if (channel !== 'self') return;
      if (next.disableUpdate) {
        cancel();
        downloading.abort();
        if (state.state !== 'off') set({ state: 'off', why: 'setting' });
      } else if (before === null || before.disableUpdate) {
        set({ state: 'idle' });
        plan(FIRST_CHECK_MS);
      } else if (next.autoDownloadUpdates && !before.autoDownloadUpdates) void download();
    },
    check,
    download,
    install: () => {
      if (!allowed() || state.state !== 'ready') return;
      options
        .feed()
        .then((feed) => feed.install())
        .catch(failed('an update could not be installed'));
    },
    stop: () => {
      cancel();
      downloading.abort();
    },
  };
}

const VERSION = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})$/;

/** Whether `offered` is a released version after `own`: a feed must not take anybody back, or elsewhere. */
export function isNewer(offered: string, own: string): boolean {
  const [theirs, ours] = [VERSION.exec(offered), VERSION.exec(own.replace(/-.*$/, ''))];
  if (theirs === null || ours === null) return false;
  for (const part of [1, 2, 3]) {
    const difference = Number(theirs[part]) - Number(ours[part]);
    if (difference !== 0) return difference > 0;
  }
  return own.includes('-');
}
