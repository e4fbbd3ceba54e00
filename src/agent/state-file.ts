import { readFile } from 'node:fs/promises';
import { systemClock } from './clock.ts';
import { type Disk, systemDisk } from './files/disk.ts';
import { type DurableWriting, replaceFile } from './files/durable-file.ts';

/** The agent's small state files. An interface, so that a test can make the disk fail between two steps. */
export interface StateFiles {
  /** The text, or `null` where there is no file. Rejects where it cannot be read. */
  readonly read: (path: string) => Promise<string | null>;
  /** A reader sees the old text or the new one, never a part; on disk when it resolves. Rejects on failure. */
  readonly write: (path: string, text: string) => Promise<void>;
  /** Resolves also where there was no file. */
  readonly remove: (path: string) => Promise<void>;
}

/** State files on disk: mode 0600, in directories of mode 0700, written beside, synced, then renamed. */
export function diskFiles(disk: Disk = systemDisk()): StateFiles {
  const writing: DurableWriting = {
    disk,
    clock: systemClock(),
    windows: process.platform === 'win32',
  };
  return {
    read: async (path) => {
      try {
        return await readFile(path, 'utf8');
      } catch (error) {
        if (isAbsent(error)) return null;
        throw error;
      }
    },
    write: async (path, text) => {
      const stored = await replaceFile(writing, path, text);
      if (!stored.ok) throw new Error(stored.failure.message);
    },
    remove: async (path) => {
      try {
        await disk.unlink(path);
      } catch (error) {
        if (!isAbsent(error)) throw error;
      }
    },
  };
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
