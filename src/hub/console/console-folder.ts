import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The built Admin Console: `out/console`, beside the bundle that runs, or at the root of a checkout. `null` where it
 * was not built: the hub then serves its API alone.
 */
export function findConsoleFolder(from: string = import.meta.dirname): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = [join(folder, 'console'), join(folder, 'out', 'console')].find(isBuilt);
    if (found !== undefined) return found;
    if (existsSync(join(folder, 'package.json')) || dirname(folder) === folder) return null;
  }
}

/** The sources have a document as well, but no assets. */
function isBuilt(folder: string): boolean {
  return existsSync(join(folder, 'index.html')) && existsSync(join(folder, 'assets'));
}
