import { text } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { csvOf } from '../console/parts/csv-of.ts';
import { csvRows } from './csv-rows.ts';

/** As the readers do for which any line break outside quotes ends a row. */
const read = (csv: string) => parse(csv, { record_delimiter: ['\r\n', '\n', '\r'] });
async function* each(names: readonly string[]) {
  for (const name of names) yield ['before', name, -1];
}
const written = async (names: readonly string[]) =>
  read(await text(csvRows(['A', 'Name', 'Number'], each(names))));

it('keeps every cell whole, whatever ends a line in it', async () => {
  const names = ['two\nlines', 'two\rlines', 'two\r\nlines', 'a "quoted", word; more', '日本語 🦊', '', ' '];
  expect(await written(names)).toEqual([
    ['A', 'Name', 'Number'],
    ...names.map((name) => ['before', name, '-1']),
  ]);
  expect(read(csvOf(names.map((name) => ['before', name])))).toEqual(names.map((name) => ['before', name]));
});

it('lets no cell begin as a formula does, not behind blanks and line breaks either', async () => {
  const names = [
    '=1+1',
    '+1',
    '-1',
    '@A',
    '\t=1',
    '\r=1',
    '\n=1',
    ' =1',
    '\u00a0=1',
    '\u200b=1',
    '＝1',
    '\ttab',
  ];
  const harmless = names.map((name) => `'${name}`);
  expect((await written(names)).slice(1).map((row) => row[1])).toEqual(harmless);
  expect(read(csvOf(names.map((name) => [name])))).toEqual(harmless.map((name) => [name]));
});
