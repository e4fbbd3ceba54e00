import { LARGEST, readJson } from '../../shared/policy/json-text.ts';
import type { Problem } from '../../shared/policy/model.ts';
import { type Choices, readChoices } from '../../shared/policy/read-choices.ts';
import { isJsonObject } from '../../shared/policy/read-settings.ts';
import { checkValue, sameValue } from '../../shared/settings/check-value.ts';
import type { Catalog } from '../../shared/settings/define-catalog.ts';
import type { SettingValue } from '../../shared/settings/setting.ts';

/** The user's choices: what counts, and what the file holds beyond that. */
export interface ChoiceBook {
  /** Valid choices by setting id, for every platform. */
  readonly values: ReadonlyMap<string, SettingValue>;
  /**
   * Entries of the file that are not in force as they stand there: ids that this version does not know, and values
   * that are not valid. Kept word for word, so that a mistake can be mended and a newer version finds its own.
   */
  readonly kept: ReadonlyMap<string, unknown>;
  /** What is wrong with an entry in `kept`, by id, where the id is a setting's. */
  readonly invalid: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/** One edit of a choice: a value, or `null` to forget it. */
export type ChoiceEdits = ReadonlyMap<string, SettingValue | null>;

export const NO_BOOK: ChoiceBook = { values: new Map(), kept: new Map(), invalid: new Map(), problems: [] };

/**
 * Reads the text of `user-settings.json`; `null` where nothing of it can be used. A value that is not valid is
 * ignored: where `known` holds an earlier choice of that setting, that one stays.
 */
export function readChoiceBook(
  text: string,
  catalog: Catalog,
  known: ReadonlyMap<string, SettingValue>,
): ChoiceBook | null {
  const read = readChoices(text, catalog);
  if (read.state === 'broken') return null;
  const values = new Map(read.values);
  for (const id of read.invalid.keys()) {
    const earlier = known.get(id);
    if (earlier !== undefined) values.set(id, earlier);
  }
  const json = readJson(text);
  const entries = json.ok && isJsonObject(json.value) ? Object.entries(json.value) : [];
  const kept = new Map(entries.filter(([id]) => !read.values.has(id)));
  return { values, kept, invalid: read.invalid, problems: read.problems };
}

/** The book after some edits; an edited entry no longer stands there as it was found. */
export function editChoices(book: ChoiceBook, edits: ChoiceEdits): ChoiceBook {
  if (edits.size === 0) return book;
  const values = new Map(book.values);
  for (const [id, value] of edits) {
    if (value === null) values.delete(id);
    else values.set(id, value);
  }
  const without = <V>(map: ReadonlyMap<string, V>) => new Map([...map].filter(([id]) => !edits.has(id)));
  return {
    values,
    kept: without(book.kept),
    invalid: without(book.invalid),
    problems: book.problems.filter(({ path }) => !edits.has(path)),
  };
}

/** Which choices differ between two books, as the edits that lead from the first to the second. */
export function choiceEdits(from: ChoiceBook, to: ChoiceBook): ChoiceEdits {
  const edits = new Map<string, SettingValue | null>();
  for (const id of from.values.keys()) if (!to.values.has(id)) edits.set(id, null);
  for (const [id, value] of to.values) if (!sameValue(from.values.get(id), value)) edits.set(id, value);
  return edits;
}

/** The file's text: an object of id and value, sorted, for people and for `mooring policy resolve --choices`. */
export function choiceText(book: ChoiceBook): string {
  const entries = new Map<string, unknown>([...book.values, ...book.kept]);
  const sorted = [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`;
}

/** Whether the file can be read again once it holds the book after these edits. Forgetting a choice always fits. */
export function fitsAfter(book: ChoiceBook, edits: ChoiceEdits): boolean {
  if (![...edits.values()].some((value) => value !== null)) return true;
  return Buffer.byteLength(choiceText(editChoices(book, edits))) <= LARGEST;
}

/** The choices as the resolver takes them. */
export function asChoices(book: ChoiceBook): Choices {
  const { values, invalid, problems } = book;
  return { state: 'ok', values, invalid, problems };
}

/** Restores a book from the copy in the policy state; values that the catalog no longer accepts are kept aside. */
export function bookFromCopy(copy: Readonly<Record<string, unknown>>, catalog: Catalog): ChoiceBook {
  const values = new Map<string, SettingValue>();
  const kept = new Map<string, unknown>();
  for (const [id, value] of Object.entries(copy)) {
    const setting = catalog.byId.get(id);
    const checked = setting === undefined ? null : checkValue(setting, value);
    if (checked?.ok === true) values.set(id, checked.value);
    else kept.set(id, value);
  }
  return { values, kept, invalid: new Map(), problems: [] };
}
