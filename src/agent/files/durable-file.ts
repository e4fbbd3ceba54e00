import { basename, dirname, join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Disk } from './disk.ts';
import { errorCode, type Stored, storageFailure } from './storage-failure.ts';

/** How often, and how long apart in milliseconds, a rename is tried again that another program's open handle refused. */
const RENAME_WAITS: readonly number[] = [5, 10, 20, 40, 80, 160, 320];
/** Windows refuses to replace a file that somebody holds open: virus scanners do, for a moment. */
const HELD_OPEN = new Set(['EPERM', 'EACCES', 'EBUSY']);
/** File systems that cannot sync a folder say so with one of these; the rename is then as safe as they make it. */
const CANNOT_SYNC_FOLDER = new Set(['EINVAL', 'ENOTSUP', 'EISDIR', 'EBADF']);

/** What durable writing stands on. */
export interface DurableWriting {
  readonly disk: Disk;
  readonly clock: Pick<Clock, 'after'>;
  /** True on Windows, where renames meet open handles and folders cannot be synced. */
  readonly windows: boolean;
}

let temporaries = 0;

/** A text that is safely on disk beside the file whose place it will take. */
export interface PreparedFile {
  /** Takes the place of the file. */
  readonly commit: () => Promise<Stored>;
  readonly discard: () => Promise<void>;
}

/**
 * Replaces a file so that a reader sees the old text or the new one, and a power cut leaves one of the two: written
 * beside it, synced, renamed, folder synced. Keeps the mode of the file it replaces; a new one gets 0600, since a
 * proxy address may hold a password; `mode` decides for both. Links are replaced, not followed. Missing folders are made with mode 0700.
 *
 * The library write-file-atomic was tried and left: it follows a link in the file's place, takes a short write on a
 * disk that is just full for a whole one, and does not sync the folder.
 */
export async function replaceFile(
  on: DurableWriting,
  path: string,
  text: string,
  mode?: number,
): Promise<Stored> {
  const prepared = await prepareFile(on, path, text, mode);
  return prepared.ok ? prepared.file.commit() : prepared;
}

/** The first half of `replaceFile`, for whoever has to look once more before the old text is gone. */
export async function prepareFile(
  on: DurableWriting,
  path: string,
  text: string,
  mode?: number,
): Promise<{ readonly ok: true; readonly file: PreparedFile } | Extract<Stored, { ok: false }>> {
  const folder = dirname(path);
  temporaries += 1;
  const temporary = join(folder, temporaryName(basename(path), `${process.pid}-${temporaries}`));
  // Often there is nothing to remove; what stays behind is swept at the next start.
  const discard = () => on.disk.unlink(temporary).catch(() => undefined);
  const failed = async (error: unknown): Promise<Extract<Stored, { ok: false }>> => {
    await discard();
    return { ok: false, failure: storageFailure(path, 'written', error) };
  };
  const commit = async (made: string | undefined): Promise<Stored> => {
    try {
      await renameOver(on, temporary, path);
      await syncFolder(on, folder);
      // A folder that was just made is itself only an entry of the one above it.
      if (made !== undefined) await syncFoldersAbove(on, folder, made);
      return { ok: true };
    } catch (error) {
      return failed(error);
    }
  };
  try {
    const made = await on.disk.mkdir(folder);
    await writeWhole(on, temporary, new TextEncoder().encode(text), mode ?? (await modeOf(on.disk, path)));
    return { ok: true, file: { commit: () => commit(made), discard } };
  } catch (error) {
    return failed(error);
  }
}

/**
 * Moves what stands at `path` to a free name made by `name(attempt)` in the same folder, and answers with it.
 * Never overwrites what was moved aside before.
 */
export async function moveAside(
  on: DurableWriting,
  path: string,
  name: (attempt: number) => string,
): Promise<{ readonly ok: true; readonly aside: string } | Extract<Stored, { ok: false }>> {
  try {
    for (let attempt = 0; ; attempt += 1) {
      const aside = join(dirname(path), name(attempt));
      if (await exists(on.disk, aside)) continue;
      await renameOver(on, path, aside);
      await syncFolder(on, dirname(path));
      return { ok: true, aside };
    }
  } catch (error) {
    return { ok: false, failure: storageFailure(path, 'written', error) };
  }
}

/** Removes what killed writers of `path` left beside it. Only for whoever holds the agent lock: nobody else writes. */
export async function sweepTemporaries(disk: Disk, path: string): Promise<void> {
  const name = basename(path);
  const names = await disk.readdir(dirname(path)).catch(() => []);
  for (const each of names) {
    if (!each.startsWith(`.${name}.`) || !each.endsWith('.tmp')) continue;
    await disk.unlink(join(dirname(path), each)).catch(() => undefined);
  }
}

function temporaryName(name: string, unique: string): string {
  return `.${name}.${unique}.tmp`;
}

async function modeOf(disk: Disk, path: string): Promise<number> {
  try {
    const found = await disk.lstat(path);
    // Whatever else its mode forbids: a file that its owner cannot read is no use to anybody.
    return found.isFile() ? (found.mode & 0o777) | 0o400 : 0o600;
  } catch {
    return 0o600;
  }
}

async function writeWhole(on: DurableWriting, path: string, bytes: Uint8Array, mode: number): Promise<void> {
  // A killed writer with our process id, in a life before ours, may have left this very name.
  await on.disk.unlink(path).catch(() => undefined);
  const file = await on.disk.open(path, 'create');
  try {
    for (let offset = 0; offset < bytes.byteLength; ) {
      // A disk with a little room left takes a part and reports no error: only the next write fails.
      const { bytesWritten } = await file.write(bytes, offset);
      if (bytesWritten === 0) throw new Error('the disk took nothing');
      offset += bytesWritten;
    }
    if (mode !== 0o600 && !on.windows) await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function renameOver(on: DurableWriting, from: string, to: string): Promise<void> {
  for (const wait of on.windows ? RENAME_WAITS : []) {
    try {
      return await on.disk.rename(from, to);
    } catch (error) {
      if (!HELD_OPEN.has(errorCode(error))) throw error;
      await new Promise<void>((resolve) => on.clock.after(wait, resolve));
    }
  }
  await on.disk.rename(from, to);
}

async function syncFoldersAbove(on: DurableWriting, folder: string, made: string): Promise<void> {
  for (let above = dirname(folder); ; above = dirname(above)) {
    await syncFolder(on, above);
    if (above === dirname(made) || above === dirname(above)) return;
  }
}

async function syncFolder(on: DurableWriting, folder: string): Promise<void> {
  if (on.windows) return;
  const handle = await on.disk.open(folder, 'read');
  try {
    await handle.sync();
  } catch (error) {
    if (!CANNOT_SYNC_FOLDER.has(errorCode(error))) throw error;
  } finally {
    await handle.close();
  }
}

async function exists(disk: Disk, path: string): Promise<boolean> {
  try {
    await disk.lstat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
