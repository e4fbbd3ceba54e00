import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, expect, it } from 'vitest';
import type { CommandRunner } from '../../agent/agent-options.ts';
import { refuseUnlessElevated } from './elevation.ts';
import { machineProtection } from './protection.ts';

const folder = mkdtempSync(`${tmpdir()}/mooring-protection-`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const windows = { platform: 'windows', testPaths: false, systemRoot: 'C:\\Windows' } as const;
const answering =
  (stdout: string, exitCode = 0): CommandRunner =>
  async () => ({ kind: 'ended', exitCode, stdout, stderr: '' });
const never: CommandRunner = async () => {
  throw new Error('nothing is asked');
};

it.each([
  ['root', { ...windows, platform: 'linux' }, 0, never, null],
  ['another user', { ...windows, platform: 'mac' }, 501, never, 'sudo mooring install'],
  ['test paths', { ...windows, platform: 'linux', testPaths: true }, 501, never, null],
  ['an administrator', windows, null, answering('"High","Label","S-1-16-12288",""'), null],
  ['the system', windows, null, answering('"System","Label","S-1-16-16384",""'), null],
  ['medium integrity', windows, null, answering('"Medium","Label","S-1-16-8192",""'), 'Run as administrator'],
  ['whoami failing', windows, null, answering('S-1-16-12288', 1), 'Run as administrator'],
] as const)('%s', async (_, paths, userId, runCommand, help) => {
  const refusal = await refuseUnlessElevated({ paths, userId, runCommand }, 'install');
  if (help === null) expect(refusal).toBeNull();
  else expect(refusal).toMatchObject({ code: 'forbidden', help: expect.stringContaining(help) });
});

it('on Windows, takes a folder over before it is used, and a file before it is trusted', async () => {
  const asked: string[] = [];
  const trusted: string[] = [];
  const runCommand: CommandRunner = async (file, args) => {
    asked.push([file, ...args].join(' '));
    return { kind: 'ended', exitCode: 0, stdout: '', stderr: '' };
  };
  const protection = machineProtection(windows, runCommand, async (path) => {
    trusted.push(path);
    return 'it belongs to somebody';
  });
  expect(await protection.folder(folder)).toBeNull();
  expect(asked[0]).toBe(`C:\\Windows\\System32\\icacls.exe ${folder} /setowner *S-1-5-32-544 /q`);
  expect(asked[1]).toContain('/reset');
  expect(asked[2]).toContain('/inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F');
  expect(await protection.file(folder)).toBe('it belongs to somebody');
  expect(trusted).toEqual([folder]);
});

it('elsewhere, a folder that others can write is refused before anything is put there', async () => {
  const seen: string[] = [];
  const protection = machineProtection({ ...windows, platform: 'linux' }, never, async (path) => {
    seen.push(path);
    return 'it can be written by everyone';
  });
  expect(await protection.folder(folder)).toBe('it can be written by everyone');
  expect(seen).toEqual([folder]);
});

it('on Windows, a link in the place of a folder is not touched', async () => {
  const link = `${folder}/link`;
  symlinkSync(folder, link);
  const protection = machineProtection(windows, never, async () => null);
  expect(await protection.folder(link)).toBe('it is a link');
});

it('on Windows, a list of rights that cannot be set is told', async () => {
  const protection = machineProtection(windows, answering('', 5), async () => null);
  expect(await protection.folder(folder)).toContain('icacls.exe ended with 5');
  expect(await protection.file(folder)).toContain('icacls.exe ended with 5');
});
