import { describe, expect, it } from 'vitest';
import { entityTag, isKnown, requireMatch } from './entity-tag.ts';
import { LIST_SCHEMA, listAnswer, readListRequest } from './list-request.ts';
import { USER } from './schema/user.ts';

const read = (parameters: unknown) => readListRequest(USER, parameters);

describe('the parameters of a list', () => {
  it.each([
    [{}, 1, 100],
    [{ startIndex: '3', count: '7' }, 3, 7],
    [{ startIndex: 3, count: 7 }, 3, 7],
    [{ startIndex: ' +3 ', count: '0' }, 3, 0],
    [{ startIndex: '0', count: '-1' }, 1, 0],
    [{ startIndex: -9, count: -9 }, 1, 0],
    [{ startIndex: '', count: '' }, 1, 100],
    [{ startIndex: null, count: null }, 1, 100],
    [{ count: '200' }, 1, 200],
    [{ count: '201' }, 1, 200],
    [{ count: 1e12 }, 1, 200],
    [undefined, 1, 100],
    ['text', 1, 100],
  ])('%j is from %i, at most %i', (parameters, startIndex, count) => {
    expect(read(parameters)).toMatchObject({ startIndex, count });
  });

  it.each([
    ['1.5'],
    [1.5],
    ['1e3'],
    ['12x'],
    ['x12'],
    ['9'.repeat(16)],
    [true],
    [['1', '2']],
    [{}],
    [Number.MAX_VALUE],
  ])('a startIndex or count of %j is refused', (value) => {
    for (const name of ['startIndex', 'count'])
      expect(() => read({ [name]: value })).toThrow(
        expect.objectContaining({
          status: 400,
          scimType: 'invalidValue',
          message: `${name} is a whole number.`,
        }),
      );
  });

  it('are not there when they are null or, for what sorts, empty', () => {
    const none = read({ filter: null, sortBy: null, sortOrder: null });
    expect([none.filter, none.sortBy, none.descending]).toEqual([undefined, undefined, false]);
    expect(read({ sortBy: '' }).sortBy).toBeUndefined();
    expect(() => read({ filter: '' })).toThrow(expect.objectContaining({ scimType: 'invalidFilter' }));
  });

  it('order in any case of the word, and ascending when nothing is said', () => {
    expect(
      ['Descending', 'DESCENDING', 'Ascending', 'ascending'].map(
        (sortOrder) => read({ sortOrder }).descending,
      ),
    ).toEqual([true, true, false, false]);
    expect(read({ sortBy: 'name.givenName' })).toMatchObject({
      sortBy: { attribute: 'name', sub: 'givenName' },
      descending: false,
    });
  });

  it.each([
    [{ sortOrder: 'up' }, 'invalidValue'],
    [{ sortBy: ['a', 'b'] }, 'invalidValue'],
    [{ sortBy: 'a b' }, 'invalidPath'],
    [{ filter: ['a pr', 'b pr'] }, 'invalidFilter'],
    [{ filter: 7 }, 'invalidFilter'],
  ])('%j is refused as %s', (parameters, scimType) => {
    expect(() => read(parameters)).toThrow(expect.objectContaining({ status: 400, scimType }));
  });
});

it('answers how many there are, where the page begins, and how many are on it', () => {
  expect(listAnswer(11, 42, [{ id: 'a' }, { id: 'b' }])).toEqual({
    schemas: [LIST_SCHEMA],
    totalResults: 42,
    startIndex: 11,
    itemsPerPage: 2,
    Resources: [{ id: 'a' }, { id: 'b' }],
  });
});

describe('entity tags', () => {
  it('are weak: what is shown may be cut', () => {
    expect(entityTag(7)).toBe('W/"7"');
  });

  it.each([
    ['W/"7"', true],
    ['"7"', true],
    ['*', true],
    [' * ', true],
    ['"6", W/"7" ,"8"', true],
    ['W/"6"', false],
    ['"6", "8"', false],
    ['7', false],
    ['"77"', false],
    ['', false],
  ])('%j names version 7: %s', (header, named) => {
    expect(isKnown(header, 7)).toBe(named);
    const match = () => requireMatch(header, 7);
    if (named) expect(match).not.toThrow();
    else
      expect(match).toThrow(
        expect.objectContaining({ status: 412, message: expect.stringContaining('W/"7"') }),
      );
  });

  it('ask for nothing when there is no header', () => {
    expect(isKnown(undefined, 7)).toBe(false);
    expect(() => requireMatch(undefined, 7)).not.toThrow();
  });
});
