import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemDisk } from '../files/disk.ts';
import { driftEntry, driftLog } from './drift-log.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-drift-'));
  path = join(folder, 'drift.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const repairAt = (at: string) => ({ at, kind: 'value' as const, setting: 'theme' });
const NOON = '2026-03-01T12:00:00.000Z';
const EARLIER = '2026-03-01T11:00:00.000Z';

async function opened() {
  const log = driftLog({ disk: systemDisk(), clock: { after: () => () => {} }, windows: false }, path);
  await log.load();
  return log;
}

it('numbers repairs through restarts, whatever their clocks say', async () => {
  await (await opened()).append([repairAt(NOON), repairAt(NOON)]);
  const log = await opened();
  await log.append([repairAt(EARLIER)]);
  expect(log.latest().map(({ at, number }) => [at, number])).toEqual([
    [NOON, 1],
    [NOON, 2],
    [EARLIER, 3],
  ]);
});

it('counts on where a log of an earlier version has no numbers', async () => {
  await writeFile(path, `${JSON.stringify(repairAt(NOON))}\n${JSON.stringify(repairAt(NOON))}\n`);
  const log = await opened();
  await log.append([repairAt(NOON)]);
  expect(log.latest().map(({ number }) => number)).toEqual([1, 2, 3]);
});

it('loses only the half line that a kill left, and not the repair that follows it', async () => {
  await (await opened()).append([repairAt(NOON)]);
  await writeFile(path, `${await readFile(path, 'utf8')}{"at":"2026-03-`);
  const log = await opened();
  await log.append([repairAt(EARLIER)]);
  expect((await opened()).latest().map(({ at }) => at)).toEqual([NOON, EARLIER]);
});

it('leaves out a value that nests so deep that the hub would refuse the report of it', () => {
  const deep = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
  const entry = { ...repairAt(NOON), right: 'light' };
  expect(driftEntry({ ...entry, wrong: deep(5) })).toEqual({ ...entry, wrong: deep(5) });
  expect(driftEntry({ ...entry, wrong: deep(400) })).toEqual(entry);
});
