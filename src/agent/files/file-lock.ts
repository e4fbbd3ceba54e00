import { access, chmod, constants, open, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode, type StorageFailure, storageFailure } from './storage-failure.ts';

/** A lock that was taken, or why not. */
export type TakenFileLock =
  | { readonly ok: true; readonly release: () => void }
  | { readonly ok: false; readonly reason: 'held' }
  | { readonly ok: false; readonly reason: 'unusable'; readonly failure: StorageFailure };

/** SQLite result code SQLITE_BUSY, and the low byte of every extended code of it. */
const SQLITE_BUSY = 5;

/**
 * Takes a lock, or says at once that another has it. It is the operating system's own lock on a file, taken through
 * SQLite's exclusive transaction because Node offers no file locks and SQLite's hold on mac, Windows and Linux. The
 * system drops it when the process dies, whatever killed it: so there is no stale lock to judge, no process id that
 * another program may have by now, and of two at once exactly one wins. A lock file with a pid or a time stamp
 * (the usual libraries) has all three troubles.
 *
 * Nothing else may open the lock file: POSIX drops a process's locks when it closes any handle on the file.
 */
export async function tryFileLock(path: string): Promise<TakenFileLock> {
  // Imported late: a command that finds a running agent never needs it.
  const { DatabaseSync } = await import('node:sqlite');
  let database: InstanceType<typeof DatabaseSync> | null = null;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    // Without a journal beside it, which nothing here needs and a full disk would refuse.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (isBusy(error)) return { ok: false, reason: 'held' };
    return { ok: false, reason: 'unusable', failure: await whyUnusable(path, error) };
  }
  const held = database;
  try {
    // Also the proof that the lock is a real one: on a disk that is mounted read-only SQLite locks nothing.
    await chmod(path, 0o600);
  } catch (error) {
    held.close();
    return { ok: false, reason: 'unusable', failure: storageFailure(path, 'written', error) };
  }
  return { ok: true, release: () => held.close() };
}

function isBusy(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error)) return false;
  return typeof error.errcode === 'number' && (error.errcode & 0xff) === SQLITE_BUSY;
}

/** SQLite says only that it could not open the file: the system is asked for the reason. */
async function whyUnusable(lock: string, error: unknown): Promise<StorageFailure> {
  try {
    const folder = dirname(lock);
    const present = await stat(lock).catch(() => null);
    if (present?.isDirectory() === true) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    // Never opened, only asked about: closing any handle on the lock would drop a lock that this process holds.
    if (present !== null) await access(lock, constants.W_OK);
    await access(folder, constants.W_OK);
    const probe = `${lock}.${process.pid}.probe`;
    const file = await open(probe, 'w', 0o600);
    await file
      .write('mooring')
      .finally(() => file.close())
      .finally(() => rm(probe, { force: true }));
  } catch (reason) {
    return storageFailure(lock, 'written', reason);
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    ...{ path: lock, code: errorCode(error), message: `${lock} could not be used: ${message}.` },
    help: 'Remove that file while nothing of Mooring runs; it is made anew.',
  };
}
