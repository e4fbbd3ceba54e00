import { chmod, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type EnforcementWorld, enforcementWorld, inputsOf } from '../../../test/enforcement-world.ts';
import type { EnforcementInputs } from './model.ts';

let world: EnforcementWorld;
beforeEach(async () => {
  world = await enforcementWorld();
});
afterEach(() => world.end());

const FREE = inputsOf({});
const LOCKED = inputsOf({ 'admin-settings': { analyticsEnabled: { locked: true, value: false } } });

describe('user-settings.json', () => {
  test('is sorted, ends with a newline, and belongs to the user alone', async () => {
    const enforcement = await world.begin(FREE);
    await enforcement.change({ set: { theme: 'dark', cpus: 4 } });
    expect(await readFile(world.paths.choices, 'utf8')).toBe('{\n  "cpus": 4,\n  "theme": "dark"\n}\n');
    for (const path of [world.paths.choices, world.paths.state]) {
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    }
  });

  test('is followed when it is edited by hand, and is not written again for that', async () => {
    const enforcement = await world.begin(FREE, true);
    const text = '{ "theme": "dark", "memoryMiB": 4096 } // mine';
    await world.writeChoices(text);
    await vi.waitFor(
      async () => expect(await world.readStore()).toMatchObject({ ThemeSource: 'dark', MemoryMiB: 4096 }),
      { timeout: 20_000 },
    );
    expect(await readFile(world.paths.choices, 'utf8')).toBe(text);
    await world.writeChoices('{}');
    await vi.waitFor(async () => expect((await world.readStore()).ThemeSource).toBe('system'), {
      timeout: 20_000,
    });
    expect(enforcement.choices().size).toBe(0);
  });

  test('what is not valid in it is ignored, reported and kept; the earlier choice stays, also over a restart', async () => {
    let enforcement = await world.begin(FREE);
    await enforcement.change({ set: { theme: 'dark' } });
    await world.writeChoices(
      '{"theme":"pink","cpus":4,"futureSetting":{"a":1},"wslEngineEnabled":true,"__proto__":1}',
    );
    for (const restart of [false, true]) {
      if (restart) enforcement = await world.begin(FREE);
      else await enforcement.check();
      expect(Object.fromEntries(enforcement.choices())).toEqual({
        cpus: 4,
        theme: 'dark',
        wslEngineEnabled: true,
      });
      expect(enforcement.resolution().problems.map(({ code, path, source }) => [code, path, source])).toEqual(
        [
          ['invalid_value', 'theme', 'choices'],
          ['unknown_key', 'futureSetting', 'choices'],
          ['unknown_key', '__proto__', 'choices'],
        ],
      );
      expect((await world.readStore()).ThemeSource).toBe('dark');
    }
    await enforcement.change({ set: { memoryMiB: 2048 } });
    const text = await readFile(world.paths.choices, 'utf8');
    expect(text).toContain('"theme": "pink"');
    expect(text).toContain('"futureSetting": {');
    expect(text).toContain('"__proto__": 1');
    await enforcement.change({ reset: ['theme'] });
    expect(await readFile(world.paths.choices, 'utf8')).not.toContain('pink');
    expect((await world.readStore()).ThemeSource).toBe('system');
    expect(({} as Record<string, unknown>).wslEngineEnabled).toBeUndefined();
  });

  test('an edit of a locked setting is undone, and the choice behind the lock stays as it was', async () => {
    const enforcement = await world.begin(FREE);
    await enforcement.change({ set: { analyticsEnabled: true } });
    await enforcement.apply(LOCKED);
    await world.writeChoices('{"analyticsEnabled":false,"theme":"dark"}');
    await enforcement.check();
    expect(await world.readChoices()).toEqual({ analyticsEnabled: true, theme: 'dark' });
    expect(enforcement.resolution().problems.at(-1)?.message).toContain('locked by admin-settings');
    await enforcement.apply(FREE);
    expect(await world.readStore()).toMatchObject({ AnalyticsEnabled: true, ThemeSource: 'dark' });
  });

  test.each<[string, EnforcementInputs, id: string, wanted: unknown]>([
    ['the sign-in wall', inputsOf({}, { wall: { organizations: ['acme'], method: null } }), 'theme', 'light'],
    ['a policy that is too old', inputsOf({}, { stale: true }), 'theme', 'light'],
    ['a lock', LOCKED, 'analyticsEnabled', false],
  ])(
    'an edit that %s forbids is undone, also one made while the agent was off',
    async (_, inputs, id, wanted) => {
      let enforcement = await world.begin(FREE);
      await enforcement.change({ set: { theme: 'dark', analyticsEnabled: true } });
      for (const off of [false, true]) {
        if (off) await enforcement.stop();
        else await enforcement.apply(inputs);
        await world.writeChoices(JSON.stringify({ theme: 'dark', analyticsEnabled: true, [id]: wanted }));
        if (off) enforcement = await world.begin(inputs);
        else await enforcement.check();
        expect(await world.readChoices()).toEqual({ analyticsEnabled: true, theme: 'dark' });
        expect(await world.readStore()).toMatchObject({ ThemeSource: 'dark' });
        expect(enforcement.resolution().problems.at(-1)?.message).toContain(`The edit of ${id} in`);
      }
      await enforcement.apply(FREE);
      expect(await world.readStore()).toMatchObject({ AnalyticsEnabled: true, ThemeSource: 'dark' });
    },
  );

  test('the proxy may be edited behind the wall, and everything where nothing forbids it, while the agent is off', async () => {
    const wall = inputsOf({}, { wall: { organizations: ['acme'], method: null } });
    await (await world.begin(wall)).stop();
    await world.writeChoices('{"proxyMode":"manual"}');
    const enforcement = await world.begin(wall);
    expect(Object.fromEntries(enforcement.choices())).toEqual({ proxyMode: 'manual' });
    await enforcement.stop();
    await world.writeChoices('{"proxyMode":"manual","theme":"dark"}');
    expect(Object.fromEntries((await world.begin(FREE)).choices())).toEqual({
      ...{ proxyMode: 'manual', theme: 'dark' },
    });
  });

  test.each([
    ['empty', () => world.writeChoices('')],
    ['half', () => world.writeChoices('{"theme": "da')],
    ['a list', () => world.writeChoices('["theme"]')],
    ['UTF-16', () => writeFile(world.paths.choices, Buffer.from('\ufeff{}', 'utf16le'))],
    ['larger than 1 MiB', () => world.writeChoices(`{"theme":"${'x'.repeat(1_100_000)}"}`)],
    ['too deep', () => world.writeChoices(`{"theme":${'['.repeat(400_000)}`)],
    ['gone', () => rm(world.paths.choices)],
    ['a folder', () => rm(world.paths.choices).then(() => mkdir(world.paths.choices))],
  ])(
    '%s, while the agent runs or not: the choices are put back, what was found is kept',
    async (what, ruin) => {
      let enforcement = await world.begin(FREE);
      await enforcement.change({ set: { theme: 'dark', cpus: 4 } });
      for (const restart of [false, true]) {
        await ruin();
        if (restart) enforcement = await world.begin(FREE);
        else await enforcement.check();
        expect(await world.readChoices()).toEqual({ cpus: 4, theme: 'dark' });
        expect(await world.readStore()).toMatchObject({ Cpus: 4, ThemeSource: 'dark' });
        expect(enforcement.resolution().problems.at(-1)).toMatchObject({
          source: 'choices',
          severity: 'warning',
        });
      }
      const kept = (await world.names()).filter((name) => /^user-settings\.\d.*\.bad(\.json)?$/.test(name));
      expect(kept).toHaveLength(what === 'gone' ? 0 : 2);
    },
  );

  test('a link in its place is followed, then replaced by a file', async () => {
    const mine = join(world.folder, 'dotfiles.json');
    await writeFile(mine, '{"theme":"dark"}');
    await symlink(mine, world.paths.choices);
    const enforcement = await world.begin(FREE);
    expect(Object.fromEntries(enforcement.choices())).toEqual({ theme: 'dark' });
    await enforcement.change({ set: { cpus: 2 } });
    expect(await world.readChoices()).toEqual({ cpus: 2, theme: 'dark' });
    expect(await readFile(mine, 'utf8')).toBe('{"theme":"dark"}');
  });
});

describe('policy-state.json', () => {
  test('is private again after somebody opened it to others', async () => {
    const enforcement = await world.begin(FREE);
    await chmod(world.paths.state, 0o644);
    await enforcement.change({ set: { theme: 'dark' } });
    expect((await stat(world.paths.state)).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['not JSON', '{"version":1,'],
    ['another version', '{"version":2}'],
    [
      'wrong in a corner',
      '{"version":1,"written":[[]],"writtenAt":null,"choices":null,"present":{},"managed":{},"lastGood":{}}',
    ],
    ['a folder', null],
  ])('%s: it begins anew and is kept, and no choice is lost', async (_, text) => {
    let enforcement = await world.begin(LOCKED);
    await enforcement.change({ set: { theme: 'dark' } });
    await enforcement.stop();
    await rm(world.paths.state);
    if (text === null) await mkdir(world.paths.state);
    else await writeFile(world.paths.state, text);
    enforcement = await world.begin(LOCKED);
    expect(await world.readChoices()).toEqual({ theme: 'dark' });
    expect(await world.readStore()).toMatchObject({ ThemeSource: 'dark', AnalyticsEnabled: false });
    expect(enforcement.resolution().problems).toMatchObject([{ source: 'store', severity: 'warning' }]);
    expect((await world.names()).some((name) => /^policy-state\.\d.*\.bad/.test(name))).toBe(true);
    await world.begin(inputsOf({}));
    expect(await world.readChoices()).toEqual({ theme: 'dark' });
  });
});
