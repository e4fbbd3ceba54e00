import { mkdir, rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type EnforcementWorld, enforcementWorld, inputsOf } from '../../../test/enforcement-world.ts';
import { manualClock } from '../../../test/manual-clock.ts';
import { systemDisk } from '../files/disk.ts';

let world: EnforcementWorld;
beforeEach(async () => {
  world = await enforcementWorld();
});
afterEach(() => world.end());

const POLICY = inputsOf({
  'admin-settings': { analyticsEnabled: { locked: true, value: false }, swapMiB: { value: 2048 } },
});

describe('an agent that watches', () => {
  test('repairs a locked edit, a deletion and a folder in its place by itself', async () => {
    const enforcement = await world.begin(POLICY, true);
    const right = await world.storeText();
    await world.editStore({ AnalyticsEnabled: true });
    await vi.waitFor(async () => expect(await world.storeText()).toBe(right), { timeout: 20_000 });
    await rm(world.paths.store);
    await vi.waitFor(async () => expect(await world.storeText()).toBe(right), { timeout: 20_000 });
    await rm(world.paths.store);
    await mkdir(world.paths.store);
    await vi.waitFor(async () => expect(await world.storeText()).toBe(right), { timeout: 20_000 });
    await vi.waitFor(
      () =>
        expect(enforcement.drift().map(({ kind }) => kind)).toEqual(['value', 'deleted_file', 'replaced']),
      { timeout: 20_000 },
    );
  });

  test('500 quick edits end in the last one', async () => {
    const enforcement = await world.begin(POLICY, true);
    for (let i = 1; i <= 500; i += 1) await world.editStore({ MemoryMiB: 1024 + i }).catch(() => undefined);
    await world.editStore({ MemoryMiB: 9999 });
    await vi.waitFor(async () => expect(await world.readChoices()).toEqual({ memoryMiB: 9999 }), {
      timeout: 20_000,
    });
    await enforcement.check();
    expect((await world.readStore()).MemoryMiB).toBe(9999);
  });

  test('comes back when the whole folder was deleted', async () => {
    const enforcement = await world.begin(POLICY, true);
    await enforcement.change({ set: { theme: 'dark' } });
    const right = await world.storeText();
    await rm(world.folder, { recursive: true });
    await vi.waitFor(
      async () => {
        expect(await world.storeText()).toBe(right);
        // The agent may have been quicker than the removal: then this file was still to go when the store came back.
        expect(await world.readChoices()).toEqual({ theme: 'dark' });
      },
      { timeout: 20_000 },
    );
  });
});

describe('somebody who keeps changing it back', () => {
  test('is repaired at once twenty times, then every two seconds and reported, until it is over', async () => {
    const time = manualClock();
    let changed = () => {};
    const watch = (_: readonly string[], onChange: () => void) => {
      changed = onChange;
      return () => {};
    };
    await world.end();
    world = await enforcementWorld({ clock: time.clock, watch });
    const enforcement = await world.begin(POLICY, true);
    const edit = async () => {
      await world.editStore({ AnalyticsEnabled: true });
      changed();
    };
    const repaired = (times: number) =>
      vi.waitFor(() => expect(enforcement.storeState().repairs).toBe(times), {
        timeout: 20_000,
        interval: 5,
      });
    for (let i = 1; i <= 20; i += 1) {
      await edit();
      await repaired(i);
    }
    expect(enforcement.storeState().state).toBe('contended');
    for (let i = 21; i <= 23; i += 1) {
      await edit();
      time.advance(1_999);
      // Every pass that could have repaired it has had its turn.
      await enforcement.change({});
      expect((await world.readStore()).AnalyticsEnabled).toBe(true);
      time.advance(1);
      await repaired(i);
    }
    time.setWallBy(-86_400_000 * 365);
    time.advance(60_001);
    await vi.waitFor(() => expect(enforcement.storeState().state).toBe('ok'), { timeout: 20_000 });
    expect(world.events.at(-1)).toEqual({ type: 'status' });
    await enforcement.check();
    expect(time.waiting(), 'an idle agent has nothing due').toBe(0);
  });
});

describe('layout docker on mac', () => {
  test('nothing is written while the other program runs; edits and choices are kept and apply when it quits', async () => {
    let running = true;
    const time = manualClock();
    await world.end();
    world = await enforcementWorld({
      platform: 'mac',
      clock: time.clock,
      mayWriteStore: async () => !running,
    });
    await world.writeStore({ ThemeSource: 'dark', AnalyticsEnabled: true });
    const before = await world.storeText();
    let enforcement = await world.begin(POLICY);
    expect(enforcement.storeState()).toMatchObject({
      state: 'waiting',
      message: 'Applies when Docker Desktop quits.',
    });
    expect(await world.readChoices()).toEqual({ theme: 'dark' });
    // The user edits there, then changes their mind here: the later one counts.
    await world.editStore({ ThemeSource: undefined, Cpus: 4 });
    await enforcement.check();
    expect(await world.readChoices()).toEqual({ cpus: 4 });
    expect((await enforcement.change({ set: { theme: 'light' } })).error).toBeUndefined();
    await enforcement.check();
    enforcement = await world.begin(POLICY);
    expect(await world.readChoices()).toEqual({ cpus: 4, theme: 'light' });
    expect(await world.storeText()).not.toBe(before);
    expect(await world.readStore()).toEqual({ AnalyticsEnabled: true, Cpus: 4 });
    running = false;
    time.advance(5_000);
    await vi.waitFor(() => expect(enforcement.storeState().state).toBe('ok'), { timeout: 20_000 });
    expect(await world.readStore()).toMatchObject({ ThemeSource: 'light', AnalyticsEnabled: false, Cpus: 4 });
    await enforcement.check();
    expect(time.waiting()).toBe(0);
  });
});

describe('two writers at once', () => {
  test('an edit made while we write is judged, not written over', async () => {
    let during: (() => Promise<void>) | null = null;
    await world.end();
    const disk = systemDisk();
    const open: typeof disk.open = async (path, purpose) => {
      if (purpose === 'create' && path.includes('.settings-store.json.')) {
        const act = during;
        during = null;
        await act?.();
      }
      return disk.open(path, purpose);
    };
    world = await enforcementWorld({ disk: { ...disk, open } });
    const enforcement = await world.begin(POLICY);
    during = () => world.editStore({ Cpus: 7, AnalyticsEnabled: true });
    await enforcement.change({ set: { theme: 'dark' } });
    expect(await world.readChoices()).toEqual({ cpus: 7, theme: 'dark' });
    expect(await world.readStore()).toMatchObject({ Cpus: 7, ThemeSource: 'dark', AnalyticsEnabled: false });
    expect((await world.names()).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
