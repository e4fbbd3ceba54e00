import { expect, it } from 'vitest';
import { listOf } from './pasted-list.ts';

it('finds addresses between whatever stands around them, and keeps a line that has none', () => {
  const pasted = 'ann@x.example, "Bo Lee" <bo@x.example>;\r\n\r\nsay "hi"\nC\tcy@x.example\t7\n';
  expect(listOf(pasted)).toEqual({
    csv: '"ann@x.example"\n"bo@x.example"\n"say ""hi"""\n"cy@x.example"',
    lines: [1, 1, 3, 4],
  });
  expect(listOf(' \n\n').lines).toEqual([]);
  expect(listOf('@x, x@, a@b@c, @').csv).toBe('"a@b@c"');
  expect(listOf('@x x@ @ x').csv).toBe('"@x x@ @ x"');
});

// Each letter against all that follow would be some minutes of work.
it('reads a long line in one go: a page looks at it with every letter that is typed', () => {
  const line = 'a'.repeat(400_000);
  expect(listOf(line).csv).toBe(`"${line}"`);
}, 60_000);
