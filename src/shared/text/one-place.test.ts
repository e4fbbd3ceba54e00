import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { de } from './de/de.ts';
import { en } from './en.ts';
import { enConsole } from './en-console.ts';

// Catalogs are made by spreading files into one object, where a key of two files would silently take one of the
// two texts. The keys are read from the sources, since the objects no longer show it.

/** The file, and every file of texts that it is put together from. */
function filesOf(path: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const [, imported = ''] of readFileSync(path, 'utf8').matchAll(
    /^import \{[^}]*\} from '(\.[^']+)';/gm,
  ))
    filesOf(join(dirname(path), imported), seen);
  return seen;
}

const keysIn = (source: string): readonly string[] =>
  [...source.matchAll(/^ {2}'([^']+)':/gm)].map(([, key = '']) => key);

/** Keys that stand more than once. */
const repeated = (keys: readonly string[]): readonly string[] =>
  keys.filter((key, at) => keys.indexOf(key) !== at);

const keysOf = (file: string): readonly string[] =>
  [...filesOf(join(import.meta.dirname, file))].flatMap((path) => keysIn(readFileSync(path, 'utf8')));

describe('every text is defined in one place', () => {
  test.each([
    ['pages', 'en.ts', en],
    ['pages in German', 'de/de.ts', de],
    ['console', 'en-console.ts', enConsole],
  ])('%s', (_name, file, catalog) => {
    const keys = keysOf(file);
    expect(repeated(keys)).toEqual([]);
    // Nothing was overlooked: what was found in the sources is the catalog.
    expect([...keys].sort()).toEqual(Object.keys(catalog).sort());
  });

  test('the console shows its own texts beside those of the pages, and takes no key of theirs', () => {
    const again = repeated([...keysOf('en.ts'), ...keysOf('en-console.ts')]);
    expect(again).toEqual([]);
  });

  test('a key of two files is found', () => {
    expect(
      repeated([...keysIn("  'a.b': 'One',\n"), ...keysIn("  'a.c': {\n  'a.b':\n    'Two',\n")]),
    ).toEqual(['a.b']);
  });
});
