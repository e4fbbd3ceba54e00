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

/** Reads while somebody writes the given pieces, one during each wait; answers with the milliseconds waited as well. */
async function readWhile(pieces: readonly (string | null)[], expected = false) {
  let waits = 0;
  let waited = 0;
  const after = (ms: number, run: () => void) => {
    const piece = pieces[waits];
    waits += 1;
    waited += ms;
    const written =
      piece === undefined ? Promise.resolve() : piece === null ? rm(path) : writeFile(path, piece);
    void written.then(run);
    return () => {};
  };
  const of = { disk: systemDisk(), clock: { after }, path, isWhole, expected, followLink: false };
  return { reading: await readSettled(of), waited };
}

describe('reading a file that others write without care', () => {
  test('a whole one is read at once', async () => {
    await writeFile(path, '{"a":1}');
    expect(await readWhile([])).toEqual({ reading: { kind: 'text', text: '{"a":1}' }, waited: 0 });
  });

  test('one that arrives in pieces is read when it is whole', async () => {
    await writeFile(path, '');
    const { reading } = await readWhile(['{"a":', '{"a":1,"b"', '{"a":1,"b":2}']);
    expect(reading).toEqual({ kind: 'text', text: '{"a":1,"b":2}' });
  });

  test('one whose writer is done in a moment is read in that moment', async () => {
    await writeFile(path, '');
    expect(await readWhile(['{}'])).toEqual({ reading: { kind: 'text', text: '{}' }, waited: 5 });
  });

  test('one whose writer pauses is not taken for a broken one', async () => {
    await writeFile(path, '{"a":');
    const reading = { kind: 'text', text: '{"a":1}' };
    expect(await readWhile(['{"a":', '{"a":', '{"a":1}'])).toEqual({ reading, waited: 120 });
  });

  test('one that is removed and written again is not taken for deleted', async () => {
    const { reading } = await readWhile(['{}'], true);
    expect(reading).toEqual({ kind: 'text', text: '{}' });
  });

  test('one that stays half is answered as it is, soon', async () => {
    await writeFile(path, '{"a":');
    expect(await readWhile([])).toEqual({ reading: { kind: 'text', text: '{"a":' }, waited: 120 });
    const endless = Array.from({ length: 20 }, (_, index) => String(index));
    expect(await readWhile(endless)).toMatchObject({ waited: 480 });
  });

  test('one that is gone is answered as gone; one that never was is not waited for', async () => {
    expect(await readWhile([], true)).toEqual({ reading: { kind: 'absent' }, waited: 120 });
    expect(await readWhile([])).toEqual({ reading: { kind: 'absent' }, waited: 0 });
  });
});
