import type { EventEmitter } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ManagedProxy } from '../../agent/delivery/hub-http.ts';
import { electronFeed } from './electron-feed.ts';
import { FEED_FILE } from './update-channel.ts';

/*
 * How electron-updater is set and asked, by a stand-in that has its switches as it has them before anybody sets one.
 */
const updater = vi.hoisted(() => ({ made: null as FakeUpdater | null }));
interface FakeUpdater extends EventEmitter {
  readonly did: string[];
  readonly proxies: unknown[];
  readonly judges: unknown[];
  failing: boolean;
}

vi.mock('electron-updater', async () => {
  const { EventEmitter } = await import('node:events');
  class Updater extends EventEmitter {
    autoDownload = true;
    autoInstallOnAppQuit = true;
    allowDowngrade = true;
    allowPrerelease = true;
    disableWebInstaller = false;
    logger: unknown = console;
    readonly did: string[] = [];
    readonly proxies: unknown[] = [];
    readonly netSession = {
      setProxy: async (config: unknown) => void this.proxies.push(config),
      closeAllConnections: async () => undefined,
      webRequest: { onBeforeRequest: (judge: unknown) => void this.judges.push(judge) },
    };
    readonly judges: unknown[] = [];
    readonly currentVersion = { version: '1.2.3' };
    failing = false;
    async checkForUpdates(): Promise<unknown> {
      this.did.push('check');
      return { isUpdateAvailable: true, updateInfo: { version: '2.0.0' } };
    }
    async downloadUpdate(): Promise<void> {
      this.did.push('download');
    }
    quitAndInstall(silent: boolean, run: boolean): void {
      this.did.push(`install ${silent} ${run}`);
      if (this.failing) this.emit('error', new Error('EACCES'));
    }
  }
  updater.made = new Updater();
  return { default: { autoUpdater: updater.made } };
});

const PROXY: ManagedProxy = {
  ...{ mode: 'manual', http: '', https: 'http://ada:s3cret@proxy.example:3128', exclude: [], pac: '' },
  embeddedPac: '',
};

const others = { after: () => () => undefined, lock: null, log: () => undefined };

let resources: string;
beforeEach(async () => {
  resources = await mkdtemp(join(tmpdir(), 'mooring-feed-'));
  await writeFile(join(resources, FEED_FILE), 'provider: generic\nurl: https://updates.example\n');
});
afterEach(async () => {
  await rm(resources, { recursive: true, force: true });
});

test('the updater does nothing by itself, goes back to nothing older, and by the proxy of the settings', async () => {
  const feed = electronFeed({ proxy: () => PROXY, resources, ...others });
  const first = await feed();
  expect(updater.made).toMatchObject({
    ...{ autoDownload: false, autoInstallOnAppQuit: false, allowDowngrade: false, allowPrerelease: false },
    ...{ disableWebInstaller: true, logger: null },
  });
  expect(await first.check()).toBe('2.0.0');
  await (await feed()).download(new AbortController().signal);
  (await feed()).install();
  expect(updater.made?.did).toEqual(['check', 'download', 'install false true']);
  const config = expect.objectContaining({ proxyRules: 'https=http://proxy.example:3128,direct://' });
  expect(updater.made?.proxies).toEqual([config, config]);
  expect(updater.made?.listenerCount('error')).toBe(1);
});

test('a proxy that asks for a name is answered, and anybody else is given none', async () => {
  updater.made?.removeAllListeners();
  const asks = (authInfo: object) => {
    const answers: string[][] = [];
    updater.made?.emit('login', authInfo, (...answer: string[]) => answers.push(answer));
    return answers;
  };
  await electronFeed({ proxy: () => PROXY, resources, ...others })();
  const place = { host: 'proxy.example', port: 3128 };
  expect(asks({ isProxy: true, ...place })).toEqual([['ada', 's3cret']]);
  expect(asks({ isProxy: false, ...place })).toEqual([[]]);
  expect(asks({ isProxy: true, host: 'evil.example', port: 3128 })).toEqual([[]]);
  // It does not take them: asking for ever would help nobody.
  expect(asks({ isProxy: true, ...place })).toEqual([[]]);
  updater.made?.emit('checking-for-update');
  expect(asks({ isProxy: true, ...place })).toEqual([['ada', 's3cret']]);
});

test('the new version may start while this one still ends; where it was not started, this one goes on', async () => {
  const locked: string[] = [];
  const lock = {
    releaseSingleInstanceLock: () => void locked.push('released'),
    requestSingleInstanceLock: () => locked.push('requested') > 0,
  };
  const feed = await electronFeed({ proxy: () => null, resources, ...others, lock })();
  feed.install();
  expect(locked).toEqual(['released']);
  if (updater.made === null) throw new Error('there is no updater');
  updater.made.failing = true;
  // electron-updater tells of it and throws nothing.
  expect(() => feed.install()).toThrow('EACCES');
  updater.made.failing = false;
  expect(locked).toEqual(['released', 'released', 'requested']);
});

test('a feed leads nowhere but by HTTPS', async () => {
  await electronFeed({ proxy: () => null, resources, ...others })();
  const judge = updater.made?.judges.at(-1);
  if (typeof judge !== 'function') throw new Error('nobody judges');
  const cancelled = (url: string): boolean => {
    let answer = false;
    judge({ url }, ({ cancel }: { cancel: boolean }) => {
      answer = cancel;
    });
    return answer;
  };
  expect(cancelled('https://cdn.example/Mooring.AppImage')).toBe(false);
  for (const url of ['http://updates.example/latest.yml', 'file:///etc/passwd'])
    expect(cancelled(url)).toBe(true);
});

test('a feed without encryption is not asked', async () => {
  await writeFile(join(resources, FEED_FILE), 'provider: generic\nurl: http://updates.example\n');
  const feed = electronFeed({ proxy: () => null, resources, ...others });
  await expect(feed()).rejects.toThrow('https://');
});
