import { describe, expect, expectTypeOf, it } from 'vitest';
import { defineCatalog } from '../settings/define-catalog.ts';
import { defineSetting } from '../settings/define-setting.ts';
import { desktopCatalog } from '../settings/desktop-catalog.ts';
import type { Platform, SettingValue } from '../settings/setting.ts';
import type { Freeze, LastGood, LayerSource } from './model.ts';
import { readChoices } from './read-choices.ts';
import { readDocument } from './read-document.ts';
import { resolve } from './resolve.ts';

type Documents = { readonly [source in LayerSource]?: unknown };
interface Case {
  readonly platform?: Platform;
  readonly choices?: unknown;
  readonly lastGood?: LastGood;
  readonly freeze?: Freeze;
}

function resolution(documents: Documents, { platform = 'linux', choices = {}, ...more }: Case = {}) {
  const sources = Object.keys(documents) as LayerSource[];
  const layers = sources.map((source) => readDocument(documents[source], source, desktopCatalog));
  return resolve({
    catalog: desktopCatalog,
    platform,
    layers,
    choices: readChoices(choices, desktopCatalog),
    ...more,
  });
}
const setting = (id: string, documents: Documents, more?: Case) =>
  resolution(documents, more).settings.get(id);

describe('groups', () => {
  it('take absent and invalid members from the layer, at their built-in defaults', () => {
    const documents = {
      'user-policy': { proxy: { locked: true, http: 'http://p:1', exclude: 7 } },
      'admin-settings': { proxy: { locked: false, mode: 'manual', https: 'http://q:2', exclude: ['a'] } },
    };
    expect(setting('proxyHttp', documents)).toMatchObject({
      value: 'http://p:1',
      source: 'user-policy',
      locked: true,
    });
    expect(setting('proxyMode', documents)).toMatchObject({
      value: 'system',
      source: 'user-policy',
      locked: true,
    });
    expect(setting('proxyHttps', documents)).toMatchObject({
      value: '',
      source: 'user-policy',
      locked: true,
    });
    expect(setting('proxyExclude', documents)).toMatchObject({
      value: [],
      source: 'user-policy',
      locked: true,
    });
  });

  it('count as soon as their object is there, whatever is in it', () => {
    for (const group of [{}, { locked: false }, { nonsense: 1 }, { mode: 5 }, { windowsDockerdPort: 80 }]) {
      const documents = {
        'organization-policy': { proxy: group },
        'admin-settings': { proxy: { locked: true, mode: 'manual' } },
      };
      expect(setting('proxyMode', documents)).toMatchObject({
        value: 'system',
        source: 'organization-policy',
        locked: false,
      });
    }
  });

  it('do not count where they are no object', () => {
    const documents = {
      'organization-policy': { proxy: 'x' },
      'admin-settings': { proxy: { locked: true, mode: 'manual' } },
    };
    expect(setting('proxyMode', documents)).toMatchObject({
      value: 'manual',
      source: 'admin-settings',
      locked: true,
    });
  });

  it('let each choice count by itself while unlocked', () => {
    const documents = { 'admin-settings': { proxy: { locked: false, mode: 'manual', http: 'http://p:1' } } };
    const choices = { proxyHttp: 'http://mine:2' };
    expect(setting('proxyHttp', documents, { choices })).toMatchObject({
      value: 'http://mine:2',
      source: 'user',
    });
    expect(setting('proxyMode', documents, { choices })).toMatchObject({
      value: 'manual',
      source: 'admin-settings',
    });
    expect(setting('proxyPac', documents, { choices })).toMatchObject({
      value: '',
      source: 'admin-settings',
    });
  });

  it('cover nested members: the lock of isolation covers the socket lists', () => {
    const documents = {
      'admin-settings': {
        enhancedContainerIsolation: {
          locked: true,
          value: true,
          dockerSocketMount: {
            imageList: { images: ['ryuk:*'] },
            commandList: { type: 'allow', commands: ['push'] },
          },
        },
      },
    };
    for (const [id, value] of Object.entries({
      enhancedContainerIsolation: true,
      eciSocketImages: ['ryuk:*'],
      eciSocketAllowDerivedImages: false,
      eciSocketCommandListType: 'allow',
      eciSocketCommands: ['push'],
    })) {
      expect(setting(id, documents, { choices: { [id]: value } })).toMatchObject({
        value,
        locked: true,
        source: 'admin-settings',
      });
    }
  });
});

describe('single settings', () => {
  it('lock at the built-in default where a locked entry has no value', () => {
    expect(
      setting('swapMiB', { 'admin-settings': { swapMiB: { locked: true } } }, { choices: { swapMiB: 1 } }),
    ).toMatchObject({
      value: 1024,
      locked: true,
      source: 'admin-settings',
    });
    expect(setting('cpus', { 'admin-settings': { cpus: { locked: true } } })).toMatchObject({
      value: null,
      locked: true,
    });
  });

  it('pass on to a weaker layer where a stronger one only says that they are not locked', () => {
    const documents = {
      'user-policy': { swapMiB: { locked: false } },
      'admin-settings': { swapMiB: { locked: true, value: 7 } },
    };
    expect(setting('swapMiB', documents)).toMatchObject({ value: 7, locked: true, source: 'admin-settings' });
  });

  it('pass on to a weaker layer where a stronger unlocked value cannot be used, and say so', () => {
    const documents = {
      'user-policy': { swapMiB: { value: 'x' } },
      'admin-settings': { swapMiB: { value: 7 } },
    };
    expect(setting('swapMiB', documents)).toMatchObject({
      value: 7,
      source: 'admin-settings',
      contributions: [
        { source: 'user-policy', outcome: 'ignored', value: null },
        { source: 'admin-settings', outcome: 'wins', value: 7 },
      ],
    });
  });

  it('are unlocked by a stronger layer that suggests', () => {
    const documents = {
      'user-policy': { swapMiB: { value: 6 } },
      'admin-settings': { swapMiB: { locked: true, value: 7 } },
    };
    expect(setting('swapMiB', documents)).toMatchObject({ value: 6, locked: false, source: 'user-policy' });
    expect(setting('swapMiB', documents, { choices: { swapMiB: 5 } })).toMatchObject({
      value: 5,
      source: 'user',
      suggestion: 6,
    });
  });

  it('enforce allowed directories by presence alone, even of another value than a choice', () => {
    const value = [{ path: '$HOME', sharedByDefault: true }];
    const more = { choices: { filesharingAllowedDirectories: [] } };
    expect(
      setting(
        'filesharingAllowedDirectories',
        { 'admin-settings': { filesharingAllowedDirectories: value } },
        more,
      ),
    ).toMatchObject({
      value,
      locked: true,
      source: 'admin-settings',
    });
  });

  it('of another platform never appear', () => {
    const documents = {
      'admin-settings': {
        exposeDockerAPIOnTCP2375: { locked: true, value: true },
        proxy: { windowsDockerdPort: 65000 },
      },
    };
    const linux = resolution(documents);
    expect(linux.problems).toEqual([]);
    expect(linux.settings.has('exposeDockerAPIOnTCP2375')).toBe(false);
    expect(linux.value('exposeDockerAPIOnTCP2375')).toBeNull();
    expect(resolution(documents, { platform: 'windows' }).value('proxyWindowsDockerdPort')).toBe(65000);
    expect(linux.settings.size).toBe(desktopCatalog.onPlatform.linux.length);
  });
});

describe('choices', () => {
  it('come back the moment a lock goes', () => {
    const more = { choices: { swapMiB: 5 } };
    expect(
      setting('swapMiB', { 'user-policy': { swapMiB: { locked: true, value: 6 } } }, more),
    ).toMatchObject({ value: 6 });
    expect(setting('swapMiB', {}, more)).toMatchObject({ value: 5, source: 'user', suggestion: 1024 });
  });

  it('that are not valid, or of no setting, are ignored and named', () => {
    const result = resolution(
      {},
      { choices: { cpus: 0, cpuss: 4, theme: 'dark', exposeDockerAPIOnTCP2375: true } },
    );
    expect(result.settings.get('cpus')).toMatchObject({
      value: null,
      source: 'default',
      contributions: [{ source: 'user', outcome: 'ignored' }],
    });
    expect(result.value('theme')).toBe('dark');
    expect(result.problems.map(({ source, code, path, severity }) => [severity, source, code, path])).toEqual(
      [
        ['error', 'choices', 'invalid_value', 'cpus'],
        ['warning', 'choices', 'unknown_key', 'cpuss'],
      ],
    );
  });

  it('of a broken file are none, and never throw', () => {
    for (const input of ['', '[]', '{', 5, '{"__proto__":{"cpus":4}}']) {
      expect(readChoices(input, desktopCatalog).values.size).toBe(0);
    }
  });
});

describe('last good values', () => {
  const lastGood: LastGood = new Map([
    [
      'user-policy',
      new Map<string, SettingValue>([
        ['swapMiB', 9],
        ['proxyMode', 'manual'],
        ['theme', 5],
      ]),
    ],
  ]);

  it('stay in force where a locked value has become invalid, also in a group', () => {
    const documents = {
      'user-policy': { swapMiB: { locked: true, value: 'x' }, proxy: { locked: true, mode: 'x' } },
    };
    expect(setting('swapMiB', documents, { lastGood })).toMatchObject({ value: 9, locked: true });
    expect(setting('proxyMode', documents, { lastGood })).toMatchObject({ value: 'manual', locked: true });
    expect(setting('swapMiB', documents)).toMatchObject({ value: 1024, locked: true });
  });

  it('do not count for another source, an absent or unlocked value, or where the catalog takes them no longer', () => {
    const locked = { swapMiB: { locked: true, value: 'x' } };
    expect(setting('swapMiB', { 'admin-settings': locked }, { lastGood })).toMatchObject({ value: 1024 });
    expect(setting('swapMiB', { 'user-policy': { swapMiB: { locked: true } } }, { lastGood })).toMatchObject({
      value: 1024,
    });
    expect(setting('proxyMode', { 'user-policy': { proxy: { mode: 'x' } } }, { lastGood })).toMatchObject({
      value: 'system',
    });
    expect(
      setting('theme', { 'user-policy': { theme: { locked: true, value: 'x' } } }, { lastGood }),
    ).toMatchObject({ value: 'system' });
  });
});

describe('a broken source', () => {
  it('without history counts as absent, and is said to freeze', () => {
    const result = resolution({
      'user-policy': '{',
      'organization-policy': { swapMiB: { locked: true, value: 3 } },
    });
    expect(result.frozen).toBe(true);
    expect(result.settings.get('swapMiB')).toMatchObject({ value: 3, source: 'organization-policy' });
    expect(result.problems).toMatchObject([{ source: 'user-policy', code: 'malformed', severity: 'error' }]);
  });

  it('freezes what no stronger source decides, at the present value', () => {
    const documents = {
      'configuration-profile': { theme: { locked: true, value: 'dark' }, cpus: { value: 2 } },
      'user-policy': '{',
      'admin-settings': { memoryMiB: { locked: true, value: 1024 } },
    };
    const present = new Map<string, SettingValue | null>([
      ['theme', 'light'],
      ['swapMiB', 77],
      ['diskSizeMiB', null],
      ['memoryMiB', 600],
      ['analyticsEnabled', 'bad'],
    ]);
    const freeze: Freeze = { code: 'policy_source_broken', source: 'user-policy', present };
    const result = resolution(documents, { freeze, choices: { cpus: 3, swapMiB: 5, diskSizeMiB: 9 } });
    expect(result.frozen).toBe(true);
    expect(result.settings.get('theme')).toMatchObject({ value: 'dark', locked: true });
    expect(result.settings.get('theme')).not.toHaveProperty('frozen');
    expect(result.settings.get('cpus')).toMatchObject({ value: 3, source: 'user' });
    expect(result.settings.get('cpus')).not.toHaveProperty('frozen');
    expect(result.settings.get('swapMiB')).toMatchObject({ value: 77, frozen: 'policy_source_broken' });
    expect(result.settings.get('diskSizeMiB')).toMatchObject({ value: null, frozen: 'policy_source_broken' });
    expect(result.settings.get('memoryMiB')).toMatchObject({
      value: 600,
      locked: true,
      frozen: 'policy_source_broken',
    });
    // Nothing usable is known of these: they resolve as they would, and are held there.
    expect(result.settings.get('analyticsEnabled')).toMatchObject({
      value: true,
      frozen: 'policy_source_broken',
    });
    expect(result.settings.get('useGrpcfuse')).toBeUndefined();
  });

  it('at the top freezes everything', () => {
    const freeze: Freeze = { code: 'policy_stale', source: 'configuration-profile', present: new Map() };
    const { settings } = resolution({ 'user-policy': { cpus: { locked: true, value: 2 } } }, { freeze });
    expect([...settings.values()].every(({ frozen }) => frozen === 'policy_stale')).toBe(true);
  });
});

describe('a resolution', () => {
  it('cannot be changed', () => {
    const { settings } = resolution(
      { 'admin-settings': { wslDistroIntegration: { value: ['a'] }, cpus: { value: 2 } } },
      { platform: 'windows' },
    );
    expect(() => (settings as Map<string, unknown>).set('cpus', 1)).toThrow(TypeError);
    expect(() => (settings as Map<string, unknown>).clear()).toThrow(TypeError);
    expect(Object.isFrozen(settings.get('cpus'))).toBe(true);
    expect(Object.isFrozen(settings.get('cpus')?.contributions[0])).toBe(true);
    expect(Object.isFrozen(settings.get('wslDistroIntegration')?.value)).toBe(true);
  });

  it('has values of the types that its catalog says', () => {
    const result = resolution({});
    expectTypeOf(result.value('proxyMode')).toEqualTypeOf<'system' | 'manual' | null>();
    expectTypeOf(result.value('swapMiB')).toEqualTypeOf<number | null>();
    // @ts-expect-error no such setting
    expect(result.value('nonsense')).toBeNull();
  });

  it('works on whatever catalog it is given', () => {
    const catalog = defineCatalog([
      defineSetting({
        id: 'lineWidth',
        category: 'Editor',
        label: 'l',
        description: 'd',
        type: 'integer',
        default: 80,
        range: { min: 1 },
        editableIn: ['gui'],
      }),
      defineSetting({
        id: 'mode',
        category: 'Editor',
        label: 'l',
        description: 'd',
        type: 'enum',
        choices: ['a', 'b'],
        default: 'a',
        group: 'modes',
        valuePath: 'modes.mode',
        lockPath: 'modes.locked',
        editableIn: ['gui'],
      }),
    ]);
    const layer = readDocument(
      { lineWidth: { locked: true, value: 100 }, modes: { mode: 'b' } },
      'admin-settings',
      catalog,
    );
    const result = resolve({ catalog, platform: 'mac', layers: [layer] });
    expectTypeOf(result.value('mode')).toEqualTypeOf<'a' | 'b' | null>();
    expect([result.value('lineWidth'), result.value('mode')]).toEqual([100, 'b']);
    expect(result.problems).toEqual([]);
  });
});
