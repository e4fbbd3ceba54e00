import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from './storage-failure.ts';

/**
 * Makes a folder, and those above it, with mode 0700; answers with the first it had to make, or nothing where it was
 * there. Throws the system's error. Node's own recursive form is not used: it never ends where a folder is there and
 * refuses new entries as if it were not, as those of `/proc` do.
 */
export function makeFolder(path: string): string | undefined {
  try {
    mkdirSync(path, { mode: 0o700 });
    return path;
  } catch (error) {
    if (isFolder(path)) return undefined;
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
  }
  const made = makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have been quicker.
    if (!isFolder(path)) throw error;
  }
  return made ?? path;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
