import { constants } from 'node:fs';
import { type FileHandle, lstat, open, stat } from 'node:fs/promises';
import type { FileTrust } from './machine-file-trust.ts';

/** The largest file that is read, in bytes (docs/policy.md section 3). */
export const FILE_LIMIT = 1024 * 1024;

/** What was found at a path that only administrators may write. */
export type MachineFileReading =
  | { readonly kind: 'absent' }
  | { readonly kind: 'read'; readonly bytes: Uint8Array; readonly modifiedAt: number }
  /** There, but it cannot be read; `message` says why and how to mend it. */
  | { readonly kind: 'unreadable'; readonly code: 'unreadable' | 'too_large'; readonly message: string }
  /** There, but others than administrators could have written it: ignored (docs/policy.md section 5). */
  | { readonly kind: 'untrusted'; readonly message: string };

/**
 * Reads a machine file. Whatever stands at the path, the call ends: a pipe, device or socket is never opened for
 * waiting, and no more than `FILE_LIMIT` bytes are read even while the file grows.
 */
export async function readMachineFile(path: string, trust: FileTrust): Promise<MachineFileReading> {
  try {
    if (!(await stat(path)).isFile()) return notAFile(path);
  } catch (error) {
    return isAbsence(error) ? await absentOrDangling(path) : unreadable(path, error);
  }
  let file: FileHandle;
  try {
    // The file may have been replaced since: O_NONBLOCK so that opening a pipe cannot wait for a writer.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    return isAbsence(error) ? { kind: 'absent' } : unreadable(path, error);
  }
  try {
    const info = await file.stat();
    if (!info.isFile()) return notAFile(path);
    const distrust = await trust(path, info);
    if (distrust !== null) return { kind: 'untrusted', message: distrust };
    const bytes = await readBounded(file);
    if (bytes === null) {
      const message = `${path} is larger than 1 MiB. A policy is far smaller: put the right file in its place.`;
      return { kind: 'unreadable', code: 'too_large', message };
    }
    return { kind: 'read', bytes, modifiedAt: info.mtimeMs };
  } catch (error) {
    return unreadable(path, error);
  } finally {
    await file.close();
  }
}

/** A link that leads nowhere is something an administrator put there: it must not read as "no policy". */
async function absentOrDangling(path: string): Promise<MachineFileReading> {
  try {
    await lstat(path);
  } catch (error) {
    return isAbsence(error) ? { kind: 'absent' } : unreadable(path, error);
  }
  const message = `${path} is a link to a file that does not exist. Remove the link or restore the file.`;
  return { kind: 'unreadable', code: 'unreadable', message };
}

/** At most one byte more than the limit is read, to tell "exactly the limit" from "more". */
async function readBounded(file: FileHandle): Promise<Uint8Array | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  while (size <= FILE_LIMIT) {
    const chunk = Buffer.allocUnsafe(Math.min(64 * 1024, FILE_LIMIT + 1 - size));
    const { bytesRead } = await file.read(chunk, 0, chunk.length, null);
    if (bytesRead === 0) return new Uint8Array(Buffer.concat(chunks));
    chunks.push(chunk.subarray(0, bytesRead));
    size += bytesRead;
  }
  return null;
}

function notAFile(path: string): MachineFileReading {
  const message = `${path} is not a regular file. Remove it and put the file there.`;
  return { kind: 'unreadable', code: 'unreadable', message };
}

function unreadable(path: string, error: unknown): MachineFileReading {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  const mend =
    reason === 'EACCES' || reason === 'EPERM'
      ? 'Give every user the right to read it and its folders (mode 0644, folders 0755).'
      : 'Check the disk and the file.';
  return { kind: 'unreadable', code: 'unreadable', message: `${path} cannot be read (${reason}). ${mend}` };
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
