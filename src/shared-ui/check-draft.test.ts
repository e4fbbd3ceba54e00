import { describe, expect, test } from 'vitest';
import type { CatalogSetting } from '../shared/contracts/local-api.ts';
import { en } from '../shared/text/en.ts';
import { createTranslate } from '../shared/text/text.ts';
import { checkDraft } from './check-draft.ts';

const words = { t: createTranslate(en, 'en'), fieldName: (name: string) => name.toUpperCase() };

function registration(parts: Partial<CatalogSetting>): CatalogSetting {
  return {
    id: 'x',
    category: 'C',
    label: 'X',
    description: '',
    type: 'string',
    default: '',
    platforms: ['linux'],
    group: null,
    valuePath: 'x.value',
    storeKey: 'X',
    editableIn: ['gui'],
    ...parts,
  };
}

describe('what can be said about a draft at once', () => {
  const port = registration({ type: 'integer', range: { min: 1, max: 65_535 } });

  test.each([1, 65_535, 8080])('%d is a port', (value) => {
    expect(checkDraft(port, value, words)).toBeNull();
  });

  test.each([0, 65_536, 1.5, null, '80', Number.MAX_SAFE_INTEGER + 1])('%j is none', (value) => {
    expect(checkDraft(port, value, words)).toBe('Enter a whole number from 1 to 65,535.');
  });

  const options = registration({ format: 'json' });

  test.each(['{}', '', '  ', '{"a":[1,{"b":null}]}'])('%j is a JSON object', (text) => {
    expect(checkDraft(options, text, words)).toBeNull();
  });

  test.each([
    ['{\n  "debug": tru\n}', 'line 2, column 12'],
    ['{"a":1,}', 'line 1, column 8'],
    ['{"a":1 "b":2}', 'line 1, column 8'],
    ['{"a":1', 'line 1'],
    ['{"a":1} x', 'line 1, column 9'],
    ['// note\n{}', 'line 1, column 1'],
  ])('%j is broken at %s', (text, place) => {
    expect(checkDraft(options, text, words)).toContain(place);
  });

  test.each(['[]', '1', '"x"', 'null'])('%s is JSON, but no object', (text) => {
    expect(checkDraft(options, text, words)).toBe('Write a JSON object: names and values in braces.');
  });

  test('a required field of an entry is asked for by row', () => {
    const folders = registration({
      type: 'objectList',
      items: [
        { name: 'path', type: 'string', required: true, description: '' },
        { name: 'note', type: 'string', required: false, description: '' },
      ],
    });
    expect(checkDraft(folders, [{ path: '/a' }], words)).toBeNull();
    expect(checkDraft(folders, [{ path: '/a' }, { path: '' }], words)).toBe('Entry 2: fill in “PATH”.');
  });

  test('the entry of a list that was added and left empty', () => {
    const mirrors = registration({ type: 'stringList' });
    expect(checkDraft(mirrors, ['a', 'b'], words)).toBeNull();
    expect(checkDraft(mirrors, ['a', ' '], words)).toBe('Entry 2 is empty: fill it in or remove it.');
  });
});
