import type { DurableWriting } from './durable-file.ts';

/** Who may do what with a file of ours. */
export interface Rights {
  /** Bits that the owner must have. */
  readonly owner: number;
  /** Bits that nobody else may have. */
  readonly others: number;
  /** A folder's; left out: a file's. */
  readonly folder?: true;
}

/** The user's alone: what only the agent reads. */
export const PRIVATE: Rights = { owner: 0o600, others: 0o077 };
/** Other programs may be let in to read it; whoever else could write it would decide the user's settings. */
export const READ_BY_OTHERS: Rights = { owner: 0o600, others: 0o022 };

/** A folder that only we make and keep things in: whoever else could write it could replace any file in it. */
export const OWN_FOLDER: Rights = { owner: 0o700, others: 0o022, folder: true };

/** Rights that are to be put right, as `chmod` writes them: `0666`. */
export interface RightsRepair {
  readonly wrong: string;
  readonly right: string;
}

/**
 * What is wrong with the rights of a file or folder of ours; `null` where nothing is, and where it is
 * another owner's or a link stands there. On Windows the folder's own list decides who may do what, and there is no such mode.
 */
export async function wrongRights(
  on: DurableWriting,
  path: string,
  rights: Rights,
): Promise<RightsRepair | null> {
  if (on.windows) return null;
  try {
    const found = await on.disk.lstat(path);
    if (rights.folder === true ? !found.isDirectory() : !found.isFile()) return null;
    // Only its owner, and root, may change them: "mooring doctor" names it.
    const user = process.getuid?.() ?? 0;
    if (user !== 0 && found.uid !== user) return null;
    const mode = found.mode & 0o777;
    const right = (mode | rights.owner) & ~rights.others;
    return mode === right ? null : { wrong: octal(mode), right: octal(right) };
  } catch {
    // It is gone, or its owner may not even read it: whoever reads it next replaces it, or says so.
    return null;
  }
}

/** Gives it the rights it must have; false where that failed. */
export async function giveRights(on: DurableWriting, path: string, right: string): Promise<boolean> {
  try {
    // By the open file, so that a link put in its place meanwhile leads nowhere.
    const file = await on.disk.open(path, 'read');
    try {
      await file.chmod(Number.parseInt(right, 8));
    } finally {
      await file.close();
    }
    return true;
  } catch {
    return false;
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
