import type { DurableWriting } from './durable-file.ts';

const PRIVATE = 0o600;
/** What others than the owner may do. */
const OTHERS = 0o077;

/**
 * Takes away what others than the owner may do with a file of ours; answers whether there was anything. On Windows the
 * folder's own list decides who may do what, and there is no such mode.
 */
export async function keepPrivate(on: DurableWriting, path: string): Promise<boolean> {
  if (on.windows) return false;
  try {
    const found = await on.disk.lstat(path);
    if (!found.isFile() || (found.mode & OTHERS) === 0) return false;
    const file = await on.disk.open(path, 'read');
    try {
      await file.chmod(PRIVATE);
    } finally {
      await file.close();
    }
    return true;
  } catch {
    // It is gone, or not ours to change: whoever reads it next says so.
    return false;
  }
}
