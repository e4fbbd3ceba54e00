import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { searchWords, splitMatches } from './match-text.ts';

describe('marking what was searched for', () => {
  const matches = (text: string, ...words: string[]) =>
    splitMatches(text, words)
      .filter((part) => part.match)
      .map((part) => part.text);

  test('words are found in any case, the longest first', () => {
    expect(matches('Proxy of the proxies', 'pro', 'proxy')).toEqual(['Proxy', 'pro']);
    expect(matches('nothing here', 'quantum')).toEqual([]);
  });

  test('signs of pattern languages are letters', () => {
    expect(matches('a.c abc a-c [x] (y)* \\d $&', 'a.c', '[x]', '(y)*', '\\d', '$&', 'a-c')).toEqual([
      'a.c',
      'a-c',
      '[x]',
      '(y)*',
      '\\d',
      '$&',
    ]);
  });

  test('the parts are the text, whatever text and words are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string({ unit: 'grapheme' })), (text, words) => {
        expect(
          splitMatches(text, words)
            .map((part) => part.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });

  test('the words of a search box are in lower case and never empty', () => {
    expect(searchWords('  Proxy   HTTP ')).toEqual(['proxy', 'http']);
    expect(searchWords(' \t ')).toEqual([]);
  });
});
