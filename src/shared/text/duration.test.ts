import { expect, it } from 'vitest';
import { durationOf, secondsOf } from './duration.ts';

it.each([
  ['90', 90],
  ['90s', 90],
  ['45m', 2700],
  [' 2 H ', 7200],
  ['1d', 86_400],
  ['59s', null],
  ['0h', null],
  ['-5m', null],
  ['1.5h', null],
  ['2 weeks', null],
  ['', null],
])('%j is %j seconds', (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds);
});

it('a time is written so that it is read again as the same', () => {
  expect([60, 90, 7200, 86_400, 90_000].map(durationOf)).toEqual(['1m', '90s', '2h', '1d', '25h']);
  for (const seconds of [60, 90, 7200, 86_400, 90_000]) expect(secondsOf(durationOf(seconds))).toBe(seconds);
});
