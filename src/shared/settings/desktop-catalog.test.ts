import { describe, expect, expectTypeOf, it } from 'vitest';
import { CatalogError, defineCatalog, type SettingId, type ValueOf } from './define-catalog.ts';
import { defineSetting } from './define-setting.ts';
import { type DesktopCatalog, desktopCatalog } from './desktop-catalog.ts';

describe('the desktop catalog', () => {
  it('holds every setting once, in eighteen categories', () => {
    expect(desktopCatalog.settings).toHaveLength(106);
    expect(desktopCatalog.byId.size).toBe(106);
    expect(desktopCatalog.byStoreKey.size).toBe(106);
    expect(desktopCatalog.categories).toHaveLength(18);
    expect([...desktopCatalog.groups.keys()].sort()).toEqual([
      'containersProxy',
      'enhancedContainerIsolation',
      'kubernetes',
      'proxy',
      'scout',
    ]);
  });

  it('infers the type of a value from its registration', () => {
    expectTypeOf<ValueOf<DesktopCatalog, 'proxyMode'>>().toEqualTypeOf<'system' | 'manual'>();
    expectTypeOf<ValueOf<DesktopCatalog, 'cpus'>>().toEqualTypeOf<number>();
    expectTypeOf<ValueOf<DesktopCatalog, 'proxyExclude'>>().toEqualTypeOf<readonly string[]>();
    expectTypeOf<ValueOf<DesktopCatalog, 'analyticsEnabled'>>().toEqualTypeOf<boolean>();
    expectTypeOf<ValueOf<DesktopCatalog, 'proxyPac'>>().toEqualTypeOf<string>();
    expectTypeOf<
      ValueOf<DesktopCatalog, 'filesharingAllowedDirectories'>[number]['path']
    >().toEqualTypeOf<string>();
    expectTypeOf<ValueOf<DesktopCatalog, 'builders'>[number]['driver']>().toEqualTypeOf<
      'docker' | 'docker-container' | 'remote' | 'kubernetes' | undefined
    >();
    expectTypeOf<'noSuchSetting'>().not.toExtend<SettingId<DesktopCatalog>>();
  });

  it('names no product of the original vendor in a label where ours is meant', () => {
    for (const { label, description } of desktopCatalog.settings) {
      expect(`${label} ${description}`).not.toMatch(/Docker Desktop|Docker Dashboard/);
    }
  });
});

const flag = (id: string, more: object = {}) =>
  defineSetting({
    id,
    category: 'c',
    label: id,
    description: id,
    type: 'boolean',
    default: false,
    editableIn: [],
    ...more,
  });

describe('defining a catalog', () => {
  it('gives a setting without path or store key one of each', () => {
    const [setting] = defineCatalog([flag('fastMode')]).settings;
    expect(setting).toMatchObject({
      valuePath: 'fastMode.value',
      lockPath: 'fastMode.locked',
      storeKey: 'FastMode',
      storeForm: 'value',
      platforms: ['mac', 'windows', 'linux'],
      group: null,
    });
  });

  it.each([
    ['the same id', [flag('a'), flag('a', { storeKey: 'B', valuePath: 'b.value', lockPath: 'b.locked' })]],
    ['store keys that differ in case only', [flag('a', { storeKey: 'Key' }), flag('b', { storeKey: 'KEY' })]],
    ['the same path', [flag('a'), flag('b', { valuePath: 'a.value', lockPath: 'a.locked' })]],
    [
      'a path through another value',
      [flag('a'), flag('b', { valuePath: 'a.b.value', lockPath: 'a.b.locked' })],
    ],
    ['a value and a lock in different objects', [flag('a', { lockPath: 'b.locked' })]],
    ['a lock that is not called so', [flag('a', { lockPath: 'a.fixed' })]],
    ['a member outside its group', [flag('a', { group: 'g', valuePath: 'x.a', lockPath: 'g.locked' })]],
    [
      'a member in the place of the lock',
      [flag('a', { group: 'g', valuePath: 'g.locked', lockPath: 'g.locked' })],
    ],
    [
      'two locks for one group',
      [
        flag('a', { group: 'g', valuePath: 'g.a', lockPath: 'g.locked' }),
        flag('b', { group: 'g', valuePath: 'h.b', lockPath: 'h.locked' }),
      ],
    ],
    ['the key of the version', [flag('configurationFileVersion')]],
  ])('refuses %s', (_, settings) => {
    expect(() => defineCatalog(settings)).toThrow(CatalogError);
  });
});
