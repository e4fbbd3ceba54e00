import { basename } from 'node:path';
import type { Problem } from '../../shared/policy/model.ts';
import { LARGEST_STORE } from '../../shared/store/parse-store.ts';
import { type DurableWriting, prepareFile } from '../files/durable-file.ts';
import { type Kept, keepRuined, moveOccupant } from '../files/keep-aside.ts';
import { readText } from '../files/read-text.ts';
import { readSettled } from '../files/settled-read.ts';
import type { StorageFailure, Stored } from '../files/storage-failure.ts';
import { isDenied } from './choice-file.ts';
import type { ReadStore } from './judge-store.ts';

/** What stood in the place of `settings-store.json`. */
export type StoreReading =
  | { readonly kind: 'absent' }
  | { readonly kind: 'read'; readonly text: string; readonly content: ReadStore }
  /** A file that is no store: not JSON, not an object, too large; `denied`: its owner may not read it. */
  | { readonly kind: 'ruined'; readonly denied: boolean }
  /** A folder, link or device. */
  | { readonly kind: 'occupied' }
  | { readonly kind: 'failed'; readonly failure: StorageFailure };

/** The file that other programs read, and write (docs/policy.md section 5). */
export interface StoreFile {
  /** `expected`: there was a file, so its absence may be the middle of a replacement. */
  readonly read: (expected: boolean) => Promise<StoreReading>;
  /**
   * Replaces the file; what was found in its place and cannot be used is kept under another name first.
   * @param announced ends before anything that stands there is touched; the new text is made ready meanwhile
   */
  readonly write: (text: string, found: StoreReading, announced: Promise<unknown>) => Promise<StoreWriting>;
}

/** `overtaken`: somebody wrote in the meantime, and nothing was. `notice`: what was kept aside, and where. */
type StoreWriting =
  | { readonly kind: 'overtaken' }
  | { readonly kind: 'tried'; readonly stored: Stored; readonly notice: Problem | null };

/** The store at `path`; `parse` answers `null` for a text that is no store, `now` is the wall clock. */
export function storeFile(
  on: DurableWriting & { readonly now: () => number },
  path: string,
  parse: (text: string) => ReadStore | null,
): StoreFile {
  const read = async (expected: boolean): Promise<StoreReading> => {
    const isWhole = (text: string) => parse(text) !== null;
    const reading = await readSettled({
      ...on,
      path,
      isWhole,
      expected,
      followLink: false,
      largest: LARGEST_STORE,
    });
    switch (reading.kind) {
      case 'absent':
        return reading;
      case 'occupied':
        return { kind: 'occupied' };
      case 'unfit':
        return { kind: 'ruined', denied: false };
      case 'unreadable':
        return isDenied(reading.failure)
          ? { kind: 'ruined', denied: true }
          : { kind: 'failed', failure: reading.failure };
      case 'text': {
        const content = parse(reading.text);
        return content === null
          ? { kind: 'ruined', denied: false }
          : { kind: 'read', text: reading.text, content };
      }
    }
  };
  const write: StoreFile['write'] = async (text, found, announced) => {
    let kept: Kept | null = null;
    if (found.kind === 'ruined' || found.kind === 'occupied') await announced;
    if (found.kind === 'ruined') kept = await keepRuined(on, path, on.now());
    if (found.kind === 'occupied') kept = await moveOccupant(on, path, on.now());
    if (kept?.ok === false) return { kind: 'tried', stored: kept, notice: null };
    const notice = kept === null ? null : keptNotice(path, kept.aside);
    const prepared = await prepareFile(on, path, text);
    await announced;
    if (!prepared.ok) return { kind: 'tried', stored: prepared, notice };
    if (!(await isStill(found))) {
      await prepared.file.discard();
      return { kind: 'overtaken' };
    }
    return { kind: 'tried', stored: await prepared.file.commit(), notice };
  };
  // Syncing takes its time: an edit made meanwhile must be judged, not written over.
  const isStill = async (found: StoreReading): Promise<boolean> => {
    if (found.kind !== 'read' && found.kind !== 'absent') return true;
    const reading = await readText(on.disk, path, { largest: LARGEST_STORE });
    if (found.kind === 'absent') return reading.kind === 'absent';
    return reading.kind === 'text' && reading.text === found.text;
  };
  return { read, write };
}

function keptNotice(path: string, aside: string): Problem {
  return {
    severity: 'warning',
    source: 'store',
    path: '',
    code: 'malformed',
    message: `Something that is no settings store stood in the place of ${basename(path)}. The store was rebuilt from policy and your choices; what was found is kept as ${aside} and can be deleted.`,
  };
}
