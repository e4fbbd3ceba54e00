import { expect, test } from 'vitest';
import { writingLocale } from './writing-locale.ts';

test.each([
  [['de-DE', 'en-GB'], ['en'], 'en-GB'],
  [['fr', 'de-AT', 'en'], ['en', 'de'], 'de-AT'],
  [['en-US@posix', 'en-US'], ['en'], 'en-US'],
  [['C', ''], ['en'], 'en'],
  [[], ['en', 'de'], 'en'],
  [['enough'], ['en'], 'en'],
])('%j of %j is written as %s', (wanted, languages, locale) => {
  expect(writingLocale(wanted, languages)).toBe(locale);
});
