import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type DiskFault,
  type EnforcementWorld,
  enforcementWorld,
  faultyDisk,
  inputsOf,
} from '../../../test/enforcement-world.ts';
import { manualClock } from '../../../test/manual-clock.ts';
import { systemDisk } from '../files/disk.ts';
import { driftLog } from './drift-log.ts';

let world: EnforcementWorld;
let fault: DiskFault = () => null;
let time = manualClock();
const disk = faultyDisk(() => fault);

beforeEach(async () => {
  fault = () => null;
  time = manualClock();
  world = await enforcementWorld({ disk, clock: time.clock });
});
afterEach(async () => {
  fault = () => null;
  await world.end();
});

/** Time goes on until the work is done. */
async function passing(work: Promise<unknown>): Promise<void> {
  let done = false;
  const end = work.finally(() => {
    done = true;
  });
  await vi.waitUntil(
    () => {
      if (!done) time.advance(120);
      return done;
    },
    { timeout: 20_000 },
  );
  await end;
}

/** Writing a file fails; `name` of the file, or of every one. */
const noWriting =
  (code: string, name = ''): DiskFault =>
  (call, path) =>
    (call === 'write' || call === 'append') && basename(path).includes(name) ? code : null;
const LOCKED = inputsOf({ 'admin-settings': { analyticsEnabled: { locked: true, value: false } } });

describe('a disk that is full or read-only', () => {
  test.each([
    ['ENOSPC', 'full'],
    ['EROFS', 'read-only'],
    ['EACCES', 'permission'],
  ])(
    '%s: a change is refused as storage_failed, with cause and remedy, and nothing is changed',
    async (code, words) => {
      const enforcement = await world.begin(LOCKED);
      await enforcement.change({ set: { theme: 'dark' } });
      fault = noWriting(code);
      const answer = await enforcement.change({ set: { theme: 'light', cpus: 2 } });
      expect(answer.results).toEqual([
        { id: 'theme', outcome: 'not_applied' },
        { id: 'cpus', outcome: 'not_applied' },
      ]);
      expect(answer.error).toMatchObject({ code: 'storage_failed', details: { code } });
      expect(`${answer.error?.message} ${answer.error?.help}`).toContain(words);
      expect(enforcement.storeState()).toMatchObject({
        state: 'failed',
        message: expect.stringContaining(words),
      });
      expect(enforcement.resolution().settings.get('theme')?.value).toBe('dark');
      fault = () => null;
      expect(await world.readChoices()).toEqual({ theme: 'dark' });
      expect((await enforcement.change({ set: { theme: 'light' } })).error).toBeUndefined();
      expect(enforcement.storeState().state).toBe('ok');
      expect((await world.names()).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    },
  );

  test('a change that needs no writing is answered all the same', async () => {
    const enforcement = await world.begin(LOCKED);
    fault = noWriting('ENOSPC');
    expect((await enforcement.change({ set: { analyticsEnabled: false } })).error).toBeUndefined();
  });

  test('a new policy that cannot be written is written when it can, without being asked', async () => {
    const enforcement = await world.begin(inputsOf({}));
    fault = noWriting('ENOSPC');
    await enforcement.apply(LOCKED);
    expect(enforcement.storeState().state).toBe('failed');
    expect(enforcement.appliedAt()).toBeNull();
    expect((await enforcement.change({ set: { analyticsEnabled: true } })).error?.code).toBe(
      'setting_locked',
    );
    fault = () => null;
    time.advance(4_000);
    await vi.waitFor(async () => expect(await world.readStore()).toMatchObject({ AnalyticsEnabled: false }), {
      timeout: 20_000,
    });
    await vi.waitFor(() => expect(enforcement.storeState().state).toBe('ok'), { timeout: 20_000 });
    expect(enforcement.appliedAt()).not.toBeNull();
    expect(time.waiting()).toBe(0);
  });

  test('it is tried again ever more seldom, and at least every minute', async () => {
    const enforcement = await world.begin(inputsOf({}));
    fault = noWriting('ENOSPC');
    await enforcement.apply(LOCKED);
    for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60]) {
      expect(time.waiting()).toBe(1);
      time.advance(seconds * 1_000 - 1);
      expect(time.waiting(), `before ${seconds} s`).toBe(1);
      time.advance(1);
      expect(time.waiting(), `after ${seconds} s`).toBe(0);
      await vi.waitFor(() => expect(time.waiting()).toBe(1), { timeout: 20_000 });
    }
  });

  test('only the store cannot be written: the choice is kept, and it is told that it is not in effect yet', async () => {
    let enforcement = await world.begin(inputsOf({}));
    fault = noWriting('EACCES', 'settings-store');
    const answer = await enforcement.change({ set: { theme: 'dark' } });
    expect(answer.results).toEqual([{ id: 'theme', outcome: 'changed', value: 'dark' }]);
    expect(answer.error).toMatchObject({
      code: 'storage_failed',
      message: expect.stringMatching(/^Your choice is saved.*settings-store\.json could not be written/),
      details: { path: world.paths.store, code: 'EACCES', saved: true },
    });
    // Asked for again it is no change any more, and no success either.
    const again = await enforcement.change({ set: { theme: 'dark' } });
    expect(again.results).toEqual([{ id: 'theme', outcome: 'unchanged', value: 'dark' }]);
    expect(again.error).toMatchObject({ code: 'storage_failed', details: { saved: false } });
    expect(enforcement.resolution().settings.get('theme')?.value).toBe('dark');
    expect(enforcement.storeState().state).toBe('failed');
    fault = () => null;
    enforcement = await world.begin(inputsOf({}));
    expect(await world.readStore()).toMatchObject({ ThemeSource: 'dark' });
    expect(enforcement.drift()).toEqual([]);
  });

  test('a repair that could not be made is not in the log, also when somebody else made it before the next start', async () => {
    let enforcement = await world.begin(LOCKED);
    const right = await world.storeText();
    fault = noWriting('EACCES', 'settings-store');
    await world.editStore({ AnalyticsEnabled: true });
    await enforcement.check();
    expect(await world.readStore()).toMatchObject({ AnalyticsEnabled: true });
    await enforcement.stop();
    await writeFile(world.paths.store, right);
    fault = () => null;
    enforcement = await world.begin(LOCKED);
    expect(enforcement.drift()).toEqual([]);
  });

  test('an edit of the store that cannot be saved as a choice stays where it is until it can', async () => {
    let enforcement = await world.begin(LOCKED);
    fault = noWriting('ENOSPC', 'user-settings');
    await world.editStore({ ThemeSource: 'dark', AnalyticsEnabled: true });
    await enforcement.check();
    expect(await world.readStore()).toMatchObject({ ThemeSource: 'dark', AnalyticsEnabled: false });
    expect(enforcement.choices().size).toBe(0);
    await enforcement.check();
    expect(await world.readStore()).toMatchObject({ ThemeSource: 'dark', AnalyticsEnabled: false });
    fault = () => null;
    enforcement = await world.begin(LOCKED);
    expect(await world.readChoices()).toEqual({ theme: 'dark' });
    expect(enforcement.drift()).toHaveLength(1);
  });

  test('at first contact nothing is written over before the choices found there are safe', async () => {
    await world.writeStore({ ThemeSource: 'dark', AnalyticsEnabled: true });
    const before = await world.storeText();
    fault = noWriting('ENOSPC', 'user-settings');
    let enforcement = await world.begin(LOCKED);
    expect(await world.storeText()).toBe(before);
    expect(enforcement.storeState().state).toBe('failed');
    fault = () => null;
    enforcement = await world.begin(LOCKED);
    expect(await world.readChoices()).toEqual({ theme: 'dark' });
    expect(await world.readStore()).toMatchObject({ ThemeSource: 'dark', AnalyticsEnabled: false });
    expect(enforcement.drift()).toEqual([]);
  });

  test('policy is enforced although its state cannot be written', async () => {
    const enforcement = await world.begin(inputsOf({}));
    fault = noWriting('EACCES', 'policy-state');
    await enforcement.apply(LOCKED);
    expect(await world.readStore()).toMatchObject({ AnalyticsEnabled: false });
    await world.editStore({ AnalyticsEnabled: true });
    await enforcement.check();
    expect(await world.readStore()).toMatchObject({ AnalyticsEnabled: false });
    expect(enforcement.storeState().state).toBe('failed');
  });
});

describe('files that cannot be read', () => {
  test('a passing error of the store changes nothing', async () => {
    const enforcement = await world.begin(LOCKED);
    const before = await world.storeText();
    // Settled reading waits on the clock: it is moved along.
    const moving = setInterval(() => time.advance(200), 1);
    fault = (call, path) => (call === 'open' && path === world.paths.store ? 'EIO' : null);
    await enforcement.check();
    expect(enforcement.storeState().state).toBe('failed');
    clearInterval(moving);
    fault = () => null;
    await enforcement.check();
    expect(await world.storeText()).toBe(before);
    expect(enforcement.storeState().state).toBe('ok');
    expect(enforcement.drift()).toEqual([]);
  });

  test('a store whose rights were taken away is kept aside and rebuilt', async () => {
    const enforcement = await world.begin(LOCKED);
    const before = await world.storeText();
    const moving = setInterval(() => time.advance(200), 1);
    let times = 0;
    fault = (call, path) => (call === 'open' && path === world.paths.store && times++ < 5 ? 'EACCES' : null);
    await enforcement.check();
    clearInterval(moving);
    expect(await world.storeText()).toBe(before);
    expect(enforcement.drift()).toMatchObject([{ kind: 'permissions', setting: null }]);
  });

  test('a file in the place of the folder is said to be one, holds nothing up, and is mended once it is away', async () => {
    const enforcement = await world.begin(LOCKED);
    await enforcement.change({ set: { theme: 'dark' } });
    const away = `${world.folder}.away`;
    await rename(world.folder, away);
    await writeFile(world.folder, '');
    try {
      // What has just gone may be about to come back: it is waited for that, by the clock.
      await passing(enforcement.check());
      expect(enforcement.storeState()).toMatchObject({
        state: 'failed',
        message: expect.stringContaining('a file stands where a folder of its path should be'),
      });
      expect(enforcement.resolution().settings.get('theme')?.value).toBe('dark');
      const stopping = enforcement.check();
      await passing(enforcement.stop());
      await stopping;
    } finally {
      await rm(world.folder, { force: true });
      await rename(away, world.folder);
    }
    const again = await world.begin(LOCKED);
    expect(again.storeState().state).toBe('ok');
    expect(await world.readStore()).toMatchObject({ ThemeSource: 'dark', AnalyticsEnabled: false });
    expect(await world.readChoices()).toEqual({ theme: 'dark' });
  });

  test('choices that cannot be read are neither lost nor written over', async () => {
    let enforcement = await world.begin(LOCKED);
    await enforcement.change({ set: { theme: 'dark' } });
    const moving = setInterval(() => time.advance(200), 1);
    fault = (call, path) => (call === 'open' && path === world.paths.choices ? 'EIO' : null);
    const answer = await enforcement.change({ set: { theme: 'light' } });
    expect(answer.error?.code).toBe('storage_failed');
    enforcement = await world.begin(LOCKED);
    expect(enforcement.resolution().settings.get('theme')?.value).toBe('dark');
    clearInterval(moving);
    fault = () => null;
    await enforcement.check();
    expect(await world.readChoices()).toEqual({ theme: 'dark' });
  });
});

describe('the drift log', () => {
  test('is bounded: the full one becomes the predecessor, and the one before it goes', async () => {
    const on = { disk: systemDisk(), clock: time.clock, windows: false };
    const log = driftLog(on, world.paths.drift);
    const entry = {
      at: '2026-01-01T00:00:00.000Z',
      kind: 'value',
      setting: 'theme',
      wrong: 'x'.repeat(900),
    } as const;
    for (let i = 0; i < 900; i += 1) await log.append([{ ...entry, right: i }]);
    const sizes = await Promise.all(
      [world.paths.drift, world.paths.drift.replace('.jsonl', '.1.jsonl')].map(
        async (path) => (await stat(path)).size,
      ),
    );
    expect(Math.max(...sizes)).toBeLessThanOrEqual(256 * 1024);
    expect(log.latest()).toHaveLength(200);
    const again = driftLog(on, world.paths.drift);
    await again.load();
    expect(again.latest()).toEqual(log.latest());
    const lines = (await readFile(world.paths.drift, 'utf8')).trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '').right).toBe(899);
  });
});
