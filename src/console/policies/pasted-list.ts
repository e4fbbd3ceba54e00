/** A list of addresses as the hub reads it, one in each line. */
export interface AddressList {
  readonly csv: string;
  /** For each line of `csv` the line where it stood, from 1; nothing where they are the same. */
  readonly lines: readonly number[];
}

/** No address at all. */
export const NOTHING: AddressList = { csv: '', lines: [] };

const BETWEEN = /[\s,;<>"']+/;

/**
 * The addresses of a pasted list, whatever stands between them: cells of a spreadsheet, or names as mail programs write
 * them. A line without any is kept as it is, so that somebody is told about it.
 */
export function listOf(text: string): AddressList {
  const entries = text.split(/\r?\n/).flatMap((line, index) => {
    const rest = line.trim();
    const found = rest.split(BETWEEN).filter(hasAddress);
    return (found.length > 0 || rest === '' ? found : [rest]).map((entry) => ({ entry, line: index + 1 }));
  });
  return {
    csv: entries.map(({ entry }) => `"${entry.replaceAll('"', '""')}"`).join('\n'),
    lines: entries.map(({ line }) => line),
  };
}

/** Something before an `@` and something after it. */
function hasAddress(word: string): boolean {
  return word.lastIndexOf('@', word.length - 2) > 0;
}
