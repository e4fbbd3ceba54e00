import { createHash } from 'node:crypto';
import type { Stored } from '../files/storage-failure.ts';
import type { DriftLog } from './drift-log.ts';
import type { FileRights } from './file-rights.ts';
import type { StoreFile, StoreReading } from './store-file.ts';

/** What repairs of rights are announced on; no mark of a store is this. */
export const ON_RIGHTS = 'rights';

/** What a store is repaired on: once it has been, something else is found there. */
export function markOf(found: StoreReading): string {
  if (found.kind !== 'read') return found.kind;
  return createHash('sha256').update(found.text).digest('base64url');
}

/**
 * An agent that was killed between a repair and its line in the log: the line is entered now, unless what was to be
 * repaired still stands there, which is then found and repaired anew. Told apart by what is there now; where somebody
 * changed it meanwhile it counts as repaired, since what was wrong is gone.
 */
export async function enterUnfinished(parts: {
  readonly drift: DriftLog;
  readonly store: StoreFile;
  readonly rights: FileRights;
}): Promise<Stored> {
  const { drift } = parts;
  const unfinished = drift.unfinished();
  if (unfinished === null) return { ok: true };
  const { begun, on } = unfinished;
  const stillWrong = on === ON_RIGHTS ? await parts.rights.wrong() : [];
  const made =
    on === ON_RIGHTS
      ? begun.filter(({ file }) => !stillWrong.some((wrong) => wrong.file === file))
      : markOf(await parts.store.read(true)) === on
        ? []
        : begun;
  return made.length === 0 ? drift.giveUp() : drift.append(made);
}
