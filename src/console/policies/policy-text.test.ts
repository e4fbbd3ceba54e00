import { expect, it } from 'vitest';
import { documentOf, SETTINGS, valueIn, withValue } from './policy-text.ts';

const exclude = SETTINGS.find(({ setting }) => setting.valuePath === 'proxy.exclude');

it('shows a list that an older document writes as one text as devices read it, and loses none of it', () => {
  if (exclude === undefined) throw new Error('no proxy.exclude in the catalog');
  const text = '{ "proxy": { "locked": true, "exclude": "localhost, *.acme.example" } }';
  const shown = valueIn(documentOf(text), exclude);
  expect(shown).toEqual(['localhost', '*.acme.example']);
  const added = withValue(text, exclude, ['localhost', '*.acme.example', '10.0.0.0/8']);
  expect(documentOf(added)).toEqual({
    proxy: { locked: true, exclude: ['localhost', '*.acme.example', '10.0.0.0/8'] },
  });
});

it('leaves a value of another type as it stands, for the engine to refuse', () => {
  if (exclude === undefined) throw new Error('no proxy.exclude in the catalog');
  expect(valueIn({ proxy: { exclude: 7 } }, exclude)).toBe(7);
  expect(valueIn({ proxy: {} }, exclude)).toBeUndefined();
});
