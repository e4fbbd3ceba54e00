import { Readable } from 'node:stream';
import { type Options, stringify } from 'csv-stringify';
import { harmlessCell } from '../shared/text/harmless-cell.ts';

/**
 * How every CSV file of the hub is written (RFC 4180). Cells come from people and devices: what a spreadsheet would run
 * as a formula is made harmless, and what could end a cell or a row for some reader stands in quotes. The library by
 * itself quotes a line break only where it is the one that ends our rows.
 */
export const CSV_FORM = {
  record_delimiter: 'windows',
  quoted_match: /[\r\n\t;\u2028\u2029]/,
  cast: { string: harmlessCell },
} satisfies Options;

/** Rows under their titles, as fast as they are read. */
export function csvRows(
  titles: readonly string[],
  rows: AsyncIterable<readonly (string | number)[]>,
): Readable {
  const source = Readable.from(rows);
  const csv = stringify({ ...CSV_FORM, header: true, columns: [...titles] });
  source.on('error', (error) => csv.destroy(error));
  csv.on('close', () => source.destroy());
  return source.pipe(csv);
}
