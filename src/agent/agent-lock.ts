import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { tryFileLock } from './files/file-lock.ts';
import { makeFolder } from './files/make-folder.ts';
import { type StorageFailure, storageFailure } from './files/storage-failure.ts';
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

/** One agent per user-data directory: of two starters at once exactly one wins (`tryFileLock`). */
export async function acquireAgentLock(
  paths: Pick<AgentPaths, 'lock' | 'endpoint'>,
  holder: LockHolder,
): Promise<AcquiredLock> {
  try {
    makeFolder(dirname(paths.lock));
  } catch (error) {
    return { ok: false, reason: 'unusable', failure: storageFailure(paths.lock, 'written', error) };
  }
  const taken = await tryFileLock(paths.lock);
  if (!taken.ok && taken.reason === 'held') return { ...taken, heldBy: await wordsOfHolder(paths) };
  if (!taken.ok) return taken;
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
        taken.release();
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
