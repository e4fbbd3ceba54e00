import { expect, test } from 'vitest';
import type { CommandResult, CommandRunner } from '../agent-options.ts';
import { parseRegistry, queryRegistry } from './registry-query.ts';

const KEY = 'HKLM\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop';

/** As `reg.exe query … /s /reg:64` prints it: CRLF, four blanks between the columns, an empty line per key. */
const RECORDED = [
  '',
  'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop',
  '    (Default)    REG_SZ    (value not set)',
  '    allowedOrgs    REG_MULTI_SZ    acme\\0beta labs',
  '    hubUrl    REG_SZ    https://hub.example:8443',
  '    layout    REG_SZ    docker',
  '    empty    REG_SZ    ',
  '    none    REG_MULTI_SZ    ',
  '    settings    REG_SZ    {"proxy":{"locked":true,',
  '  "mode":"manual"}}',
  '',
  'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop\\Settings',
  '',
  'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop\\Settings\\memoryMiB',
  '    Value    REG_DWORD    0x2000',
  '    Locked    REG_DWORD    0x0',
  '',
  'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop\\Settings\\proxyWindowsDockerdPort',
  '    Value    REG_DWORD    0xffffffff',
  '',
  'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop\\Settings\\proxyExclude',
  '    Value    REG_MULTI_SZ    *.corp.example\\0localhost',
  '    Blob    REG_BINARY    0A0B0C',
  '',
].join('\r\n');

test('reads every type of a recorded answer, and the keys below', () => {
  const tree = parseRegistry(RECORDED, KEY);
  expect([...tree.keys()]).toEqual([
    '',
    'Settings',
    'Settings\\memoryMiB',
    'Settings\\proxyWindowsDockerdPort',
    'Settings\\proxyExclude',
  ]);
  expect(Object.fromEntries(tree.get('') ?? [])).toEqual({
    '(Default)': { type: 'text', value: '(value not set)' },
    allowedOrgs: { type: 'list', value: ['acme', 'beta labs'] },
    hubUrl: { type: 'text', value: 'https://hub.example:8443' },
    layout: { type: 'text', value: 'docker' },
    empty: { type: 'text', value: '' },
    none: { type: 'list', value: [] },
    settings: { type: 'text', value: '{"proxy":{"locked":true,\n  "mode":"manual"}}' },
  });
  expect(tree.get('Settings\\memoryMiB')?.get('Value')).toEqual({ type: 'number', value: 8192 });
  expect(tree.get('Settings\\proxyWindowsDockerdPort')?.get('Value')).toEqual({ type: 'number', value: -1 });
  expect(tree.get('Settings\\proxyExclude')?.get('Value')).toEqual({
    type: 'list',
    value: ['*.corp.example', 'localhost'],
  });
  expect(tree.get('Settings\\proxyExclude')?.get('Blob')).toEqual({ type: 'other', name: 'REG_BINARY' });
});

test.each([
  '',
  '\r\n',
  'noise',
  'HKEY_LOCAL_MACHINE\\OTHER\r\n    a    REG_SZ    b',
  '    a    REG_SZ    b',
  RECORDED.slice(0, 300),
])('an answer that is cut or foreign gives no value of another key: %#', (output) => {
  const tree = parseRegistry(output, KEY);
  expect([...tree.keys()].every((key) => key === '' || key.startsWith('Settings'))).toBe(true);
  expect(tree.get('')?.get('a')).toBeUndefined();
});

/** Answers as `reg.exe` on a German Windows does; only what is listed exists. */
function machine(answers: Record<string, CommandResult>): { run: CommandRunner; asked: string[][] } {
  const asked: string[][] = [];
  const missing: CommandResult = {
    kind: 'ended',
    exitCode: 1,
    stdout: '',
    stderr: 'FEHLER: Der angegebene Registrierungsschlüssel bzw. Wert wurde nicht gefunden.\r\n',
  };
  return {
    asked,
    run: async (file, args) => {
      asked.push([file, ...args]);
      return answers[args[1] ?? ''] ?? missing;
    },
  };
}

const listing = (...keys: string[]): CommandResult => ({
  kind: 'ended',
  exitCode: 0,
  stdout: ['', ...keys.map((key) => `HKEY_LOCAL_MACHINE\\${key}`), ''].join('\r\n'),
  stderr: '',
});

test('asks the 64-bit view by the absolute path of the system program', async () => {
  const { run, asked } = machine({ [KEY]: { kind: 'ended', exitCode: 0, stdout: RECORDED, stderr: '' } });
  const reading = await queryRegistry(run, 'C:\\Windows', KEY);
  expect(reading.kind).toBe('read');
  expect(asked).toEqual([['C:\\Windows\\System32\\reg.exe', 'query', KEY, '/s', '/reg:64']]);
});

test('a missing key is told by its parents, whatever the language of the message', async () => {
  const nothing = machine({ 'HKLM\\SOFTWARE\\Policies': listing('SOFTWARE\\Policies\\Microsoft') });
  expect(await queryRegistry(nothing.run, 'C:\\Windows', KEY)).toEqual({ kind: 'absent' });
  const noPolicies = machine({ 'HKLM\\SOFTWARE': listing('SOFTWARE\\Classes') });
  expect(await queryRegistry(noPolicies.run, 'C:\\Windows', KEY)).toEqual({ kind: 'absent' });
});

test('a key that is listed but cannot be read is not "absent"', async () => {
  const denied = machine({
    'HKLM\\SOFTWARE\\Policies\\Mooring': listing('SOFTWARE\\Policies\\Mooring\\MOORING DESKTOP'),
  });
  const reading = await queryRegistry(denied.run, 'C:\\Windows', KEY);
  expect(reading).toMatchObject({ kind: 'failed', message: expect.stringContaining('cannot be read') });
});

test('a registry that answers nothing at all, or a program that does not start, is not "absent"', async () => {
  expect((await queryRegistry(machine({}).run, 'C:\\Windows', KEY)).kind).toBe('failed');
  const broken: CommandRunner = async () => ({ kind: 'failed', reason: 'ENOENT' });
  expect((await queryRegistry(broken, 'C:\\Windows', KEY)).kind).toBe('failed');
});

test('characters that the console’s code page lost are noticed', async () => {
  const stdout = RECORDED.replace('beta labs', 'b\ufffdta');
  const { run } = machine({ [KEY]: { kind: 'ended', exitCode: 0, stdout, stderr: '' } });
  expect(await queryRegistry(run, 'C:\\Windows', KEY)).toMatchObject({ kind: 'read', lossy: true });
});
