import { dirname } from 'node:path';
import { sweepTemporaries } from '../../agent/files/durable-file.ts';
import { readText } from '../../agent/files/read-text.ts';
import { errorCode, storageRefusal } from '../../agent/files/storage-failure.ts';
import type { Layout } from '../../agent/paths.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { changeFiles, type FileChange, removeFolders } from './file-changes.ts';
import { lockInstallation } from './install-lock.ts';
import { failed, type Installing } from './installing.ts';
import { type MachinePlaces, machinePlaces } from './machine-files.ts';
import { digest, knownFiles, readManifest } from './manifest.ts';

/** Removes what `mooring install` wrote, all of it or nothing; answers with the files that were removed. */
export async function uninstall(
  on: Installing,
  force: boolean,
): Promise<{ readonly removed: readonly string[] } | Refusal> {
  const own = machinePlaces(on.host, 'mooring', on.pathsOf);
  // A run notes there what it is going to write before it writes anything: without the folder there is nothing of ours.
  if (await isAbsent(on, dirname(own.manifest))) return { removed: [] };
  const lock = await lockInstallation(on, own.manifest);
  if ('code' in lock) return lock;
  const done = await uninstallLocked(on, force, own).finally(lock.release);
  if ('code' in done) return done;
  // The lock stood in one of them.
  await removeFolders(on.files.disk, done.folders);
  return { removed: done.removed };
}

async function isAbsent({ files }: Installing, folder: string): Promise<boolean> {
  try {
    await files.disk.stat(folder);
    return false;
  } catch (error) {
    return errorCode(error) === 'ENOENT';
  }
}

async function uninstallLocked(
  on: Installing,
  force: boolean,
  own: MachinePlaces,
): Promise<{ readonly removed: readonly string[]; readonly folders: readonly string[] } | Refusal> {
  const { disk } = on.files;
  const found = await readManifest(own.manifest, on.trust);
  if ('code' in found) return found;
  const { manifest } = found;
  const placesOf = (layout: Layout) => machinePlaces(on.host, layout, on.pathsOf).places;
  // A run that was killed may have left texts that never came to stand in their place.
  for (const layout of ['mooring', 'docker'] as const)
    for (const path of [...Object.values(placesOf(layout)), own.manifest]) await sweepTemporaries(disk, path);
  if (manifest === null) return { removed: [], folders: [] };
  const known = knownFiles(manifest, placesOf);
  const changes: FileChange[] = [];
  const altered: string[] = [];
  for (const path of new Set(known.map((each) => each.path))) {
    const reading = await readText(disk, path);
    if (reading.kind === 'unreadable') return storageRefusal(reading.failure);
    if (reading.kind === 'absent') continue;
    const found = reading.kind === 'text' ? digest(reading.text) : null;
    const here = known.filter((each) => each.path === path);
    const same = here.some((each) => each.digest === found);
    // A run that was killed never came to write this one: it is somebody else's.
    if (!same && here.every(({ pending }) => pending)) continue;
    // A folder or pipe in its place is not ours to remove, whoever insists.
    const removable = reading.kind !== 'occupied' || reading.by === 'link';
    if (removable) changes.push({ path, text: null });
    if (!same && !(force && removable)) altered.push(path);
  }
  if (altered.length > 0) return alteredFiles(altered);
  const changed = await changeFiles(on.files, [...changes, { path: own.manifest, text: null }]);
  if (!changed.ok) return failed(changed.failure, changed.left);
  return { removed: changes.map(({ path }) => path), folders: manifest.folders };
}

function alteredFiles(paths: readonly string[]): Refusal {
  return {
    code: 'conflict',
    message: `${paths.join(', ')} changed since "mooring install" wrote ${paths.length === 1 ? 'it' : 'them'}. Nothing was removed.`,
    help: 'Keep a copy where it is needed, and run the command again with --force to remove it.',
    details: { paths },
  };
}
