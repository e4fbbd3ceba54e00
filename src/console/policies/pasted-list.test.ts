import { expect, it } from 'vitest';
import { listOf } from './pasted-list.ts';

it('finds addresses between whatever stands around them, and keeps a line that has none', () => {
  const pasted = 'ann@x.example, "Bo Lee" <bo@x.example>;\r\n\r\nsay "hi"\nC\tcy@x.example\t7\n';
  expect(listOf(pasted)).toEqual({
    csv: '"ann@x.example"\n"bo@x.example"\n"say ""hi"""\n"cy@x.example"',
    lines: [1, 1, 3, 4],
  });
  expect(listOf(' \n\n').lines).toEqual([]);
});
