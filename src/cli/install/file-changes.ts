import { basename, dirname, join } from 'node:path';
import { type DurableWriting, type PreparedFile, prepareFile } from '../../agent/files/durable-file.ts';
import { errorCode, type StorageFailure, storageFailure } from '../../agent/files/storage-failure.ts';
import type { MachineDisk } from './machine-disk.ts';

/** One file as it shall be; `text` is `null` where it shall be gone. */
export interface FileChange {
  readonly path: string;
  readonly text: string | null;
}

/** What changing the machine's files stands on. */
export interface FileChanging extends DurableWriting {
  readonly disk: MachineDisk;
  /** Gives a written file its owner and proves that it will be trusted; answers with what is wrong, or `null`. */
  readonly protect: (path: string) => Promise<string | null>;
}

/** `left`: files that could not be put back as they were, with where their former text stands. */
export type Changed =
  | { readonly ok: true }
  | { readonly ok: false; readonly failure: StorageFailure; readonly left: readonly string[] };

const FILE_MODE = 0o644;

/** Takes one change back; answers with a path, and where its former text is, if that failed. */
type Undo = () => Promise<string | null>;

/**
 * Makes all changes, or none: every text is on disk beside its place before the first file is replaced, and what was
 * there stays under a second name until the last one is. What is put back is the same file, with its owner and mode.
 */
export async function changeFiles(on: FileChanging, changes: readonly FileChange[]): Promise<Changed> {
  const prepared = await prepareAll(on, changes);
  if (!prepared.ok) return { ok: false, failure: prepared.failure, left: [] };
  const undos: Undo[] = [];
  const kept: string[] = [];
  for (const change of changes) {
    const failure = await makeChange(on, change, prepared.files.get(change.path), undos, kept);
    if (failure === null) continue;
    const left: string[] = [];
    for (const undo of undos.toReversed()) {
      const stranded = await undo();
      if (stranded !== null) left.push(stranded);
    }
    for (const file of prepared.files.values()) await file.discard();
    return { ok: false, failure, left };
  }
  // A name that stays behind does no harm: the next run sweeps it.
  for (const name of kept) await on.disk.unlink(name).catch(() => undefined);
  return { ok: true };
}

async function prepareAll(
  on: FileChanging,
  changes: readonly FileChange[],
): Promise<
  | { readonly ok: true; readonly files: ReadonlyMap<string, PreparedFile> }
  | { readonly ok: false; readonly failure: StorageFailure }
> {
  const files = new Map<string, PreparedFile>();
  for (const { path, text } of changes) {
    if (text === null) continue;
    const prepared = await prepareFile(on, path, text, FILE_MODE);
    if (!prepared.ok) {
      for (const file of files.values()) await file.discard();
      return { ok: false, failure: prepared.failure };
    }
    files.set(path, prepared.file);
  }
  return { ok: true, files };
}

async function makeChange(
  on: FileChanging,
  { path }: FileChange,
  file: PreparedFile | undefined,
  undos: Undo[],
  kept: string[],
): Promise<StorageFailure | null> {
  try {
    const name = await keep(on.disk, path);
    if (name !== null) kept.push(name);
    undos.push(() => putBack(on.disk, path, name));
    if (file === undefined) {
      if (name !== null) await on.disk.unlink(path);
      return null;
    }
    const stored = await file.commit();
    if (!stored.ok) return stored.failure;
    const wrong = await on.protect(path);
    if (wrong === null) return null;
    return {
      ...{ path, code: 'untrusted' },
      message: `${path} would not be trusted: ${wrong}`,
      help: 'Mend the folder.',
    };
  } catch (error) {
    return storageFailure(path, 'written', error);
  }
}

/** Gives a file a second name; `null` where there is no file. */
async function keep(disk: MachineDisk, path: string): Promise<string | null> {
  const name = join(dirname(path), `.${basename(path)}.${process.pid}-kept.tmp`);
  await disk.unlink(name).catch(() => undefined);
  try {
    await disk.link(path, name);
    return name;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

async function putBack(disk: MachineDisk, path: string, name: string | null): Promise<string | null> {
  try {
    if (name === null) await disk.unlink(path);
    else {
      await disk.rename(name, path);
      // Renaming one name of a file to another of the same file does nothing and says so to nobody.
      await disk.unlink(name).catch(() => undefined);
    }
    return null;
  } catch (error) {
    if (name === null && errorCode(error) === 'ENOENT') return null;
    return name === null ? `${path} could not be removed` : `${path} could not be put back: it is in ${name}`;
  }
}

/** Makes what is missing of the folders, topmost first; none of them stays when one fails. */
export async function makeFolders(
  disk: MachineDisk,
  folders: readonly string[],
): Promise<
  | { readonly ok: true; readonly made: readonly string[] }
  | { readonly ok: false; readonly failure: StorageFailure }
> {
  const made: string[] = [];
  for (const folder of folders) {
    try {
      for (const missing of await missingOf(disk, folder)) {
        if (await makeOne(disk, missing)) made.push(missing);
      }
    } catch (error) {
      await removeFolders(disk, made);
      return { ok: false, failure: storageFailure(folder, 'written', error) };
    }
  }
  return { ok: true, made };
}

/** False where another program was quicker: then the folder is not ours to remove. */
async function makeOne(disk: MachineDisk, path: string): Promise<boolean> {
  try {
    await disk.makeFolder(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && (await disk.stat(path)).isDirectory()) return false;
    throw error;
  }
}

/** Removes folders of ours, innermost first; one that holds something else stays. */
export async function removeFolders(disk: MachineDisk, folders: readonly string[]): Promise<void> {
  const innermost = folders.toSorted((one, other) => other.length - one.length);
  for (const folder of innermost) await disk.removeFolder(folder).catch(() => undefined);
}

async function missingOf(disk: MachineDisk, folder: string): Promise<string[]> {
  const missing: string[] = [];
  for (let step = folder; ; step = dirname(step)) {
    try {
      await disk.stat(step);
      return missing;
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' || step === dirname(step)) throw error;
      missing.unshift(step);
    }
  }
}
