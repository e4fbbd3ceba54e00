import type { Disk, OpenFile } from './disk.ts';
import { errorCode, type StorageFailure, storageFailure } from './storage-failure.ts';

/** The largest file that is read, in bytes, but for those said otherwise: as large as the largest document (docs/policy.md section 3). */
export const TEXT_LIMIT = 1024 * 1024;

/** What stood at a path. */
export type TextReading =
  | { readonly kind: 'absent' }
  | { readonly kind: 'text'; readonly text: string }
  /** A file, but not one of ours: too large, or bytes that are not UTF-8. */
  | { readonly kind: 'unfit'; readonly reason: 'too_large' | 'encoding' }
  /** Something that is not a file stands in its place. */
  | { readonly kind: 'occupied'; readonly by: 'folder' | 'link' | 'special' }
  | { readonly kind: 'unreadable'; readonly failure: StorageFailure };

/** Reads a file of ours; a link in its place is only followed when asked. Always ends, whatever stands there. */
export async function readText(
  disk: Disk,
  path: string,
  { followLink = false, largest = TEXT_LIMIT }: { followLink?: boolean; largest?: number } = {},
): Promise<TextReading> {
  try {
    const found = await (followLink ? disk.stat(path) : disk.lstat(path));
    if (found.isSymbolicLink()) return { kind: 'occupied', by: 'link' };
    if (found.isDirectory()) return { kind: 'occupied', by: 'folder' };
    if (!found.isFile()) return { kind: 'occupied', by: 'special' };
    const file = await disk.open(path, 'read');
    try {
      return await decode(file, largest);
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
    return { kind: 'unreadable', failure: storageFailure(path, 'read', error) };
  }
}

async function decode(file: OpenFile, largest: number): Promise<TextReading> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const chunk = new Uint8Array(64 * 1024);
    const { bytesRead } = await file.read(chunk);
    if (bytesRead === 0) break;
    size += bytesRead;
    if (size > largest) return { kind: 'unfit', reason: 'too_large' };
    chunks.push(chunk.subarray(0, bytesRead));
  }
  try {
    // ignoreBOM keeps a mark in the text: the readers say what they think of it.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
    return { kind: 'text', text };
  } catch {
    return { kind: 'unfit', reason: 'encoding' };
  }
}
