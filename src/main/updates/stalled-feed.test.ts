import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppImageUpdater } from 'electron-updater/out/AppImageUpdater.js';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { electronFeed } from './electron-feed.ts';
import { FEED_FILE } from './update-channel.ts';
import type { UpdateFeed } from './updates.ts';

/*
 * electron-updater itself at a feed that says nothing, stops on its way, or offers what is not for this copy: it waits for
 * ever, and answers whoever asks again with that same waiting.
 */
const library = vi.hoisted(() => ({ updater: null as unknown }));
vi.mock('electron-updater', () => ({
  default: {
    get autoUpdater() {
      return library.updater;
    },
  },
}));

type After = Parameters<typeof electronFeed>[0]['after'];

const FEED = 'provider: generic\nurl: https://updates.example\nupdaterCacheDirName: cache\n';
const offering = (version: string, more = ''): string =>
  `version: ${version}\n${more}files:\n  - url: Mooring-${version}.AppImage\n    sha512: AAAA\n    size: 10\n`;
const silence = (): Promise<never> => new Promise(() => {});

let folder: string;
let feed: UpdateFeed;
/** What the network answers to each request, in turn. */
let answers: (string | Promise<never>)[];
let downloads: { readonly report: (bytes: number) => void }[];
let timers: Set<() => void>;
let log: [string, unknown][];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-stalled-'));
  await writeFile(join(folder, FEED_FILE), FEED);
  vi.stubEnv('APPIMAGE', join(folder, 'Mooring.AppImage'));
  answers = [];
  downloads = [];
  timers = new Set();
  log = [];
  const updater = new AppImageUpdater(null, {
    ...{ version: '1.2.3', name: 'Mooring', isPackaged: true, appUpdateConfigPath: join(folder, FEED_FILE) },
    ...{ userDataPath: folder, baseCachePath: folder },
    whenReady: async () => undefined,
    ...{ relaunch: () => undefined, quit: () => undefined, onQuit: () => undefined },
  });
  updater.disableDifferentialDownload = true;
  const session = {
    webRequest: { onBeforeRequest: () => undefined },
    ...{ setProxy: async () => undefined, closeAllConnections: async () => undefined },
  };
  Object.defineProperty(updater, 'netSession', { value: session });
  Reflect.set(updater, 'httpExecutor', {
    request: async () => answers.shift() ?? expect.unreachable('one request too many'),
    download: (_: URL, __: string, { onProgress }: { onProgress: (info: object) => void }) => {
      downloads.push({ report: (transferred) => onProgress({ transferred }) });
      return silence();
    },
  });
  library.updater = updater;
  const after: After = (_, act) => {
    timers.add(act);
    return () => void timers.delete(act);
  };
  const told = (message: string, facts: unknown): void => void log.push([message, facts]);
  feed = await electronFeed({ proxy: () => null, resources: folder, after, lock: null, log: told })();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** As if the time had passed that is waited for. */
const pass = (): void => {
  for (const act of [...timers]) act();
};
const never = new AbortController().signal;

test('a feed that never answers is given up, and asked anew the next time', async () => {
  answers = [silence(), offering('1.3.0')];
  const checking = feed.check();
  await expect.poll(() => answers.length).toBe(1);
  pass();
  await expect(checking).rejects.toThrow('did not answer in time');
  expect(await feed.check()).toBe('1.3.0');
  expect(timers.size).toBe(0);
});

test('a download may take long, but not stand still; the next one begins anew', async () => {
  answers = [offering('1.3.0'), offering('1.3.0')];
  await feed.check();
  const downloading = feed.download(never);
  await expect.poll(() => downloads.length).toBe(1);
  const [before] = timers;
  downloads[0]?.report(1);
  expect([timers.size, before !== undefined && timers.has(before)]).toEqual([1, false]);
  pass();
  await expect(downloading).rejects.toThrow('stopped on its way');
  // What comes after all is no sign of life of the next one.
  downloads[0]?.report(2);
  expect(timers.size).toBe(0);
  await feed.check();
  const again = feed.download(never);
  await expect.poll(() => downloads.length).toBe(2);
  pass();
  await expect(again).rejects.toThrow('stopped on its way');
});

test('a download that is not wanted any more ends at once', async () => {
  answers = [offering('1.3.0')];
  await feed.check();
  const wanted = new AbortController();
  const downloading = feed.download(wanted.signal);
  await expect.poll(() => downloads.length).toBe(1);
  wanted.abort();
  await expect(downloading).rejects.toThrow('not wanted');
});

test.each([
  ['older', offering('1.2.2')],
  ['for a newer system', offering('1.3.0', 'minimumSystemVersion: 999.0.0\n')],
  ['for nobody yet', offering('1.3.0', 'stagingPercentage: 0\n')],
])('what is %s is not offered, because it could not be downloaded', async (_, answer) => {
  answers = [answer];
  expect(await feed.check()).toBe(null);
  expect(log).toEqual([['the update feed offers nothing for this copy', { offered: expect.any(String) }]]);
});

test('what is in use is no news', async () => {
  answers = [offering('1.2.3')];
  expect(await feed.check()).toBe(null);
  expect(log).toEqual([]);
});

test('a copy that the library cannot update is not called up to date', async () => {
  vi.stubEnv('APPIMAGE', undefined);
  await expect(feed.check()).rejects.toThrow('cannot update this copy');
});
