import { mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EnforcementWorld, enforcementWorld, inputsOf } from '../../../test/enforcement-world.ts';
import type { Enforcement } from './model.ts';

let world: EnforcementWorld;
beforeEach(async () => {
  world = await enforcementWorld();
});
afterEach(() => world.end());

const LOCKED = {
  analyticsEnabled: { locked: true, value: false },
  swapMiB: { locked: false, value: 2048 },
  openDashboardOnStartup: { locked: true, value: true },
  proxy: { locked: true, mode: 'manual', exclude: ['a.example', 'b.example'] },
};
const POLICY = inputsOf({ 'admin-settings': LOCKED });
const kinds = (enforcement: Enforcement) => enforcement.drift().map(({ kind, setting }) => [kind, setting]);

describe('what is written', () => {
  test('sorted keys, two spaces, a final newline, no mark, values as other readers expect them', async () => {
    await world.begin(POLICY);
    const text = await world.storeText();
    const store = await world.readStore();
    expect(text).toBe(`${JSON.stringify(store, null, 2)}\n`);
    expect(Object.keys(store)).toEqual(Object.keys(store).toSorted());
    expect(store).toMatchObject({
      AnalyticsEnabled: false,
      SwapMiB: 2048,
      OpenUIOnStartupDisabled: false,
      OverrideProxyExclude: 'a.example,b.example',
    });
    expect(store).not.toHaveProperty('MemoryMiB');
    expect(store).not.toHaveProperty('WslEngineEnabled');
  });

  test('nothing is written while nothing changes', async () => {
    const enforcement = await world.begin(POLICY);
    const before = await Promise.all(
      Object.values(world.paths)
        .slice(0, 3)
        .map((path) => stat(path)),
    );
    await enforcement.check();
    await enforcement.apply({ ...POLICY });
    await world.begin(POLICY);
    const after = await Promise.all(
      Object.values(world.paths)
        .slice(0, 3)
        .map((path) => stat(path)),
    );
    expect(after.map(({ ino, mtimeMs }) => [ino, mtimeMs])).toEqual(
      before.map(({ ino, mtimeMs }) => [ino, mtimeMs]),
    );
  });

  test('keys of other programs stay; a known key in other letters is folded into its own', async () => {
    await world.writeStore(
      '{"LicenseTermsVersion":2,"2":"two","themesource":"dark","SettingsVersion":43,"x":{"y":[1]}}',
    );
    const enforcement = await world.begin(inputsOf({}));
    const store = await world.readStore();
    expect(store).toMatchObject({
      LicenseTermsVersion: 2,
      2: 'two',
      SettingsVersion: 43,
      x: { y: [1] },
      ThemeSource: 'dark',
    });
    expect(store).not.toHaveProperty('themesource');
    await world.writeStore(
      `{"analyticsenabled":false,${(await world.storeText()).slice(1)}`.replace(
        '"AnalyticsEnabled": true,',
        '',
      ),
    );
    await enforcement.check();
    expect(await world.readStore()).toMatchObject({ AnalyticsEnabled: false, x: { y: [1] } });
    expect(await world.readChoices()).toEqual({ analyticsEnabled: false, theme: 'dark' });
  });

  test('prototype keys in the store are other programs’ keys and touch nothing', async () => {
    await world.writeStore('{"__proto__":{"polluted":1},"constructor":2,"prototype":3,"ThemeSource":"dark"}');
    await world.begin(inputsOf({}));
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    const text = await world.storeText();
    expect(text).toContain('"__proto__": {\n    "polluted": 1\n  }');
    expect(text).toContain('"constructor": 2');
    expect(await world.readChoices()).toEqual({ theme: 'dark' });
  });
});

describe('first contact', () => {
  test('values that differ from the built-in default become choices, also behind a lock; invalid ones do not', async () => {
    await world.writeStore({
      AnalyticsEnabled: true,
      ThemeSource: 'dark',
      OpenUIOnStartupDisabled: true,
      OverrideProxyExclude: 'x, y',
      SwapMiB: 'many',
      Cpus: 4,
      ContainersProxyHTTPMode: '',
    });
    const enforcement = await world.begin(
      inputsOf({ 'admin-settings': { theme: { locked: true, value: 'light' }, swapMiB: { value: 2048 } } }),
    );
    expect(await world.readChoices()).toEqual({ cpus: 4, proxyExclude: ['x', 'y'], theme: 'dark' });
    expect(await world.readStore()).toMatchObject({
      ThemeSource: 'light',
      SwapMiB: 2048,
      OverrideProxyExclude: 'x,y',
    });
    expect(kinds(enforcement)).toEqual([['invalid_value', 'swapMiB']]);
    await enforcement.apply(inputsOf({}));
    expect(await world.readStore()).toMatchObject({ ThemeSource: 'dark', SwapMiB: 1024 });
  });

  test('when only the state is lost, values of a policy do not become choices', async () => {
    await world.begin(POLICY);
    await (await world.begin(POLICY)).stop();
    await rm(world.paths.state);
    await world.begin(inputsOf({}));
    expect(await world.readChoices()).toEqual({});
    expect(await world.readStore()).toMatchObject({ SwapMiB: 1024, AnalyticsEnabled: true });
  });
});

describe('edits of others', () => {
  for (const off of [false, true]) {
    describe(off ? 'made while the agent was off' : 'made while it runs', () => {
      const following = async (enforcement: Enforcement, edit: () => Promise<void>) => {
        if (off) await enforcement.stop();
        await edit();
        if (off) return world.begin(POLICY);
        await enforcement.check();
        return enforcement;
      };

      test('a valid edit of an unlocked key is a choice; a deleted key resets it', async () => {
        let enforcement = await world.begin(POLICY);
        enforcement = await following(enforcement, () =>
          world.editStore({ ThemeSource: 'dark', SwapMiB: 4096 }),
        );
        expect(await world.readChoices()).toEqual({ swapMiB: 4096, theme: 'dark' });
        enforcement = await following(enforcement, () => world.editStore({ SwapMiB: undefined }));
        expect(await world.readChoices()).toEqual({ theme: 'dark' });
        expect((await world.readStore()).SwapMiB).toBe(2048);
        expect(enforcement.drift()).toEqual([]);
      });

      test('an invalid edit is repaired and recorded, and the earlier choice stays', async () => {
        let enforcement = await world.begin(POLICY);
        await enforcement.change({ set: { theme: 'dark' } });
        enforcement = await following(enforcement, () => world.editStore({ ThemeSource: 'pink', Cpus: '4' }));
        expect(await world.readStore()).toMatchObject({ ThemeSource: 'dark' });
        expect(await world.readStore()).not.toHaveProperty('Cpus');
        expect(await world.readChoices()).toEqual({ theme: 'dark' });
        expect(enforcement.drift().map(({ at, ...entry }) => entry)).toEqual([
          { kind: 'invalid_value', setting: 'theme', wrong: 'pink', right: 'dark' },
          { kind: 'invalid_value', setting: 'cpus', wrong: '4' },
        ]);
      });

      test('a locked key edited or deleted is put back and recorded', async () => {
        let enforcement = await world.begin(POLICY);
        enforcement = await following(enforcement, () =>
          world.editStore({
            AnalyticsEnabled: true,
            ProxyHTTPMode: undefined,
            OverrideProxyExclude: 'a.example, b.example',
          }),
        );
        expect(await world.readStore()).toMatchObject({ AnalyticsEnabled: false, ProxyHTTPMode: 'manual' });
        expect(await world.readChoices()).toEqual({});
        expect(enforcement.drift().map(({ at, ...entry }) => entry)).toEqual(
          [
            { kind: 'deleted_key', setting: 'proxyMode', right: 'manual' },
            { kind: 'value', setting: 'analyticsEnabled', wrong: true, right: false },
          ].toSorted((a, b) => order(enforcement, a.setting) - order(enforcement, b.setting)),
        );
        expect(enforcement.storeState()).toMatchObject({ state: 'ok', repairs: 1 });
      });

      test('the file deleted, ruined or replaced is rebuilt, and no choice is lost', async () => {
        let enforcement = await world.begin(POLICY);
        await enforcement.change({ set: { theme: 'dark' } });
        const right = await world.storeText();
        const ways: readonly [string, () => Promise<unknown>][] = [
          ['deleted_file', () => rm(world.paths.store)],
          ['unparsable', () => world.writeStore('')],
          ['unparsable', () => world.writeStore(right.slice(0, 300))],
          ['unparsable', () => world.writeStore('[]')],
          ['unparsable', () => world.writeStore('\ufeff{} // no')],
          ['unparsable', () => writeFile(world.paths.store, Buffer.from([0x7b, 0xff, 0x7d]))],
          ['unparsable', () => writeFile(world.paths.store, `{"a":${'[ '.repeat(600_000)}`)],
          ['replaced', () => rm(world.paths.store).then(() => mkdir(world.paths.store))],
          ['replaced', () => rm(world.paths.store).then(() => symlink('/dev/null', world.paths.store))],
        ];
        for (const [index, [kind, way]] of ways.entries()) {
          enforcement = await following(enforcement, async () => {
            await way();
          });
          expect(enforcement.drift().at(-1), `${index}`).toMatchObject({ kind, setting: null });
          expect(await world.storeText()).toBe(right);
        }
        expect(await world.readChoices()).toEqual({ theme: 'dark' });
        const names = await world.names();
        expect(
          names.filter((name) => /^settings-store\.\d{8}T\d{9}Z(-\d)?\.bad\.json$/.test(name)),
        ).toHaveLength(6);
        expect(names.filter((name) => /^settings-store\.\d{8}T\d{9}Z(-\d)?\.bad$/.test(name))).toHaveLength(
          2,
        );
      });
    });
  }

  test('an edit of a setting behind the sign-in wall, or frozen, is put back', async () => {
    const wall = { organizations: ['acme'], method: null };
    const enforcement = await world.begin({ ...POLICY, wall });
    await world.editStore({ ThemeSource: 'dark' });
    await enforcement.check();
    expect(await world.readStore()).toMatchObject({ ThemeSource: 'system' });
    await enforcement.apply({ ...POLICY, stale: true });
    await world.editStore({ ThemeSource: undefined, SwapMiB: 1 });
    await enforcement.check();
    expect(await world.readStore()).toMatchObject({ ThemeSource: 'system', SwapMiB: 2048 });
    expect(await world.readChoices()).toEqual({});
    expect(enforcement.drift()).toHaveLength(3);
  });

  test('whoever wrote what the policy says by now has not drifted', async () => {
    const enforcement = await world.begin(POLICY);
    await enforcement.stop();
    await world.editStore({ AnalyticsEnabled: true, OpenUIOnStartupDisabled: undefined });
    const other = inputsOf({
      'admin-settings': { ...LOCKED, analyticsEnabled: { locked: true, value: true } },
    });
    const next = await world.begin(other);
    expect(await world.readStore()).toMatchObject({ AnalyticsEnabled: true, OpenUIOnStartupDisabled: false });
    expect(kinds(next)).toEqual([['deleted_key', 'openDashboardOnStartup']]);
  });

  test('the address in a drift record does not show its password', async () => {
    const enforcement = await world.begin(POLICY);
    await world.editStore({ OverrideProxyHTTP: 'http://me:secret@evil:1' });
    await enforcement.check();
    expect(JSON.stringify(enforcement.drift())).toContain('http://***@evil:1');
    expect(await readFile(world.paths.drift, 'utf8')).not.toContain('secret');
  });

  test('a value of megabytes is not copied into the record', async () => {
    const enforcement = await world.begin(POLICY);
    await world.editStore({ OverrideProxyHTTP: 'x'.repeat(500_000) });
    await enforcement.check();
    expect(enforcement.drift()).toMatchObject([{ kind: 'value', setting: 'proxyHttp', right: '' }]);
    expect((await stat(world.paths.drift)).size).toBeLessThan(300);
  });

  test('drift is remembered over a restart, and the last line may be half a one', async () => {
    await world.begin(POLICY);
    await world.editStore({ AnalyticsEnabled: true });
    const [first] = (await world.begin(POLICY)).drift();
    await writeFile(world.paths.drift, `${await readFile(world.paths.drift, 'utf8')}{"at":"20`);
    expect((await world.begin(POLICY)).drift()).toEqual([first]);
  });
});

const order = (enforcement: Enforcement, id: string) =>
  [...enforcement.resolution().settings.keys()].indexOf(id);
