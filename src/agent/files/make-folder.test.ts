import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder } from './make-folder.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mooring-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('makes every missing folder for this user alone, and answers with the first', () => {
  expect(makeFolder(join(folder, 'a', 'b', 'c'))).toBe(join(folder, 'a'));
  if (process.platform !== 'win32') {
    expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'a', 'b', 'c')).mode & 0o777).toBe(0o700);
  }
  expect(makeFolder(join(folder, 'a', 'b', 'c'))).toBeUndefined();
  expect(makeFolder(join(folder, 'a', 'b', 'd'))).toBe(join(folder, 'a', 'b', 'd'));
});

test('a link to a folder is one', () => {
  symlinkSync(folder, join(folder, 'link'), 'junction');
  expect(makeFolder(join(folder, 'link'))).toBeUndefined();
});

test('a file in the way is an error of the system', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeFolder(join(folder, 'file'))).toThrow(/EEXIST/);
  expect(() => makeFolder(join(folder, 'file', 'b', 'c'))).toThrow(/ENOTDIR|ENOENT/);
});

test.runIf(process.platform === 'linux')(
  'ends where a folder is there and takes nothing, as if it were not',
  () => {
    expect(() => makeFolder('/proc/self/mooring/desktop')).toThrow(/ENOENT/);
  },
);
