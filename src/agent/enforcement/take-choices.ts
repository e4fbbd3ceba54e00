import type { Problem } from '../../shared/policy/model.ts';
import type { Catalog } from '../../shared/settings/define-catalog.ts';
import type { Setting, SettingValue } from '../../shared/settings/setting.ts';
import type { StorageFailure } from '../files/storage-failure.ts';
import { bookFromCopy, type ChoiceBook, choiceEdits, editChoices, NO_BOOK } from './choice-book.ts';
import type { ChoiceFile, ChoiceReading } from './choice-file.ts';

/** The user's choices as they count now, and what has to follow from how they were found. */
export interface TakenChoices {
  readonly book: ChoiceBook;
  /** The file does not hold the book. */
  readonly mustWrite: boolean;
  /** There is neither a file nor a memory of one: this user's settings were never managed. */
  readonly fresh: boolean;
  readonly notices: readonly Problem[];
  readonly failure: StorageFailure | null;
}

/** What is known beside the file. */
export interface KnownChoices {
  readonly catalog: Catalog;
  /** The choices in force; `null` before the file was read for the first time. */
  readonly book: ChoiceBook | null;
  /** The copy in the policy state. */
  readonly copy: Readonly<Record<string, unknown>> | null;
  /** Why the write gate would refuse a change of this setting; `null`: it would not. */
  readonly refusal: (setting: Setting) => string | null;
}

/** Reads `user-settings.json`, takes what was edited there by hand, and restores what was lost. */
export async function takeChoices(file: ChoiceFile, known: KnownChoices): Promise<TakenChoices> {
  const remembered = known.book ?? (known.copy === null ? NO_BOOK : bookFromCopy(known.copy, known.catalog));
  const reading = await file.read(remembered);
  const found = { book: remembered, mustWrite: false, fresh: false, notices: [], failure: null };
  switch (reading.kind) {
    case 'same':
      return found;
    case 'failed':
      return { ...found, failure: reading.failure };
    case 'ruined':
      return { ...found, mustWrite: true, notices: [reading.notice] };
    case 'absent':
      return { ...found, mustWrite: true, ...afterLoss(known, remembered) };
    case 'read':
      // At start what differs from the copy was written while no agent ran, or is our own last write before a kill,
      // which nobody was told of: both pass the gate. Without a copy nothing can be told apart.
      return known.book === null && known.copy === null
        ? { ...found, book: reading.book }
        : { ...found, ...gated(known, remembered, reading) };
  }
}

function afterLoss(known: KnownChoices, remembered: ChoiceBook): Pick<TakenChoices, 'fresh' | 'notices'> {
  const lost = remembered.values.size + remembered.kept.size > 0;
  return {
    fresh: known.book === null && known.copy === null,
    notices: lost
      ? [
          notice(
            '',
            'user-settings.json was gone, and your last known choices were put back. To give them up, reset them: mooring settings reset --all',
          ),
        ]
      : [],
  };
}

/** Edits by hand pass the same gate as every other change; what it refuses is put back. */
function gated(
  known: KnownChoices,
  before: ChoiceBook,
  reading: Extract<ChoiceReading, { kind: 'read' }>,
): Pick<TakenChoices, 'book' | 'mustWrite' | 'notices'> {
  const putBack = new Map<string, SettingValue | null>();
  const notices: Problem[] = [];
  for (const id of choiceEdits(before, reading.book).keys()) {
    const setting = known.catalog.byId.get(id);
    const why = setting === undefined ? null : known.refusal(setting);
    if (why === null) continue;
    putBack.set(id, before.values.get(id) ?? null);
    notices.push(notice(id, `The edit of ${id} in user-settings.json was undone. ${why}`));
  }
  return { book: editChoices(reading.book, putBack), mustWrite: putBack.size > 0, notices };
}

function notice(path: string, message: string): Problem {
  return { severity: 'warning', source: 'choices', path, code: 'invalid_value', message };
}
