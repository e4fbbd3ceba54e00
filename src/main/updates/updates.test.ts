import { describe, expect, test } from 'vitest';
import { createUpdates, isNewer, type UpdateChannel, type UpdateFeed } from './updates.ts';

const ALLOWED = { disableUpdate: false, autoDownloadUpdates: false };

type Offered = string | null | Error;

/** Of several offers each check meets the next one, and the last one stays. */
function world(offers: Offered | Offered[], channel: UpdateChannel = 'self', install?: () => void) {
  const waiting = Array.isArray(offers) ? [...offers] : [offers];
  const did: string[] = [];
  const timers: { ms: number; act: () => void }[] = [];
  const log: string[] = [];
  const signals: AbortSignal[] = [];
  const feed: UpdateFeed = {
    check: async () => {
      did.push('check');
      const offered = (waiting.length > 1 ? waiting.shift() : waiting[0]) ?? null;
      if (offered instanceof Error) throw offered;
      return offered;
    },
    download: async (signal) => {
      did.push('download');
      signals.push(signal);
    },
    install: install ?? (() => void did.push('install')),
  };
  const updates = createUpdates({
    ...{ channel, version: '1.2.3', onChange: () => undefined, log: (message) => log.push(message) },
    feed: async () => feed,
    after: (ms, act) => {
      const timer = { ms, act };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
  });
  return { updates, did, timers, log, signals };
}

describe('updates', () => {
  test('nothing is asked before the settings are known, or where they forbid it', async () => {
    const { updates, did, timers } = world('2.0.0');
    await updates.check();
    updates.follow({ ...ALLOWED, disableUpdate: true });
    await updates.check();
    await updates.download();
    updates.install();
    expect([did, timers.length]).toEqual([[], 0]);
    expect(updates.state()).toEqual({ state: 'off', why: 'setting' });
  });

  test.each(['fleet', 'no-feed', 'checkout'] as const)(
    'a copy of the kind "%s" never asks',
    async (channel) => {
      const { updates, did, timers } = world('2.0.0', channel);
      updates.follow(ALLOWED);
      await updates.check();
      expect([did, timers.length, updates.state()]).toEqual([[], 0, { state: 'off', why: channel }]);
    },
  );

  test('a new version waits for the person, step by step', async () => {
    const { updates, did } = world('1.3.0');
    updates.follow(ALLOWED);
    await updates.check();
    expect(updates.state()).toEqual({ state: 'available', version: '1.3.0' });
    updates.install();
    await Promise.resolve();
    expect(did).toEqual(['check']);
    await updates.download();
    expect(updates.state()).toEqual({ state: 'ready', version: '1.3.0' });
    updates.install();
    await Promise.resolve();
    expect(did).toEqual(['check', 'download', 'install']);
  });

  test.each([
    ['the feed cannot be asked', new Error('ENOTFOUND')],
    ['it offers the same again', '1.3.0'],
    ['it offers none any more', null],
    ['it offers an older one', '1.2.9'],
  ])('what waits to be installed goes on waiting where %s', async (_, later) => {
    const { updates, did, timers } = world(['1.3.0', later]);
    updates.follow({ ...ALLOWED, autoDownloadUpdates: true });
    await updates.check();
    timers.at(-1)?.act();
    // The check that is under way is not shown: the menu still offers what is there.
    expect(updates.state()).toEqual({ state: 'ready', version: '1.3.0' });
    await expect.poll(() => did).toEqual(['check', 'download', 'check']);
    await Promise.resolve();
    expect([updates.state(), did.length]).toEqual([{ state: 'ready', version: '1.3.0' }, 3]);
    updates.install();
    await expect.poll(() => did.at(-1)).toBe('install');
  });

  test('what waits to be installed gives way to what is newer', async () => {
    const { updates, did } = world(['1.3.0', '1.10.0']);
    updates.follow(ALLOWED);
    await updates.check();
    await updates.download();
    await updates.check();
    expect(updates.state()).toEqual({ state: 'available', version: '1.10.0' });
    expect(did).toEqual(['check', 'download', 'check']);
  });

  test('an installer that cannot be started is said, and ends nothing', async () => {
    const { updates, did, log } = world('1.3.0', 'self', () => {
      throw new Error('EACCES');
    });
    updates.follow(ALLOWED);
    await updates.check();
    await updates.download();
    updates.install();
    await expect.poll(() => updates.state()).toEqual({ state: 'failed' });
    expect([did, log]).toEqual([['check', 'download'], ['an update could not be installed']]);
  });

  test('is fetched by itself where that is set, also when it is set later', async () => {
    const first = world('1.3.0');
    first.updates.follow({ ...ALLOWED, autoDownloadUpdates: true });
    await first.updates.check();
    expect(first.did).toEqual(['check', 'download']);
    const second = world('1.3.0');
    second.updates.follow(ALLOWED);
    await second.updates.check();
    second.updates.follow({ ...ALLOWED, autoDownloadUpdates: true });
    await expect.poll(() => second.updates.state()).toEqual({ state: 'ready', version: '1.3.0' });
  });

  test.each([
    '1.2.3',
    '1.2.2',
    '0.9.0',
    'latest',
    '2',
    '2.0.0-beta.1',
    '999999999999.0.0',
    '',
    '2.0.0; rm -rf /',
  ])('a feed that offers "%s" changes nothing', async (offered) => {
    const { updates, did } = world(offered);
    updates.follow({ ...ALLOWED, autoDownloadUpdates: true });
    await updates.check();
    expect([did, updates.state()]).toEqual([['check'], { state: 'current' }]);
  });

  test('a feed that cannot be asked is tried again later', async () => {
    const { updates, timers, log } = world(new Error('ENOTFOUND'));
    updates.follow(ALLOWED);
    const [timer] = timers;
    timer?.act();
    await expect.poll(() => updates.state()).toEqual({ state: 'failed' });
    expect(log).toEqual(['the update feed could not be asked']);
    expect(timers.at(-1)?.ms).toBe(6 * 60 * 60_000);
  });

  test('switched off in the middle of a check, nothing follows from it', async () => {
    const { updates, did } = world('1.3.0');
    updates.follow({ ...ALLOWED, autoDownloadUpdates: true });
    const checking = updates.check();
    updates.follow({ ...ALLOWED, disableUpdate: true });
    await checking;
    expect(did).not.toContain('download');
    expect(updates.state()).toEqual({ state: 'off', why: 'setting' });
  });

  test('switched off it looks no more, and again once it is switched on', () => {
    const { updates, timers } = world('1.3.0');
    updates.follow(ALLOWED);
    updates.follow({ ...ALLOWED, disableUpdate: true });
    expect([updates.state(), timers.length]).toEqual([{ state: 'off', why: 'setting' }, 0]);
    updates.follow(ALLOWED);
    expect([updates.state(), timers.map(({ ms }) => ms)]).toEqual([{ state: 'idle' }, [60_000]]);
  });

  test('switched off in the middle of a download, nothing is there to be installed', async () => {
    const { updates, did, signals } = world('1.3.0');
    updates.follow(ALLOWED);
    await updates.check();
    const downloading = updates.download();
    await expect.poll(() => signals.length).toBe(1);
    updates.follow({ ...ALLOWED, disableUpdate: true });
    expect(signals[0]?.aborted).toBe(true);
    await downloading;
    updates.install();
    await Promise.resolve();
    expect([updates.state(), did]).toEqual([{ state: 'off', why: 'setting' }, ['check', 'download']]);
  });

  test('versions are compared as numbers', () => {
    expect(isNewer('1.10.0', '1.9.9')).toBe(true);
    expect(isNewer('1.2.3', '1.2.3-beta.1')).toBe(true);
    expect(isNewer('1.2.3', '1.2.3')).toBe(false);
  });
});
