import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DiskFault, faultyDisk } from '../../../test/enforcement-world.ts';
import { systemClock } from '../clock.ts';
import { type Disk, systemDisk } from './disk.ts';
import { replaceFile, sweepTemporaries } from './durable-file.ts';
import { keepRuined, moveOccupant, replaceOwnFile } from './keep-aside.ts';
import { readText, TEXT_LIMIT } from './read-text.ts';

let folder = '';
let path = '';
let fault: DiskFault = () => null;
const disk = faultyDisk(() => fault);
const on = { disk, clock: systemClock(), windows: false };
const NOW = Date.UTC(2026, 2, 1, 12, 30, 15, 7);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-files-'));
  path = join(folder, 'settings-store.json');
  fault = () => null;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('replacing a file', () => {
  test('a new file is the user’s alone; an old one keeps its mode', async () => {
    expect(await replaceFile(on, path, 'one')).toEqual({ ok: true });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await chmod(path, 0o644);
    await replaceFile(on, path, 'two');
    expect((await stat(path)).mode & 0o777).toBe(0o644);
    expect(await readFile(path, 'utf8')).toBe('two');
    expect(await readdir(folder)).toEqual(['settings-store.json']);
  });

  test('a file nobody may read becomes readable to its owner again', async () => {
    await writeFile(path, 'old');
    await chmod(path, 0o000);
    await replaceFile(on, path, 'new');
    expect((await stat(path)).mode & 0o777).toBe(0o400);
  });

  test('missing folders are made, private', async () => {
    const deep = join(folder, 'a', 'b', 'user-settings.json');
    expect(await replaceFile(on, deep, '{}')).toEqual({ ok: true });
    expect((await stat(join(folder, 'a'))).mode & 0o777).toBe(0o700);
  });

  test('a link in its place is replaced, and what it leads to is not touched', async () => {
    const elsewhere = join(folder, 'elsewhere');
    await writeFile(elsewhere, 'theirs');
    await symlink(elsewhere, path);
    await replaceFile(on, path, 'ours');
    expect(await readFile(elsewhere, 'utf8')).toBe('theirs');
    expect(await readText(disk, path)).toEqual({ kind: 'text', text: 'ours' });
  });

  test.each([
    ['open', 'EACCES', 'permission'],
    ['write', 'ENOSPC', 'full'],
    ['sync', 'EIO', 'reported an error'],
    ['rename', 'EROFS', 'read-only'],
    ['mkdir', 'ENOTDIR', 'a file stands where a folder'],
    ['write', 'EWEIRD', 'EWEIRD'],
  ] as const)('%s failing with %s leaves the old text and nothing beside it', async (call, code, words) => {
    await writeFile(path, 'old');
    fault = (each) => (each === call ? code : null);
    const stored = await replaceFile(on, path, 'new');
    expect(stored).toMatchObject({ ok: false, failure: { path, code } });
    expect(stored.ok ? '' : `${stored.failure.message} ${stored.failure.help}`).toContain(words);
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['settings-store.json']);
  });

  test('a rename that the folder did not confirm is not reported as done', async () => {
    fault = (call, where) => (call === 'sync' && where === folder ? 'EIO' : null);
    expect(await replaceFile(on, path, 'new')).toMatchObject({ ok: false, failure: { code: 'EIO' } });
    fault = (call, where) => (call === 'sync' && where === folder ? 'EINVAL' : null);
    expect(await replaceFile(on, path, 'new'), 'a file system that cannot sync folders').toEqual({
      ok: true,
    });
  });

  test('a disk that takes a part at a time is written to the end; one that takes nothing is a failure', async () => {
    const real = systemDisk();
    const slow = (portion: number): Disk => ({
      ...real,
      open: async (where, purpose) => {
        const file = await real.open(where, purpose);
        return {
          ...file,
          write: (bytes, offset) =>
            portion === 0
              ? Promise.resolve({ bytesWritten: 0 })
              : file.write(bytes.subarray(0, Math.min(bytes.length, offset + portion)), offset),
        };
      },
    });
    const text = 'häfen'.repeat(100);
    expect(await replaceFile({ ...on, disk: slow(7) }, path, text)).toEqual({ ok: true });
    expect(await readFile(path, 'utf8')).toBe(text);
    expect(await replaceFile({ ...on, disk: slow(0) }, path, 'x')).toMatchObject({ ok: false });
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  test('on Windows a rename is repeated while somebody holds the file open, and given up in the end', async () => {
    let held = 3;
    fault = (call) => (call === 'rename' && held-- > 0 ? 'EPERM' : null);
    expect(await replaceFile({ ...on, windows: true }, path, 'new')).toEqual({ ok: true });
    fault = (call) => (call === 'rename' ? 'EBUSY' : null);
    const atOnce = (_: number, run: () => void) => {
      run();
      return () => {};
    };
    const hurried = { ...on, windows: true, clock: { after: atOnce } };
    expect(await replaceFile(hurried, path, 'newer')).toMatchObject({
      ok: false,
      failure: { code: 'EBUSY' },
    });
    expect(await readFile(path, 'utf8')).toBe('new');
  });

  test('what a killed writer left behind is swept, and nothing else', async () => {
    await writeFile(join(folder, '.settings-store.json.99-1.tmp'), 'half');
    await writeFile(join(folder, '.other.json.99-1.tmp'), 'theirs');
    await sweepTemporaries(disk, path);
    expect(await readdir(folder)).toEqual(['.other.json.99-1.tmp']);
    await sweepTemporaries(disk, join(folder, 'no', 'such', 'folder.json'));
  });
});

describe('keeping aside', () => {
  test('a ruined file keeps its place until it is replaced, and its content under another name', async () => {
    await writeFile(path, 'ruin');
    const kept = await keepRuined(on, path, NOW);
    expect(kept).toEqual({ ok: true, aside: join(folder, 'settings-store.20260301T123015007Z.bad.json') });
    expect(await readFile(path, 'utf8')).toBe('ruin');
    await replaceFile(on, path, 'ours');
    expect(kept.ok ? await readFile(kept.aside, 'utf8') : '').toBe('ruin');
  });

  test('nothing kept is ever overwritten, also without second names for a file', async () => {
    for (const content of ['a', 'b', 'c']) {
      await writeFile(path, content);
      fault = (call) => (call === 'link' && content === 'c' ? 'EPERM' : null);
      expect((await keepRuined(on, path, NOW)).ok).toBe(true);
      await rm(path, { force: true });
    }
    const names = (await readdir(folder)).toSorted();
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
    expect(texts.toSorted()).toEqual(['a', 'b', 'c']);
  });

  test('only the latest twenty are kept', async () => {
    for (let i = 0; i < 25; i += 1) {
      await writeFile(path, `${i}`);
      await keepRuined(on, path, NOW + i * 1000);
      await rm(path);
    }
    const names = (await readdir(folder)).toSorted();
    expect(names).toHaveLength(20);
    expect(await readFile(join(folder, names[0] ?? ''), 'utf8')).toBe('5');
  });

  test('a folder is moved away with all it holds', async () => {
    await mkdir(path);
    await writeFile(join(path, 'inside'), 'theirs');
    const moved = await moveOccupant(on, path, NOW);
    expect(moved).toEqual({ ok: true, aside: join(folder, 'settings-store.20260301T123015007Z.bad') });
    expect(moved.ok ? await readFile(join(moved.aside, 'inside'), 'utf8') : '').toBe('theirs');
  });

  test('a folder in the place of one of our own files does not stop us', async () => {
    await mkdir(path);
    await writeFile(join(path, 'inside'), 'theirs');
    expect(await replaceOwnFile(on, path, 'ours', NOW)).toEqual({ ok: true });
    expect(await readFile(path, 'utf8')).toBe('ours');
  });
});

describe('reading', () => {
  test('tells what stands there', async () => {
    expect(await readText(disk, path)).toEqual({ kind: 'absent' });
    await writeFile(path, Buffer.from([0x7b, 0xff, 0x7d]));
    expect(await readText(disk, path)).toEqual({ kind: 'unfit', reason: 'encoding' });
    await writeFile(path, ' '.repeat(TEXT_LIMIT + 1));
    expect(await readText(disk, path)).toEqual({ kind: 'unfit', reason: 'too_large' });
    await writeFile(path, ' '.repeat(TEXT_LIMIT));
    expect((await readText(disk, path)).kind).toBe('text');
    await rm(path);
    await mkdir(path);
    expect(await readText(disk, path)).toEqual({ kind: 'occupied', by: 'folder' });
    await rm(path, { recursive: true });
    await symlink(join(folder, 'nowhere'), path);
    expect(await readText(disk, path)).toEqual({ kind: 'occupied', by: 'link' });
    expect(await readText(disk, path, { followLink: true })).toEqual({ kind: 'absent' });
    fault = () => 'EIO';
    expect(await readText(disk, path)).toMatchObject({ kind: 'unreadable', failure: { code: 'EIO' } });
  });
});
