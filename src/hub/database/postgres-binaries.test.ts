import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { locatePostgres, missingLink } from './postgres-binaries.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mooring-binaries-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('finds the programs that are installed here, complete', () => {
  expect(locatePostgres().postgres).toMatch(/native[/\\]bin[/\\]postgres/);
});

it('tells by the links that an install script was not run', () => {
  const native = join(folder, 'native');
  mkdirSync(join(native, 'lib'), { recursive: true });
  expect(missingLink(native)).toBeNull();
  const links = ['libpq.so', 'libpq.so.5'].map((name) => ({
    ...{ source: 'native/lib/libpq.so.5.18', target: `native/lib/${name}` },
  }));
  writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify(links));
  writeFileSync(join(native, 'lib', 'libpq.so'), '');
  expect(missingLink(native)).toBe(join(native, 'lib', 'libpq.so.5'));
  writeFileSync(join(native, 'lib', 'libpq.so.5'), '');
  expect(missingLink(native)).toBeNull();
});
