import type { DurableWriting } from './durable-file.ts';

/** Who may do what with a file of ours. */
export interface Rights {
  /** Bits that the owner must have. */
  readonly owner: number;
  /** Bits that nobody else may have. */
  readonly others: number;
}

/** The user's alone: what only the agent reads. */
export const PRIVATE: Rights = { owner: 0o600, others: 0o077 };
/** Other programs may be let in to read it; whoever else could write it would decide the user's settings. */
export const READ_BY_OTHERS: Rights = { owner: 0o600, others: 0o022 };

/** Rights that were put right, as `chmod` writes them: `0666`. */
export interface RightsRepair {
  readonly wrong: string;
  readonly right: string;
}

/**
 * Gives a file of ours the rights it must have; answers what was wrong, `null` where nothing was. On Windows the folder's
 * own list decides who may do what, and there is no such mode.
 */
export async function keepRights(
  on: DurableWriting,
  path: string,
  rights: Rights,
): Promise<RightsRepair | null> {
  if (on.windows) return null;
  try {
    const found = await on.disk.lstat(path);
    if (!found.isFile()) return null;
    const mode = found.mode & 0o777;
    const right = (mode | rights.owner) & ~rights.others;
    if (mode === right) return null;
    // By the open file, so that a link put in its place meanwhile leads nowhere.
    const file = await on.disk.open(path, 'read');
    try {
      await file.chmod(right);
    } finally {
      await file.close();
    }
    return { wrong: octal(mode), right: octal(right) };
  } catch {
    // It is gone, or its owner may not even read it: whoever reads it next replaces it, or says so.
    return null;
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
