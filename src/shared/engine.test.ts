import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  CatalogError,
  defineCatalog,
  defineSetting,
  explain,
  jsonSchema,
  parseStore,
  readChoices,
  readDocument,
  readProfile,
  renderStore,
  resolve,
} from './engine.ts';

/* The engine as another program embeds it: with settings that are not ours. */

const about = { category: 'Editor', editableIn: ['gui'] } as const;
const editor = defineCatalog([
  defineSetting({
    ...about,
    id: 'theme',
    label: 'Theme',
    description: 'Colours.',
    type: 'enum',
    choices: ['light', 'dark'],
    default: 'light',
  }),
  defineSetting({
    ...about,
    id: 'tabWidth',
    label: 'Width of tabs',
    description: 'In columns.',
    type: 'integer',
    range: { min: 1, max: 16 },
    default: 4,
    group: 'layout',
    valuePath: 'layout.tabs.width',
    lockPath: 'layout.locked',
  }),
  defineSetting({
    ...about,
    id: 'showMenu',
    label: 'Menu',
    description: 'Shows the menu.',
    type: 'boolean',
    default: true,
    platforms: ['linux'],
    storeKey: 'HideMenu',
    storeForm: 'inverted',
  }),
]);

const policy = readDocument(
  {
    theme: { locked: true, value: 'dark' },
    layout: { locked: true, tabs: { width: 99 } },
    cpus: { value: 4 },
  },
  'organization-policy',
  editor,
);
const choices = readChoices({ theme: 'light', showMenu: false }, editor);
const resolution = resolve({ catalog: editor, platform: 'linux', layers: [policy], choices });

describe('with another catalog', () => {
  it('documents are read by its grammar, and our own settings are unknown there', () => {
    expect(policy.problems.map(({ path, code }) => [path, code])).toEqual([
      ['layout.tabs.width', 'invalid_value'],
      ['cpus', 'unknown_key'],
    ]);
  });

  it('values have the types of its registrations, and follow the same precedence', () => {
    expectTypeOf(resolution.value('theme')).toEqualTypeOf<'light' | 'dark' | null>();
    expectTypeOf(resolution.value('tabWidth')).toEqualTypeOf<number | null>();
    expect(
      [...resolution.settings.values()].map(({ id, value, locked, source }) => [id, value, locked, source]),
    ).toEqual([
      ['theme', 'dark', true, 'organization-policy'],
      ['tabWidth', 4, true, 'organization-policy'],
      ['showMenu', false, false, 'user'],
    ]);
  });

  it('the store is written and read by its keys', () => {
    const text = renderStore(resolution, editor);
    expect(JSON.parse(text)).toEqual({ HideMenu: true, TabWidth: 4, Theme: 'dark' });
    const store = parseStore(text, editor, 'linux');
    expect(store.state === 'ok' && Object.fromEntries(store.values)).toEqual({
      theme: 'dark',
      tabWidth: 4,
      showMenu: false,
    });
  });

  it('profile, explanation and schema speak of its settings', () => {
    const profile = readProfile({ settings: { theme: { locked: true, value: 'light' } } }, editor);
    const managed = resolve({ catalog: editor, platform: 'mac', layers: [policy, profile.layer], choices });
    expect(managed.value('theme')).toBe('light');
    expect(explain(managed, editor, 'showMenu')).toMatchObject({ state: 'not_applicable' });
    expect(explain(managed, editor, 'cpus')).toMatchObject({ state: 'unknown_setting' });
    const { properties } = jsonSchema(editor);
    expect(Object.keys(properties ?? {})).toEqual(
      expect.arrayContaining(['theme', 'layout', 'showMenu', 'configurationFileVersion']),
    );
    expect(properties).not.toHaveProperty('cpus');
  });

  it('registrations that contradict each other are refused by name', () => {
    const [theme] = editor.settings;
    expect(theme && (() => defineCatalog([theme, theme]))).toThrow(CatalogError);
  });
});
