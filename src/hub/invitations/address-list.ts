import { parse } from 'csv-parse/sync';
import { emailSchema } from '../../shared/contracts/hub-api.ts';
import { MOST_INVITED } from '../../shared/contracts/hub-provisioning.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';

/** One line of what was given: an address that can be invited, or why not. */
export type ListedAddress =
  | { readonly email: string; readonly fault: null }
  | { readonly email: string; readonly fault: 'invalid' | 'repeated' };

/** Reads addresses one by one; each counts once, whatever its case. */
export function readAddresses(texts: readonly string[]): readonly ListedAddress[] {
  const seen = new Set<string>();
  return texts
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text): ListedAddress => {
      const parsed = emailSchema.safeParse(text);
      if (!parsed.success) return { email: text.slice(0, 254), fault: 'invalid' };
      const folded = parsed.data.toLowerCase();
      if (seen.has(folded)) return { email: parsed.data, fault: 'repeated' };
      seen.add(folded);
      return { email: parsed.data, fault: null };
    });
}

/** The addresses of a CSV file: its column `email`, or its only column where it has no head. Refuses `bad_request`. */
export function addressesOfCsv(text: string): readonly string[] {
  const rows = readRows(text);
  const head = rows[0]?.map((cell) => cell.trim().toLowerCase()) ?? [];
  const column = head.findIndex((name) => name === 'email' || name === 'e-mail');
  const data = column < 0 ? rows : rows.slice(1);
  if (column < 0 && rows.some((row) => row.length !== 1)) {
    throw new RefusalError({
      code: 'bad_request',
      message: 'The file has several columns, and none of them is named "email".',
      help: 'Begin the file with a line that names its columns, one of them email.',
    });
  }
  if (data.length > MOST_INVITED) {
    throw new RefusalError({
      code: 'too_large',
      message: `The file has ${data.length} addresses; at most ${MOST_INVITED} are invited at a time.`,
      help: 'Split the file.',
    });
  }
  return data.map((row) => row[Math.max(column, 0)] ?? '');
}

function readRows(text: string): readonly (readonly string[])[] {
  try {
    return parse(text, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      delimiter: [',', ';', '\t'],
      max_record_size: 10_000,
    });
  } catch (error) {
    throw new RefusalError({
      code: 'bad_request',
      message: `The file is not CSV: ${error instanceof Error ? error.message : 'it cannot be read'}.`,
    });
  }
}
