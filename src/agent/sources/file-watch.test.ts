import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchPaths } from './file-watch.ts';

let folder = '';
let stop = () => {};
let calls = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-watch-'));
  calls = 0;
});
afterEach(async () => {
  stop();
  await rm(folder, { recursive: true, force: true });
});

function follow(...paths: string[]): void {
  stop = watchPaths(
    paths,
    () => {
      calls += 1;
    },
    5,
  );
}

/** Does something and waits until it was noticed. */
async function noticed(act: () => Promise<unknown>): Promise<void> {
  const before = calls;
  await act();
  await vi.waitFor(() => expect(calls).toBeGreaterThan(before), { timeout: 20_000, interval: 5 });
}

test('notices writing, replacing by rename, removing and coming back', async () => {
  const file = join(folder, 'admin-settings.json');
  await writeFile(file, '{}');
  follow(file);
  await noticed(() => writeFile(file, '{"a":1}'));
  await noticed(async () => {
    await writeFile(join(folder, 'new'), '{"a":2}');
    await rename(join(folder, 'new'), file);
  });
  await noticed(() => rm(file));
  await noticed(() => writeFile(file, '{}'));
});

test('notices a file whose folders do not exist yet, made one by one or all at once', async () => {
  const file = join(folder, 'a', 'b', 'c', 'registry.json');
  follow(file);
  await noticed(() => mkdir(join(folder, 'a')));
  await noticed(() => mkdir(join(folder, 'a', 'b', 'c'), { recursive: true }));
  await noticed(() => writeFile(file, '{}'));
  await noticed(() => writeFile(file, '{"more":1}'));
});

test('notices when the folder goes, comes back, and the file in the new folder changes', async () => {
  const file = join(folder, 'x', 'admin-settings.json');
  await mkdir(join(folder, 'x'));
  await writeFile(file, '{}');
  follow(file);
  await noticed(() => rm(join(folder, 'x'), { recursive: true }));
  await noticed(async () => {
    await mkdir(join(folder, 'x'));
    await writeFile(file, '{}');
  });
  await noticed(() => writeFile(file, '{"again":true}'));
});

test('notices a folder that is put in the place of another', async () => {
  const file = join(folder, 'x', 'admin-settings.json');
  await mkdir(join(folder, 'x'));
  await mkdir(join(folder, 'y'));
  await writeFile(join(folder, 'y', 'admin-settings.json'), '{}');
  follow(file);
  await noticed(async () => {
    await rename(join(folder, 'x'), join(folder, 'z'));
    await rename(join(folder, 'y'), join(folder, 'x'));
  });
  await noticed(() => writeFile(file, '{"in":"the new one"}'));
});

test('other files of the folder are not told of, and nothing after it was stopped', async () => {
  const file = join(folder, 'admin-settings.json');
  const other = join(folder, 'other.json');
  follow(file);
  await writeFile(other, '1');
  await noticed(() => writeFile(file, '{}'));
  await vi.waitFor(
    async () => {
      // Settled: no call is under way any more.
      const before = calls;
      await new Promise((resolve) => setImmediate(resolve));
      expect(calls).toBe(before);
    },
    { timeout: 20_000 },
  );
  stop();
  const before = calls;
  const control = watchPaths(
    [file],
    () => {
      calls += 100;
    },
    5,
  );
  await writeFile(file, '{"b":1}');
  await vi.waitFor(() => expect(calls).toBeGreaterThanOrEqual(before + 100), { timeout: 20_000 });
  control();
  expect((calls - before) % 100).toBe(0);
});
