import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

test('every picture that a text names is there, and every picture that is there is named', () => {
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const texts = ['README.md', ...docs.map((name) => join('docs', name))];
  const named = texts.flatMap((text) =>
    [
      ...readFileSync(join(root, text), 'utf8').matchAll(/!\[[^\]]+\]\((?:docs\/)?screenshots\/([^)]+)\)/g),
    ].map(([, picture]) => picture),
  );
  expect([...new Set(named)].sort()).toEqual(readdirSync(join(root, 'docs', 'screenshots')).sort());
  expect(named.length).toBeGreaterThan(0);
});
