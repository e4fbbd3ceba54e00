import { access, chmod, constants, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { makeFolder } from './files/make-folder.ts';
import { errorCode, type StorageFailure, storageFailure } from './files/storage-failure.ts';
import type { AgentPaths } from './paths.ts';

const holderSchema = z.object({
  pid: z.int(),
  /** `agent`: listens on `socket`. `command`: works for one command and soon lets go. */
  kind: z.enum(['agent', 'command']),
  startedAt: z.string(),
  /** Socket path or pipe name; absent for a command. */
  socket: z.string().optional(),
});

/** Who holds the lock, as they wrote it. Information for people and for finding the socket, never proof of life. */
export type LockHolder = z.infer<typeof holderSchema>;

/** Held until `release`, or until the process ends however it ends. */
export interface AgentLock {
  /** Replaces what others read about the holder; false where that cannot be written, as on a full disk. */
  announce(holder: LockHolder): Promise<boolean>;
  release(): Promise<void>;
}

export type AcquiredLock =
  | { readonly ok: true; readonly lock: AgentLock }
  | { readonly ok: false; readonly reason: 'held'; readonly heldBy: LockHolder | null }
  | { readonly ok: false; readonly reason: 'unusable'; readonly failure: StorageFailure };

/** SQLite result code SQLITE_BUSY, and the low byte of every extended code of it. */
const SQLITE_BUSY = 5;

/**
 * One agent per user-data directory. The lock is the operating system's own lock on a file, taken through SQLite's
 * exclusive transaction because Node offers no file locks and SQLite's hold on mac, Windows and Linux. The system
 * drops it when the process dies, whatever killed it: so there is no stale lock to judge, no process id that another
 * program may have by now, and of two starters at once exactly one wins. A lock file with a pid or a time stamp
 * (the usual libraries) has all three troubles.
 *
 * Nothing else may open the lock file: POSIX drops a process's locks when it closes any handle on the file.
 */
export async function acquireAgentLock(
  paths: Pick<AgentPaths, 'lock' | 'endpoint'>,
  holder: LockHolder,
): Promise<AcquiredLock> {
  try {
    makeFolder(dirname(paths.lock));
  } catch (error) {
    return { ok: false, reason: 'unusable', failure: storageFailure(paths.lock, 'written', error) };
  }
  // Imported late: a command that finds a running agent never needs it.
  const { DatabaseSync } = await import('node:sqlite');
  let database: InstanceType<typeof DatabaseSync> | null = null;
  try {
    database = new DatabaseSync(paths.lock, { timeout: 0 });
    // Without a journal beside it, which nothing here needs and a full disk would refuse.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (isBusy(error)) return { ok: false, reason: 'held', heldBy: await wordsOfHolder(paths) };
    return { ok: false, reason: 'unusable', failure: await whyUnusable(paths.lock, error) };
  }
  const held = database;
  try {
    // Also the proof that the lock is a real one: on a disk that is mounted read-only SQLite locks nothing.
    await chmod(paths.lock, 0o600);
  } catch (error) {
    held.close();
    return { ok: false, reason: 'unusable', failure: storageFailure(paths.lock, 'written', error) };
  }
  const announce = (who: LockHolder) => announceAt(paths.endpoint, who);
  // A full disk takes the lock, which is empty, and not the words: the lock is what counts.
  await announce(holder);
  return {
    ok: true,
    lock: {
      announce,
      release: async () => {
        // Before the lock goes: afterwards the file may already be the next holder's.
        await rm(paths.endpoint, { force: true }).catch(() => undefined);
        held.close();
      },
    },
  };
}

/** What the holder wrote about itself; `null` when nothing readable is there. */
export async function readLockHolder(paths: Pick<AgentPaths, 'endpoint'>): Promise<LockHolder | null> {
  try {
    const parsed = holderSchema.safeParse(JSON.parse(await readFile(paths.endpoint, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Looks, 25 ms apart, for words that a holder who has just taken the lock is about to write. */
const LOOKS = 40;

/** What a holder says of itself, waited for a moment: between its lock and its words others may come. */
async function wordsOfHolder(paths: Pick<AgentPaths, 'endpoint'>): Promise<LockHolder | null> {
  for (let look = 1; ; look += 1) {
    const holder = await readLockHolder(paths);
    if (holder !== null || look === LOOKS) return holder;
    await new Promise((done) => setTimeout(done, 25));
  }
}

function isBusy(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error)) return false;
  return typeof error.errcode === 'number' && (error.errcode & 0xff) === SQLITE_BUSY;
}

/** A killed holder leaves its own words behind; where they cannot be replaced they must not be taken for ours. */
async function announceAt(endpoint: string, holder: LockHolder): Promise<boolean> {
  try {
    await writeFile(endpoint, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
    return true;
  } catch {
    await rm(endpoint, { force: true }).catch(() => undefined);
    return false;
  }
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
    help: 'Remove that file while no agent runs; it is made anew.',
  };
}
