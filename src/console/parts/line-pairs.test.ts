import { describe, expect, it } from 'vitest';
import { linePairs } from './line-pairs.ts';

const sides = (before: string, after: string) =>
  linePairs(before, after).map(({ left, right }) => [left, right]);

describe('two texts beside each other', () => {
  it('pair what was replaced, and leave a gap beside what came or went', () => {
    expect(sides('a\nb\nc\nd', 'a\nB\nc\nd')).toEqual([
      ['a', 'a'],
      ['b', 'B'],
      ['c', 'c'],
      ['d', 'd'],
    ]);
    expect(sides('a\nc\n', 'a\nb\nc\n')).toEqual([
      ['a', 'a'],
      [null, 'b'],
      ['c', 'c'],
    ]);
    expect(sides('a\nb\nb2\nc\n', 'a\nx\nc\n')).toEqual([
      ['a', 'a'],
      ['b', 'x'],
      ['b2', null],
      ['c', 'c'],
    ]);
    expect(sides('same', 'same')).toEqual([['same', 'same']]);
  });

  // Line by line this would take minutes, and the page would stand still for as long.
  it('of a long list that was replaced say where it begins and ends, at once', () => {
    const list = (word: string, count: number) => Array.from({ length: count }, (_, at) => `${word} ${at}`);
    const [before, after] = [list('before', 20_000), list('after', 20_001)];
    expect(sides(['{', ...before, '}'].join('\n'), ['{', ...after, '}'].join('\n'))).toEqual([
      ['{', '{'],
      ...after.map((line, at) => [before[at] ?? null, line]),
      ['}', '}'],
    ]);
    expect(linePairs('', after.join('\n'))).toHaveLength(after.length);
    expect(sides(before.join('\n'), [...before, ...after].join('\n')).at(-1)).toEqual([null, 'after 20000']);
    expect(new Set(linePairs(before.join('\n'), after.join('\n')).map(({ key }) => key)).size).toBe(20_001);
  });
});
