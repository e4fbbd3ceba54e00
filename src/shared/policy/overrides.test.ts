import { expect, test } from 'vitest';
import { desktopCatalog } from '../settings/desktop-catalog.ts';
import { withOverrides } from './overrides.ts';
import { readDocument } from './read-document.ts';

const layer = (locked: boolean) =>
  readDocument(
    { configurationFileVersion: 2, theme: { value: 'dark', locked } },
    'organization-policy',
    desktopCatalog,
  );
const theme = (locked: boolean, value: unknown) => {
  const { mentions } = withOverrides(layer(locked), [{ setting: 'theme', value }], desktopCatalog);
  return mentions.get('theme');
};

test('a locked setting stays locked, at the value of the override', () => {
  expect(theme(true, 'light')).toEqual({ value: 'light', state: 'valid', locked: true });
});

test('a setting that the policy locks no more is left to it and to its user', () => {
  expect(theme(false, 'light')).toEqual(layer(false).mentions.get('theme'));
});

test.each([
  ['a value that the catalog does not take', 'theme', 'purple'],
  ['a setting that there is not', 'colour', 'light'],
  ['a setting that the policy does not name', 'memoryMiB', 4096],
])('%s changes nothing', (_, setting, value) => {
  expect(withOverrides(layer(true), [{ setting, value }], desktopCatalog)).toEqual(layer(true));
});

test('no override, or a policy that cannot be read, changes nothing', () => {
  expect(withOverrides(layer(true), [], desktopCatalog)).toEqual(layer(true));
  const broken = readDocument(['dark'], 'organization-policy', desktopCatalog);
  expect(broken.state).not.toBe('ok');
  expect(withOverrides(broken, [{ setting: 'theme', value: 'light' }], desktopCatalog)).toEqual(broken);
});
