import { sweepTemporaries } from '../../agent/files/durable-file.ts';
import { readText } from '../../agent/files/read-text.ts';
import { storageRefusal } from '../../agent/files/storage-failure.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { changeFiles, type FileChange, removeFolders } from './file-changes.ts';
import { failed, type Installing } from './install.ts';
import { MACHINE_FILES, machinePlaces } from './machine-files.ts';
import { digest, readManifest } from './manifest.ts';

/** Removes what `mooring install` wrote, all of it or nothing; answers with the files that were removed. */
export async function uninstall(
  on: Installing,
  force: boolean,
): Promise<{ readonly removed: readonly string[] } | Refusal> {
  const { disk } = on.files;
  const own = machinePlaces(on.host, 'mooring', on.pathsOf);
  const found = await readManifest(own.manifest, on.trust);
  if ('code' in found) return found;
  const { manifest } = found;
  if (manifest === null) return { removed: [] };
  const { places } = machinePlaces(on.host, manifest.layout, on.pathsOf);
  const changes: FileChange[] = [];
  const altered: string[] = [];
  for (const file of MACHINE_FILES) {
    const path = places[file];
    const known = manifest.files[file];
    if (known === undefined) continue;
    await sweepTemporaries(disk, path);
    const reading = await readText(disk, path);
    if (reading.kind === 'unreadable') return storageRefusal(reading.failure);
    if (reading.kind === 'absent') continue;
    // A folder or pipe in its place is not ours to remove, whoever insists.
    const removable = reading.kind !== 'occupied' || reading.by === 'link';
    if (removable) changes.push({ path, text: null });
    const same = reading.kind === 'text' && digest(reading.text) === known;
    if (!same && !(force && removable)) altered.push(path);
  }
  if (altered.length > 0) return alteredFiles(altered);
  const changed = await changeFiles(on.files, [...changes, { path: own.manifest, text: null }]);
  if (!changed.ok) return failed(changed.failure, changed.left);
  await removeFolders(disk, manifest.folders);
  return { removed: changes.map(({ path }) => path) };
}

function alteredFiles(paths: readonly string[]): Refusal {
  return {
    code: 'conflict',
    message: `${paths.join(', ')} changed since "mooring install" wrote ${paths.length === 1 ? 'it' : 'them'}. Nothing was removed.`,
    help: 'Keep a copy where it is needed, and run the command again with --force to remove it.',
    details: { paths },
  };
}
