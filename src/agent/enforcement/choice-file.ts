import { basename } from 'node:path';
import type { Problem } from '../../shared/policy/model.ts';
import type { Catalog } from '../../shared/settings/define-catalog.ts';
import type { DurableWriting } from '../files/durable-file.ts';
import { keepRuined, moveOccupant, replaceOwnFile } from '../files/keep-aside.ts';
import { TEXT_LIMIT, type TextReading } from '../files/read-text.ts';
import { readSettled } from '../files/settled-read.ts';
import { type StorageFailure, type Stored, storageFailure } from '../files/storage-failure.ts';
import { type ChoiceBook, choiceText, readChoiceBook } from './choice-book.ts';

/** What `user-settings.json` was found to hold. */
export type ChoiceReading =
  /** As it was last read or written. */
  | { readonly kind: 'same' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'read'; readonly book: ChoiceBook }
  /** Nothing of it can be used. It has been kept under another name. */
  | { readonly kind: 'ruined'; readonly notice: Problem }
  | { readonly kind: 'failed'; readonly failure: StorageFailure };

/** The user's own file (docs/policy.md section 5). */
export interface ChoiceFile {
  /** `known`: the choices in force, which an entry that is not valid leaves in place. */
  readonly read: (known: ChoiceBook) => Promise<ChoiceReading>;
  /** On disk when it resolves with `ok`. */
  readonly write: (book: ChoiceBook) => Promise<Stored>;
}

/** The file at `path`; `now` is the wall clock. */
export function choiceFile(
  on: DurableWriting & { readonly now: () => number },
  path: string,
  catalog: Catalog,
): ChoiceFile {
  let last: string | null = null;
  const read = async (known: ChoiceBook): Promise<ChoiceReading> => {
    const isWhole = (text: string) => text === last || readChoiceBook(text, catalog, known.values) !== null;
    // People keep such files elsewhere and link to them: the link is followed, then replaced by a file.
    const reading = await readSettled({ ...on, path, isWhole, expected: last !== null, followLink: true });
    if (reading.kind === 'absent') return { kind: 'absent' };
    if (reading.kind === 'text') {
      if (reading.text === last) return { kind: 'same' };
      const book = readChoiceBook(reading.text, catalog, known.values);
      if (book !== null) {
        last = reading.text;
        return { kind: 'read', book };
      }
    }
    if (reading.kind === 'unreadable' && !isDenied(reading.failure)) {
      return { kind: 'failed', failure: reading.failure };
    }
    return keepAside(reading);
  };
  const keepAside = async (reading: TextReading): Promise<ChoiceReading> => {
    const keep = reading.kind === 'occupied' ? moveOccupant : keepRuined;
    const kept = await keep(on, path, on.now());
    if (!kept.ok) return { kind: 'failed', failure: kept.failure };
    return { kind: 'ruined', notice: ruinedNotice(path, kept.aside) };
  };
  const write = async (book: ChoiceBook): Promise<Stored> => {
    const text = choiceText(book);
    // It would be taken for ruined at the next look, kept aside and written again, for ever.
    if (Buffer.byteLength(text) > TEXT_LIMIT)
      return { ok: false, failure: storageFailure(path, 'written', TOO_LARGE) };
    const stored = await replaceOwnFile(on, path, text, on.now());
    if (stored.ok) last = text;
    return stored;
  };
  return { read, write };
}

const TOO_LARGE = Object.assign(new Error('larger than what is read'), { code: 'EFBIG' });

/** A file whose right to be read was taken away is as good as ruined; any other error may pass. */
export function isDenied(failure: StorageFailure): boolean {
  return failure.code === 'EACCES' || failure.code === 'EPERM';
}

function ruinedNotice(path: string, aside: string): Problem {
  return {
    severity: 'warning',
    source: 'choices',
    path: '',
    code: 'malformed',
    message: `${basename(path)} could not be read, so your last known choices were put back. What was found is kept as ${aside}: mend it and copy back what you miss, or delete it.`,
  };
}
