import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';

/**
 * Rows as CSV (RFC 4180) under their titles, as fast as they are read. Names come from people and devices: cells that a
 * spreadsheet would run as a formula are made harmless.
 */
export function csvRows(
  titles: readonly string[],
  rows: AsyncIterable<readonly (string | number)[]>,
): Readable {
  const source = Readable.from(rows);
  const csv = stringify({
    header: true,
    columns: [...titles],
    escape_formulas: true,
    record_delimiter: 'windows',
  });
  source.on('error', (error) => csv.destroy(error));
  csv.on('close', () => source.destroy());
  return source.pipe(csv);
}
