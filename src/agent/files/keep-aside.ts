import { basename, dirname, join } from 'node:path';
import { type DurableWriting, moveAside, replaceFile } from './durable-file.ts';
import { errorCode, type Stored, storageFailure } from './storage-failure.ts';

/** So many ruined files of one name are kept; a program that ruins ours over and over must not fill the disk. */
const MOST_KEPT = 20;

/** Where something was kept, or why it could not be. */
export type Kept = { readonly ok: true; readonly aside: string } | Extract<Stored, { ok: false }>;

/**
 * Keeps a ruined file as `<name>.<timestamp>.bad.json` and leaves it in place to be replaced, so that no reader finds
 * nothing in between. `now` is in milliseconds since 1970.
 */
export async function keepRuined(on: DurableWriting, path: string, now: number): Promise<Kept> {
  const name = (attempt: number) => asideName(path, now, attempt, '.bad.json');
  try {
    for (let attempt = 0; attempt < 1000; attempt += 1) {
      const aside = join(dirname(path), name(attempt));
      try {
        await on.disk.link(path, aside);
        await forgetOldest(on, path);
        return { ok: true, aside };
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error;
      }
    }
    return { ok: false, failure: storageFailure(path, 'written', new Error('no free name')) };
  } catch {
    // Some file systems know no second names for a file.
    return moveAside(on, path, name);
  }
}

/** Moves a folder, link or device out of a file's place, as `<name>.<timestamp>.bad`. */
export function moveOccupant(on: DurableWriting, path: string, now: number): Promise<Kept> {
  return moveAside(on, path, (attempt) => asideName(path, now, attempt, '.bad'));
}

/** Replaces one of the agent's own files; a folder somebody put in its place is moved aside first. */
export async function replaceOwnFile(
  on: DurableWriting,
  path: string,
  text: string,
  now: number,
  mode?: number,
): Promise<Stored> {
  const first = await replaceFile(on, path, text, mode);
  if (first.ok) return first;
  const found = await on.disk.lstat(path).catch(() => null);
  if (found?.isDirectory() !== true) return first;
  const moved = await moveOccupant(on, path, now);
  return moved.ok ? replaceFile(on, path, text, mode) : first;
}

function asideName(path: string, now: number, attempt: number, ending: string): string {
  const stamp = new Date(now).toISOString().replace(/[-:.]/g, '');
  return `${stem(path)}.${stamp}${attempt === 0 ? '' : `-${attempt}`}${ending}`;
}

function stem(path: string): string {
  return basename(path).replace(/\.json$/, '');
}

async function forgetOldest(on: DurableWriting, path: string): Promise<void> {
  const start = `${stem(path)}.`;
  const names = await on.disk.readdir(dirname(path)).catch(() => []);
  const kept = names.filter(
    (name) => name.startsWith(start) && /^\d{8}T\d{9}Z(-\d+)?\.bad\.json$/.test(name.slice(start.length)),
  );
  for (const name of kept.toSorted().slice(0, -MOST_KEPT)) {
    await on.disk.unlink(join(dirname(path), name)).catch(() => undefined);
  }
}
