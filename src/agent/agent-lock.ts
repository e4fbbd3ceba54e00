import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
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
  /** Replaces what others read about the holder. */
  announce(holder: LockHolder): Promise<void>;
  release(): Promise<void>;
}

export type AcquiredLock =
  | { readonly ok: true; readonly lock: AgentLock }
  | { readonly ok: false; readonly reason: 'held'; readonly heldBy: LockHolder | null }
  | { readonly ok: false; readonly reason: 'unusable'; readonly message: string };

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
    await mkdir(dirname(paths.lock), { recursive: true, mode: 0o700 });
  } catch (error) {
    return { ok: false, reason: 'unusable', message: messageOf(error) };
  }
  // Imported late: a command that finds a running agent never needs it.
  const { DatabaseSync } = await import('node:sqlite');
  let database: InstanceType<typeof DatabaseSync> | null = null;
  try {
    database = new DatabaseSync(paths.lock, { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (isBusy(error)) return { ok: false, reason: 'held', heldBy: await readLockHolder(paths) };
    return { ok: false, reason: 'unusable', message: messageOf(error) };
  }
  const held = database;
  const announce = async (who: LockHolder) => {
    await writeFile(paths.endpoint, `${JSON.stringify(who)}\n`, { mode: 0o600 });
  };
  try {
    await chmod(paths.lock, 0o600);
    // A killed holder leaves its own words behind; they must not be taken for ours.
    await announce(holder);
  } catch (error) {
    held.close();
    return { ok: false, reason: 'unusable', message: messageOf(error) };
  }
  return {
    ok: true,
    lock: {
      announce,
      release: async () => {
        // Before the lock goes: afterwards the file may already be the next holder's.
        await rm(paths.endpoint, { force: true });
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

function isBusy(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error)) return false;
  return typeof error.errcode === 'number' && (error.errcode & 0xff) === SQLITE_BUSY;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
