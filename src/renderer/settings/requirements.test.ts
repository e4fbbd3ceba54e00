import { expect, test } from 'vitest';
import { isIdle } from './requirements.ts';

const values: Readonly<Record<string, string | boolean | null>> = {
  mode: 'system',
  on: true,
  off: false,
  unset: null,
};
const idle = (...requires: string[]) => isIdle(requires, (id) => values[id]);

test('a setting has an effect as long as all that it needs is so, as far as one can say', () => {
  expect(idle()).toBe(false);
  expect(idle('on')).toBe(false);
  expect(idle('mode=system', 'on')).toBe(false);
  expect(idle('of another system')).toBe(false);
});

test.each([['off'], ['unset'], ['mode=manual'], ['unset=manual'], ['mode']])(
  'it has none without %s',
  (need) => {
    expect(idle('on', need)).toBe(true);
  },
);
