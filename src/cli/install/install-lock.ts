import { constants, type FileHandle, open, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { tryFileLock } from '../../agent/files/file-lock.ts';
import { errorCode, storageFailure, storageRefusal } from '../../agent/files/storage-failure.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { makeFolders, removeFolders } from './file-changes.ts';
import { type Installing, occupied } from './installing.ts';

/** How often, and how long apart in milliseconds, the lock is asked for while another run has it: 30 seconds in all. */
const LOOKS = 600;
const LOOK_MS = 50;

/** The lock is held. */
interface InstallLock {
  /** Folders that were made for it: they are removed again with the lock if nothing comes to stand in them. */
  readonly made: readonly string[];
  readonly release: () => Promise<void>;
}

/**
 * One run at a time changes the files of a machine: a fleet's tool and a package's own script may call at once, and
 * each would sweep the other's texts away as those of a killed run. The lock is a file in the folder of the manifest,
 * which administrators alone write to, and is gone with the run.
 *
 * @param manifest where the manifest is or will be.
 */
export async function lockInstallation(on: Installing, manifest: string): Promise<InstallLock | Refusal> {
  const folder = dirname(manifest);
  const path = join(folder, 'install.lock');
  for (let look = 0; look < LOOKS; look += 1) {
    if (look > 0) await new Promise<void>((resolve) => on.files.clock.after(LOOK_MS, resolve));
    const folders = await makeFolders(on.files.disk, [folder]);
    // A removal that ends just now takes the folders away one by one.
    if (!folders.ok && folders.failure.code === 'ENOENT') continue;
    if (!folders.ok) return storageRefusal(folders.failure);
    const { made } = folders;
    const taken = await takeLock(on, folder, path);
    if (taken !== null && 'code' in taken) {
      await removeFolders(on.files.disk, made);
      return taken;
    }
    if (taken !== null)
      return {
        made,
        release: async () => {
          await taken.release();
          await removeFolders(on.files.disk, made);
        },
      };
  }
  return {
    code: 'conflict',
    message:
      'Another "mooring install" or "mooring uninstall" has been at work for 30 seconds. Nothing was changed.',
    help: 'Wait until it has ended, and run the command again.',
    details: { path },
  };
}

/** `null`: another run has it, or its file was gone by the time we had it. */
async function takeLock(
  on: Installing,
  folder: string,
  path: string,
): Promise<{ readonly release: () => Promise<void> } | Refusal | null> {
  const wrong = await on.protectFolder(folder);
  if (wrong !== null) return occupied(folder, wrong);
  let mine: FileHandle;
  try {
    mine = await open(path, constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), 0o600);
  } catch (error) {
    // The folder was removed meanwhile, by whoever had made it for nothing.
    if (errorCode(error) === 'ENOENT') return null;
    if (errorCode(error) === 'ELOOP') return occupied(path, 'a link stands in its place');
    return storageRefusal(storageFailure(path, 'written', error));
  }
  const taken = await tryFileLock(path);
  // Closed before the lock is let go it would take the lock with it: POSIX drops them at the first close.
  if (taken.ok && (await isSameFile(mine, path)))
    return {
      release: async () => {
        // While it is held, where the system allows that: whoever waits for it then knows that it has a file that is gone.
        await unlink(path).catch(() => undefined);
        taken.release();
        await mine.close();
        if (on.files.windows) await unlink(path).catch(() => undefined);
      },
    };
  if (taken.ok) taken.release();
  await mine.close();
  return taken.ok || taken.reason === 'held' ? null : storageRefusal(taken.failure);
}

/** As long as we hold the file open its number is no other's: so the path led to it all the time, and the lock is on it. */
async function isSameFile(mine: FileHandle, path: string): Promise<boolean> {
  const [held, there] = await Promise.all([
    mine.stat({ bigint: true }),
    stat(path, { bigint: true }).catch(() => null),
  ]);
  return there !== null && there.ino === held.ino && there.dev === held.dev;
}
