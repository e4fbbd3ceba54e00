import { readFileSync } from 'node:fs';
import { RefusalError } from '../../shared/contracts/refusal.ts';

/** The text of a file, or of standard input for "-". */
export function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      readFileSync(file === '-' ? 0 : file),
    );
  } catch (error) {
    const what =
      error instanceof TypeError
        ? 'is not UTF-8 text'
        : error instanceof Error
          ? error.message
          : String(error);
    throw new RefusalError({
      code: 'bad_request',
      message: `${file === '-' ? 'Standard input' : file} could not be read: ${what}`,
      help: 'Name a file that you may read, saved as UTF-8.',
    });
  }
}
