import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { en } from './en.ts';
import { checks } from './en-checks.ts';
import { enConsole } from './en-console.ts';
import { desktop } from './en-desktop.ts';
import { finished } from './en-finished.ts';

/*
 * A text that nobody shows any more is translated all the same, and travels with every page. Where a key is put together
 * (`policy.state.${state}`), all that begin so count as shown.
 */
const SOURCE = join(import.meta.dirname, '..', '..');
const CATALOGS = /^shared[\\/]text[\\/](?:en|de|console|agent)\b/;

const sources = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) && !CATALOGS.test(file))
  .map((file) => readFileSync(join(SOURCE, file), 'utf8'))
  .join('\n');
const named = new Set([...sources.matchAll(/['"`]([a-zA-Z][\w.-]*)['"`]/g)].map(([, key]) => key));
const begun = [...sources.matchAll(/`([a-zA-Z][\w-]*\.[\w.-]*)\$\{/g)].map(([, start = '']) => start);

test.each([
  ['pages', en],
  ['checks', checks],
  ['console', enConsole],
  ['desktop', desktop],
  ['page after a sign-in', finished],
])('every text is shown somewhere: %s', (_name, catalog) => {
  const keys = Object.keys(catalog);
  expect(keys.length).toBeGreaterThan(0);
  const unused = keys.filter((key) => !named.has(key) && !begun.some((start) => key.startsWith(start)));
  expect(unused).toEqual([]);
});
