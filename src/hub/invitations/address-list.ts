import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { emailSchema } from '../../shared/contracts/hub-api.ts';
import { MOST_INVITED } from '../../shared/contracts/hub-provisioning.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';

/** One line of what was given: an address that can be invited, or why not. */
export interface ListedAddress {
  /** From 1. */
  readonly line: number;
  readonly email: string;
  readonly fault: 'invalid' | 'repeated' | null;
}

/** A text that may be an address, and where it stands. */
export interface AddressLine {
  readonly line: number;
  readonly text: string;
}

/** Addresses of a plain list, by their place in it. */
export function addressesOfList(texts: readonly string[]): readonly AddressLine[] {
  return texts.map((text, index) => ({ line: index + 1, text }));
}

/** Reads addresses one by one; each counts once, whatever its case. */
export function readAddresses(lines: readonly AddressLine[]): readonly ListedAddress[] {
  const seen = new Set<string>();
  return lines
    .map(({ line, text }) => ({ line, text: text.trim() }))
    .filter(({ text }) => text !== '')
    .map(({ line, text }): ListedAddress => {
      const parsed = emailSchema.safeParse(text);
      if (!parsed.success) return { line, email: text.slice(0, 254), fault: 'invalid' };
      const folded = parsed.data.toLowerCase();
      if (seen.has(folded)) return { line, email: parsed.data, fault: 'repeated' };
      seen.add(folded);
      return { line, email: parsed.data, fault: null };
    });
}

/** The addresses of a CSV file of people to invite. Refuses `bad_request`, and `too_large` for more than are taken at a time. */
export function addressesOfCsv(text: string): readonly AddressLine[] {
  const data = emailColumn(text);
  if (data.length <= MOST_INVITED) return data;
  throw new RefusalError({
    code: 'too_large',
    message: `The file has ${data.length} addresses; at most ${MOST_INVITED} are taken at a time.`,
    help: 'Split the file.',
  });
}

/** The addresses of a CSV file: its column `email`, or its only column where it has no head. Refuses `bad_request`. */
export function emailColumn(text: string): readonly AddressLine[] {
  const rows = readRows(text);
  const head = rows[0]?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  const column = head.findIndex((name) => name === 'email' || name === 'e-mail');
  const data = column < 0 ? rows : rows.slice(1);
  if (column < 0 && rows.some(({ cells }) => cells.length !== 1)) {
    throw new RefusalError({
      code: 'bad_request',
      message: 'The file has several columns, and none of them is named "email".',
      help: 'Begin the file with a line that names its columns, one of them email.',
    });
  }
  return data.map(({ line, cells }) => ({ line, text: cells[Math.max(column, 0)] ?? '' }));
}

const recordsSchema = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.int() }) }));

function readRows(text: string): readonly { readonly line: number; readonly cells: readonly string[] }[] {
  try {
    const records: unknown = parse(text, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      delimiter: [',', ';', '\t'],
      max_record_size: 10_000,
      info: true,
    });
    return recordsSchema.parse(records).map(({ record, info }) => ({ line: info.lines, cells: record }));
  } catch (error) {
    throw new RefusalError({
      code: 'bad_request',
      message: `The file is not CSV: ${error instanceof Error ? error.message : 'it cannot be read'}.`,
    });
  }
}
