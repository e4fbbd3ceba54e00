import type { Refusal } from '../../shared/contracts/refusal.ts';

/** Why a file could not be read or written, in words a person can act on. */
export interface StorageFailure {
  readonly path: string;
  /** The system's own name of the error, such as `ENOSPC`; `unknown` where it gave none. */
  readonly code: string;
  /** What happened and why. */
  readonly message: string;
  /** What to do about it. */
  readonly help: string;
}

/** The outcome of a file operation that can fail. */
export type Stored = { readonly ok: true } | { readonly ok: false; readonly failure: StorageFailure };

/** Cause and remedy for the errors people meet; the rest name the system's code. */
const CAUSES: Readonly<Record<string, readonly [cause: string, help: string]>> = {
  ENOSPC: ['the disk is full', 'Free some space.'],
  EDQUOT: ['your disk quota is used up', 'Free some space or ask for more.'],
  EROFS: ['the disk is mounted read-only', 'Mount it writable, or check it for errors.'],
  EACCES: ['permission was denied', 'Give your user the right to write to the folder.'],
  EPERM: ['permission was denied', 'Give your user the right to write to the folder.'],
  EISDIR: ['a folder stands in its place', 'Move the folder away.'],
  ENOTDIR: ['a file stands where a folder of its path should be', 'Move that file away.'],
  // What making a folder is answered there.
  EEXIST: ['a file stands where a folder of its path should be', 'Move that file away.'],
  ENOENT: ['its folder is gone', 'Create the folder again, or check that its disk is connected.'],
  EIO: ['the disk reported an error', 'Check the disk.'],
  EBUSY: ['another program holds it open', 'Close programs that use it.'],
  EFBIG: ['it would be too large', 'Take out what needs much room.'],
  EMFILE: ['too many files are open', 'Close programs, or raise the limit of open files.'],
};

/** Reads an error of the system as a failure; `action` completes "could not be …". */
export function storageFailure(path: string, action: 'read' | 'written', error: unknown): StorageFailure {
  const code = errorCode(error);
  const [cause, help] = CAUSES[code] ?? [`the system answered ${code}`, 'Check the disk and the folder.'];
  return { path, code, message: `${path} could not be ${action}: ${cause}.`, help };
}

/** The failure as the refusal every surface shares. */
export function storageRefusal(failure: StorageFailure): Refusal {
  return {
    code: 'storage_failed',
    message: `Nothing was changed. ${failure.message}`,
    help: `${failure.help} Then try again.`,
    details: { path: failure.path, code: failure.code },
  };
}

/** The `code` of a Node error, or `unknown`. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
