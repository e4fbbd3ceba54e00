import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import type { CommandResult, CommandRunner } from '../agent-options.ts';
import { queryRegistry } from './registry-query.ts';
import { exportedFile, registryProgram } from './test-registry.ts';

const KEY = 'HKLM\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop';
const FULL = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop';

/** `run`, and what it was asked. */
function watched(run: CommandRunner): { run: CommandRunner; asked: string[][] } {
  const asked: string[][] = [];
  return {
    asked,
    run: async (file, args, options) => {
      asked.push([file, ...args]);
      return run(file, args, options);
    },
  };
}

test('exports the key of the 64-bit view by the absolute path of the program, and leaves no file behind', async () => {
  const { run, asked } = watched(registryProgram({ [FULL]: ['"hubUrl"="https://hub.example"'] }));
  const reading = await queryRegistry(run, 'C:\\Windows', KEY);
  expect(reading).toMatchObject({ kind: 'read' });
  const [[program, what, key, file = '', ...flags] = []] = asked;
  expect([program, what, key, flags]).toEqual([
    ...['C:\\Windows\\System32\\reg.exe', 'export', KEY],
    ['/y', '/reg:64'],
  ]);
  expect(existsSync(dirname(file))).toBe(false);
});

test('every character comes back as it stands in the registry', async () => {
  const run = registryProgram({ [FULL]: ['"settings"="Müller 日本 \ud83d\ude80 ？"'] });
  const reading = await queryRegistry(run, 'C:\\Windows', KEY);
  expect(reading.kind === 'read' && reading.tree.get('')?.get('settings')).toEqual({
    type: 'text',
    value: 'Müller 日本 \ud83d\ude80 ？',
  });
});

test('a missing key is told by its parents, whatever the language of the message', async () => {
  for (const other of [
    'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft',
    'HKEY_LOCAL_MACHINE\\SOFTWARE\\A',
  ])
    expect(await queryRegistry(registryProgram({ [other]: [] }), 'C:\\Windows', KEY)).toEqual({
      kind: 'absent',
    });
});

test('a key that is listed but cannot be read is not "absent"', async () => {
  const listing = registryProgram({
    [FULL.toUpperCase().replace('SOFTWARE\\POLICIES\\MOORING', 'SOFTWARE\\Policies\\Mooring')]: [],
  });
  const denied: CommandRunner = async (file, args) =>
    args[0] === 'export'
      ? { kind: 'ended', exitCode: 1, stdout: '', stderr: 'FEHLER: Zugriff verweigert' }
      : listing(file, args);
  const reading = await queryRegistry(denied, 'C:\\Windows', KEY);
  expect(reading).toMatchObject({ kind: 'failed', message: expect.stringContaining('Zugriff verweigert') });
});

test('a registry that answers nothing at all, or a program that does not start, is not "absent"', async () => {
  const nothing: CommandResult = { kind: 'ended', exitCode: 1, stdout: '', stderr: '' };
  expect((await queryRegistry(async () => nothing, 'C:\\Windows', KEY)).kind).toBe('failed');
  const broken: CommandRunner = async () => ({ kind: 'failed', reason: 'ENOENT' });
  expect((await queryRegistry(broken, 'C:\\Windows', KEY)).kind).toBe('failed');
});

test.each<[string, Uint8Array | null]>([
  ['no file', null],
  ['an empty one', new Uint8Array()],
  ['one in another form', Buffer.from('REGEDIT4\r\n')],
  ['one without the mark', exportedFile({ [FULL]: [] }).subarray(2)],
  ['one larger than any policy', Buffer.alloc(16 * 1024 * 1024 + 1)],
])('a program that says it exported, and left %s, is not "absent"', async (_what, content) => {
  const run: CommandRunner = async (_file, [, , file = '']) => {
    if (content !== null) await writeFile(file, content);
    return { kind: 'ended', exitCode: 0, stdout: '', stderr: '' };
  };
  expect(await queryRegistry(run, 'C:\\Windows', KEY)).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining(KEY),
  });
});
