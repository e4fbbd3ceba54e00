import { realpathSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';

/**
 * The AppImage that this program runs from, or `null`. Whatever was started from some other AppImage, such as the terminal
 * of an editor, is told of that one by the same variables: only where the program stands tells whose they are.
 */
export function ownImage(
  environment: Readonly<Record<string, string | undefined>>,
  program: string,
): string | null {
  const { APPIMAGE = '', APPDIR = '' } = environment;
  if (!isAbsolute(APPIMAGE) || !isAbsolute(APPDIR)) return null;
  const inside = relative(resolved(APPDIR), resolved(program));
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? null : APPIMAGE;
}

function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
