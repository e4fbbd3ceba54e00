import { execFileSync } from 'node:child_process';
import { appendFile, chmod, link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CommandRunner } from '../agent-options.ts';
import { FILE_LIMIT, readMachineFile } from './machine-file.ts';
import { type DiskLook, type Ownership, unixTrust, windowsTrust } from './machine-file-trust.ts';

const trusting = async () => null;

describe('reading a machine file', () => {
  let folder = '';
  let file = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mooring-file-'));
    file = join(folder, 'admin-settings.json');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('gives the bytes as they are', async () => {
    await writeFile(file, Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d, 0x00, 0xff]));
    const reading = await readMachineFile(file, trusting);
    expect(reading).toMatchObject({
      kind: 'read',
      bytes: new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d, 0, 0xff]),
    });
  });

  test('nothing there is absent, also where a folder on the way is missing or a file', async () => {
    expect(await readMachineFile(file, trusting)).toEqual({ kind: 'absent' });
    expect(await readMachineFile(join(folder, 'a', 'b', 'c'), trusting)).toEqual({ kind: 'absent' });
    await writeFile(file, '');
    expect(await readMachineFile(join(file, 'below'), trusting)).toEqual({ kind: 'absent' });
  });

  test('a pipe without a writer, a socket, a device and a folder are refused and never waited for', async () => {
    execFileSync('mkfifo', [file]);
    const socket = join(folder, 'socket');
    const server = createServer().listen(socket);
    await new Promise((resolve) => server.once('listening', resolve));
    await mkdir(join(folder, 'folder'));
    try {
      for (const path of [file, socket, '/dev/zero', '/dev/tty', join(folder, 'folder')]) {
        const reading = await readMachineFile(path, trusting);
        expect([path, reading.kind]).toEqual([path, 'unreadable']);
      }
    } finally {
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
  });

  test('a link that leads nowhere, or in a circle, is not "absent"', async () => {
    await symlink(join(folder, 'missing'), file);
    expect(await readMachineFile(file, trusting)).toMatchObject({ kind: 'unreadable' });
    await rm(file);
    await symlink(file, file);
    expect(await readMachineFile(file, trusting)).toMatchObject({ kind: 'unreadable' });
  });

  test('exactly the limit is read, one byte more is not', async () => {
    await writeFile(file, Buffer.alloc(FILE_LIMIT, 0x20));
    expect(await readMachineFile(file, trusting)).toMatchObject({ kind: 'read' });
    await appendFile(file, ' ');
    expect(await readMachineFile(file, trusting)).toMatchObject({ kind: 'unreadable', code: 'too_large' });
  });

  test('an untrusted file is not read', async () => {
    await writeFile(file, '{}');
    const reading = await readMachineFile(file, async () => 'because');
    expect(reading).toEqual({ kind: 'untrusted', message: 'because' });
  });

  test('the owner judged is that of the file that is read, also through a link', async () => {
    const target = join(folder, 'target.json');
    await writeFile(target, '{}');
    await chmod(target, 0o666);
    await symlink(target, file);
    await link(target, join(folder, 'hard'));
    const seen: number[] = [];
    const watching = async (_path: string, info: Ownership) => {
      seen.push(info.mode & 0o777);
      return null;
    };
    await readMachineFile(file, watching);
    await readMachineFile(join(folder, 'hard'), watching);
    expect(seen).toEqual([0o666, 0o666]);
  });
});

const FILE = 0o100000;
const FOLDER = 0o040000;
const LINK = 0o120000;
const ADMIN = '/usr/share/mooring-desktop/admin-settings.json';

function disk(different: Record<string, Ownership>, real = ADMIN): DiskLook {
  return {
    realpath: async () => real,
    lstat: async (path) =>
      different[path] ?? { uid: 0, gid: 0, mode: path.endsWith('.json') ? FILE | 0o644 : FOLDER | 0o755 },
  };
}

describe('trust on mac and Linux', () => {
  test.each<[string, boolean, Ownership, Record<string, Ownership>, boolean]>([
    ['root’s file', false, { uid: 0, gid: 0, mode: FILE | 0o644 }, {}, true],
    ['the user’s file', false, { uid: 1000, gid: 1000, mode: FILE | 0o644 }, {}, false],
    ['root’s file that all can write', false, { uid: 0, gid: 0, mode: FILE | 0o666 }, {}, false],
    ['root’s file that a group can write', false, { uid: 0, gid: 27, mode: FILE | 0o664 }, {}, false],
    ['root’s file that root’s group can write', false, { uid: 0, gid: 0, mode: FILE | 0o664 }, {}, true],
    ['mac: that group admin can write', true, { uid: 0, gid: 80, mode: FILE | 0o664 }, {}, true],
    ['Linux: that group 80 can write', false, { uid: 0, gid: 80, mode: FILE | 0o664 }, {}, false],
    [
      'a folder of the user’s',
      false,
      { uid: 0, gid: 0, mode: FILE | 0o644 },
      { '/usr/share/mooring-desktop': { uid: 1000, gid: 0, mode: FOLDER | 0o755 } },
      false,
    ],
    [
      'a folder all can write',
      false,
      { uid: 0, gid: 0, mode: FILE | 0o644 },
      { '/usr/share': { uid: 0, gid: 0, mode: FOLDER | 0o777 } },
      false,
    ],
    [
      'a sticky folder all can write',
      false,
      { uid: 0, gid: 0, mode: FILE | 0o644 },
      { '/usr/share': { uid: 0, gid: 0, mode: FOLDER | 0o1777 } },
      true,
    ],
    [
      'a link of root’s',
      false,
      { uid: 0, gid: 0, mode: FILE | 0o644 },
      { [ADMIN]: { uid: 0, gid: 0, mode: LINK | 0o777 } },
      true,
    ],
    [
      'a link of the user’s to root’s file',
      false,
      { uid: 0, gid: 0, mode: FILE | 0o644 },
      { [ADMIN]: { uid: 1000, gid: 0, mode: LINK | 0o777 } },
      false,
    ],
  ])('%s', async (_what, isMac, info, different, trusted) => {
    const distrust = await unixTrust(isMac, disk(different))(ADMIN, info);
    expect(distrust === null).toBe(trusted);
    if (distrust !== null) expect(distrust).toMatch(/ignored/);
  });

  test('the folders behind a link are judged as well', async () => {
    const look = disk(
      { '/home/mallory': { uid: 1000, gid: 1000, mode: FOLDER | 0o755 } },
      '/home/mallory/a.json',
    );
    expect(await unixTrust(false, look)(ADMIN, { uid: 0, gid: 0, mode: FILE | 0o644 })).toMatch(/mallory/);
  });
});

describe('trust on Windows', () => {
  const path = 'C:\\ProgramData\\Mooring\\admin-settings.json';
  const owner =
    (name: string): CommandRunner =>
    async () => ({
      kind: 'ended',
      exitCode: 0,
      stdout: `O:${name}G:SYD:AI(A;ID;FA;;;SY)(A;ID;0x1200a9;;;BU)\r\n`,
      stderr: '',
    });
  const answers =
    (stdout: string): CommandRunner =>
    async () => ({ kind: 'ended', exitCode: 0, stdout, stderr: '' });
  const noLink = async () => false;

  test.each([
    ['Administrators', 'BA', true],
    ['SYSTEM', 'SY', true],
    ['TrustedInstaller', 'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464', true],
    ['a user', 'S-1-5-21-1111111111-2222222222-3333333333-1001', false],
    ['Everyone', 'WD', false],
    ['the local account Administrator', 'LA', false],
  ])('owner %s', async (_who, sid, trusted) => {
    const distrust = await windowsTrust(owner(sid), 'C:\\Windows', noLink)(path, { uid: 0, gid: 0, mode: 0 });
    expect(distrust === null).toBe(trusted);
  });

  test.each(['', 'O:', 'G:SYD:', 'BA', 'O:SY\r\nO:SY', 'O:BAX', 'S-1-5-18', 'Get-Acl : Access is denied'])(
    'the answer %j names no owner',
    async (stdout) => {
      const distrust = windowsTrust(
        answers(stdout),
        'C:\\Windows',
        noLink,
      )(path, { uid: 0, gid: 0, mode: 0 });
      expect(await distrust).toMatch(/could not be found out/);
    },
  );

  test('asks by absolute path, and no quoting rule sees the name', async () => {
    const asked: { file: string; args: readonly string[]; environment: unknown }[] = [];
    const run: CommandRunner = async (file, args, options) => {
      asked.push({ file, args, environment: options?.environment });
      return { kind: 'ended', exitCode: 0, stdout: 'O:SYG:SYD:', stderr: '' };
    };
    const odd = 'C:\\ProgramData\\Mooring\'; Remove-Item "C:\\"\\admin-settings.json';
    expect(await windowsTrust(run, 'C:\\Windows', noLink)(odd, { uid: 0, gid: 0, mode: 0 })).toBeNull();
    expect(asked[0]?.file).toBe('C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe');
    expect(asked[0]?.environment).toEqual({ MOORING_FILE: odd });
    expect(asked[0]?.args.join(' ')).not.toContain('Remove-Item');
  });

  test('a link or junction anywhere on the way is refused before the owner is asked', async () => {
    const asked: string[] = [];
    const isLink = async (step: string) => {
      asked.push(step);
      return step === 'C:\\ProgramData\\Mooring';
    };
    const run: CommandRunner = async () => {
      throw new Error('not reached');
    };
    expect(await windowsTrust(run, 'C:\\Windows', isLink)(path, { uid: 0, gid: 0, mode: 0 })).toMatch(
      /is a link/,
    );
    expect(asked).toEqual(['C:\\ProgramData', 'C:\\ProgramData\\Mooring']);
  });

  test('an owner that cannot be found out is not trusted', async () => {
    const failed: CommandRunner = async () => ({ kind: 'failed', reason: 'ENOENT' });
    const denied: CommandRunner = async () => ({
      kind: 'ended',
      exitCode: 1,
      stdout: 'S-1-5-18',
      stderr: '',
    });
    for (const run of [failed, denied]) {
      expect(await windowsTrust(run, 'C:\\Windows', noLink)(path, { uid: 0, gid: 0, mode: 0 })).toMatch(
        /ignored/,
      );
    }
  });
});
