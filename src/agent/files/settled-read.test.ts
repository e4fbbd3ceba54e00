import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemDisk } from './disk.ts';
import { readSettled } from './settled-read.ts';

let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-settled-'));
  path = join(folder, 'settings-store.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const isWhole = (text: string) => text.endsWith('}');

/** Reads while somebody writes the given pieces, one during each wait; answers with how often it waited as well. */
async function readWhile(pieces: readonly (string | null)[], expected = false) {
  let waits = 0;
  const after = (_: number, run: () => void) => {
    const piece = pieces[waits];
    waits += 1;
    const written =
      piece === undefined ? Promise.resolve() : piece === null ? rm(path) : writeFile(path, piece);
    void written.then(run);
    return () => {};
  };
  const of = { disk: systemDisk(), clock: { after }, path, isWhole, expected, followLink: false };
  return { reading: await readSettled(of), waits };
}

describe('reading a file that others write without care', () => {
  test('a whole one is read at once', async () => {
    await writeFile(path, '{"a":1}');
    expect(await readWhile([])).toEqual({ reading: { kind: 'text', text: '{"a":1}' }, waits: 0 });
  });

  test('one that arrives in pieces is read when it is whole', async () => {
    await writeFile(path, '');
    const { reading } = await readWhile(['{"a":', '{"a":1,"b"', '{"a":1,"b":2}']);
    expect(reading).toEqual({ kind: 'text', text: '{"a":1,"b":2}' });
  });

  test('one that is removed and written again is not taken for deleted', async () => {
    const { reading } = await readWhile(['{}'], true);
    expect(reading).toEqual({ kind: 'text', text: '{}' });
  });

  test('one that stays half is answered as it is, soon', async () => {
    await writeFile(path, '{"a":');
    expect(await readWhile([])).toEqual({ reading: { kind: 'text', text: '{"a":' }, waits: 1 });
    expect(await readWhile(['1', '2', '3', '4', '5', '6'])).toMatchObject({ waits: 4 });
  });

  test('one that is gone is answered as gone; one that never was is not waited for', async () => {
    expect(await readWhile([], true)).toEqual({ reading: { kind: 'absent' }, waits: 1 });
    expect(await readWhile([])).toEqual({ reading: { kind: 'absent' }, waits: 0 });
  });
});
