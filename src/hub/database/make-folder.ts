import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it, with mode 0700; one that is there stays as it is. Throws the system's error.
 * Node's own recursive form is not used: it never ends where a folder is there and refuses new entries as if it were
 * not, as those of `/proc` do.
 */
export function makeFolder(path: string): void {
  const above = dirname(path);
  if (above !== path && !isFolder(above)) makeFolder(above);
  mkdirOrFind(path);
}

function mkdirOrFind(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!isFolder(path)) throw error;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
