import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type EnforcementWorld,
  enforcementWorld,
  inputsOf,
  layerInput,
} from '../../../test/enforcement-world.ts';
import type { LayerSource } from '../../shared/policy/model.ts';
import type { Enforcement, EnforcementInputs, LayerInput } from './model.ts';

let world: EnforcementWorld;
beforeEach(async () => {
  world = await enforcementWorld();
});
afterEach(() => world.end());

const GOOD = { analyticsEnabled: { locked: true, value: false }, swapMiB: { value: 2048 } };
const BROKEN = '{"analyticsEnabled":';
const only = (...layers: readonly LayerInput[]): EnforcementInputs => ({ layers, stale: false, wall: null });
const value = (enforcement: Enforcement, id: string) => enforcement.resolution().settings.get(id)?.value;

describe('a source that breaks', () => {
  test('keeps its last good content in force, also over a restart, and says so', async () => {
    let enforcement = await world.begin(inputsOf({ 'admin-settings': GOOD }));
    for (const restart of [false, true]) {
      if (restart) enforcement = await world.begin(inputsOf({ 'admin-settings': BROKEN }));
      else await enforcement.apply(inputsOf({ 'admin-settings': BROKEN }));
      expect(await world.readStore()).toMatchObject({ AnalyticsEnabled: false, SwapMiB: 2048 });
      expect(enforcement.usingLastGood()).toEqual(new Set(['admin-settings']));
      expect(enforcement.resolution()).toMatchObject({ frozen: false, problems: [{ code: 'malformed' }] });
      const answer = await enforcement.change({ set: { analyticsEnabled: true } });
      expect(answer.error?.code).toBe('setting_locked');
      expect(
        (await enforcement.change({ set: { theme: restart ? 'dark' : 'light' } })).error,
      ).toBeUndefined();
    }
    await enforcement.apply(inputsOf({}));
    expect(await world.readStore()).toMatchObject({ AnalyticsEnabled: true, SwapMiB: 1024 });
    expect(enforcement.usingLastGood().size).toBe(0);
  });

  test('after it was withdrawn does not come back with what it once said', async () => {
    const enforcement = await world.begin(inputsOf({ 'admin-settings': GOOD }));
    await enforcement.apply(inputsOf({}));
    await enforcement.apply(inputsOf({ 'admin-settings': BROKEN }));
    expect(value(enforcement, 'analyticsEnabled')).toBe(true);
    expect(enforcement.resolution().frozen).toBe(true);
    expect((await enforcement.change({ set: { theme: 'dark' } })).error?.code).toBe('policy_source_broken');
  });

  test('never stands in with the content of another user or organization', async () => {
    const mine = layerInput('user-policy', GOOD, { scope: 'acme/u1' });
    const enforcement = await world.begin(only(mine));
    await enforcement.apply(only(layerInput('user-policy', BROKEN, { scope: 'acme/u2' })));
    expect(enforcement.usingLastGood().size).toBe(0);
    expect(enforcement.resolution().frozen).toBe(true);
  });

  test('that was never good freezes settings where they are, and a restart holds them there', async () => {
    let enforcement = await world.begin(inputsOf({ 'admin-settings': GOOD }));
    await enforcement.change({ set: { theme: 'dark' } });
    const inputs = inputsOf({
      'configuration-profile': BROKEN,
      'admin-settings': {
        analyticsEnabled: { locked: true, value: true },
        theme: { locked: true, value: 'light' },
      },
    });
    for (const restart of [false, true]) {
      if (restart) enforcement = await world.begin(inputs);
      else await enforcement.apply(inputs);
      expect(await world.readStore()).toMatchObject({
        AnalyticsEnabled: false,
        ThemeSource: 'dark',
        SwapMiB: 2048,
      });
      expect(enforcement.resolution().settings.get('swapMiB')?.frozen).toBe('policy_source_broken');
      expect((await enforcement.change({ set: { swapMiB: 1 } })).error?.code).toBe('policy_source_broken');
    }
    await enforcement.apply(inputsOf({}));
    expect(await world.readStore()).toMatchObject({
      AnalyticsEnabled: true,
      ThemeSource: 'dark',
      SwapMiB: 1024,
    });
  });

  test('leaves settings that a healthy stronger source decides to that source', async () => {
    const with_ = (theme: string) =>
      inputsOf({
        'configuration-profile': { theme: { locked: true, value: theme } },
        'admin-settings': BROKEN,
      });
    const enforcement = await world.begin(with_('dark'));
    expect(value(enforcement, 'theme')).toBe('dark');
    await enforcement.apply(with_('light'));
    expect(value(enforcement, 'theme')).toBe('light');
    expect(enforcement.resolution().settings.get('theme')?.frozen).toBeUndefined();
    expect((await enforcement.change({ set: { cpus: 2 } })).error?.code).toBe('policy_source_broken');
  });

  test('at first contact holds what the store already says', async () => {
    await world.writeStore({ ThemeSource: 'dark', SwapMiB: 1024, Cpus: 3 });
    const enforcement = await world.begin(
      inputsOf({ 'user-policy': BROKEN, 'admin-settings': { swapMiB: { locked: true, value: 4096 } } }),
    );
    expect(await world.readStore()).toMatchObject({ ThemeSource: 'dark', SwapMiB: 1024, Cpus: 3 });
    expect(enforcement.resolution().frozen).toBe(true);
  });

  test('with the state lost as well holds what the store says', async () => {
    await (await world.begin(inputsOf({ 'admin-settings': GOOD }))).stop();
    await rm(world.paths.state);
    await world.begin(inputsOf({ 'admin-settings': BROKEN }));
    expect(await world.readStore()).toMatchObject({ AnalyticsEnabled: false, SwapMiB: 2048 });
    expect(await world.readChoices()).toEqual({});
  });
});

describe('a locked value that becomes invalid', () => {
  const locked = (theme: unknown) =>
    inputsOf({ 'admin-settings': { theme: { locked: true, value: theme } } });

  test('stays locked at its last good value, over any number of bad ones and a restart', async () => {
    let enforcement = await world.begin(locked('dark'));
    await enforcement.apply(locked('pink'));
    await enforcement.apply(locked(7));
    enforcement = await world.begin(locked(null));
    expect(enforcement.resolution().settings.get('theme')).toMatchObject({ value: 'dark', locked: true });
    await enforcement.apply(locked('light'));
    await enforcement.apply(locked('pink'));
    expect(value(enforcement, 'theme')).toBe('light');
  });

  test('without one that was ever good stays locked at the built-in default', async () => {
    const enforcement = await world.begin(locked('pink'));
    expect(enforcement.resolution().settings.get('theme')).toMatchObject({ value: 'system', locked: true });
  });
});

describe('a policy past its grace period', () => {
  test('freezes until it is fetched again', async () => {
    const hub = (theme: string) => layerInput('organization-policy', { theme: { value: theme } });
    const enforcement = await world.begin(only(hub('dark')));
    await enforcement.apply({ ...only(hub('light')), stale: true });
    expect(await world.readStore()).toMatchObject({ ThemeSource: 'dark' });
    expect((await enforcement.change({ set: { cpus: 2 } })).error?.code).toBe('policy_stale');
    await enforcement.apply(only(hub('light')));
    expect(await world.readStore()).toMatchObject({ ThemeSource: 'light' });
    expect((await enforcement.change({ set: { cpus: 2 } })).error).toBeUndefined();
  });
});

describe('who manages a setting', () => {
  const hub = (document: object, revision: number, source: LayerSource = 'user-policy') =>
    layerInput(source, document, {
      scope: 'acme/u1',
      origin: { label: 'Laptops (acme)', organization: 'acme', policy: 'Laptops', revision },
    });

  test('is named, and since when it is decided so, whatever else a new revision changes', async () => {
    let enforcement = await world.begin(only(hub({ theme: { locked: true, value: 'dark' } }, 1)));
    const first = enforcement.managedBy('theme');
    expect(first).toMatchObject({
      source: 'user-policy',
      label: 'Laptops (acme)',
      policy: 'Laptops',
      revision: 1,
    });
    expect(Date.parse(first?.since ?? '')).not.toBeNaN();
    const same = only(hub({ theme: { locked: true, value: 'dark' }, cpus: { value: 2 } }, 2));
    enforcement = await world.begin(same);
    expect(enforcement.managedBy('theme')).toEqual({ ...first, revision: 2 });
    expect(enforcement.managedBy('memoryMiB')).toBeNull();
    await enforcement.change({ set: { cpus: 3 } });
    // Of the user's own value the surfaces still say what was suggested, and by whom.
    expect(enforcement.managedBy('cpus')).toMatchObject({ source: 'user-policy', policy: 'Laptops' });
  });

  test('settings announce what changed, and only that', async () => {
    const enforcement = await world.begin(inputsOf({}));
    world.events.length = 0;
    await enforcement.apply(only(hub({ theme: { locked: true, value: 'dark' } }, 1)));
    await enforcement.apply(only(hub({ theme: { locked: true, value: 'dark' } }, 1)));
    expect(world.events.filter(({ type }) => type === 'settings')).toEqual([
      { type: 'settings', changed: ['theme'] },
    ]);
    const at = enforcement.appliedAt();
    expect(Date.parse(at ?? '')).not.toBeNaN();
    await enforcement.apply(only(hub({ theme: { locked: true, value: 'dark' } }, 1)));
    expect(enforcement.appliedAt()).toBe(at);
  });
});
