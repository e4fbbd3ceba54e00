import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { autostartFile as fileFor, ownProgram } from './autostart-file.ts';
import { autostartEntry, createLoginItem, type LoginItemOptions } from './login-item.ts';

function make(change: Partial<LoginItemOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-login-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const autostartFile = join(folder, 'autostart', 'dev.mooring.desktop.desktop');
  const asked: unknown[] = [];
  const log: string[] = [];
  const item = createLoginItem({
    ...{ platform: 'linux', installed: true, autostartFile, program: '/opt/Mooring/mooring-desktop' },
    setLoginItem: (wanted, args) => asked.push([wanted, ...args]),
    log: (message) => log.push(message),
    ...change,
  });
  return { item, folder, autostartFile, asked, log };
}

describe('the start at login', () => {
  test('on Linux is an entry that comes and goes', () => {
    const { item, autostartFile } = make();
    item.follow(true);
    expect(readFileSync(autostartFile, 'utf8')).toContain('Exec="/opt/Mooring/mooring-desktop" --at-login\n');
    item.follow(false);
    expect(existsSync(autostartFile)).toBe(false);
  });

  test('elsewhere is the system’s own list, changed only when the setting is', () => {
    const { item, asked, autostartFile } = make({ platform: 'windows' });
    for (const wanted of [true, true, false]) item.follow(wanted);
    expect([asked, existsSync(autostartFile)]).toEqual([
      [
        [true, '--at-login'],
        [false, '--at-login'],
      ],
      false,
    ]);
  });

  test('a copy that is not installed is not put on the list', () => {
    const { item, asked } = make({ platform: 'mac', installed: false });
    item.follow(true);
    expect(asked).toEqual([]);
  });

  test('nor is a checkout on Linux, where Electron alone would be started', () => {
    const own = { userData: '/home/ada/.mooring/desktop', testPaths: false };
    const environment = { XDG_CONFIG_HOME: '/home/ada/.config' };
    expect(fileFor(own, environment, true)).toBe('/home/ada/.config/autostart/dev.mooring.desktop.desktop');
    expect(fileFor(own, environment, false)).toBeNull();
    expect(fileFor({ ...own, testPaths: true }, environment, false)).toContain(own.userData);
    const { item, folder, log } = make({ installed: false, autostartFile: null });
    for (const wanted of [true, false]) item.follow(wanted);
    expect([readdirSync(folder), log]).toEqual([[], []]);
  });

  test('a folder that cannot be written is logged, and tried again', () => {
    const { item, folder, autostartFile, log } = make();
    writeFileSync(join(folder, 'autostart'), 'in the way');
    item.follow(true);
    expect(log).toEqual(['the start at login could not be changed']);
    rmSync(join(folder, 'autostart'));
    item.follow(true);
    expect(existsSync(autostartFile)).toBe(true);
  });

  test('starts an AppImage by its own file: what it runs from is gone by then', () => {
    const image = { APPIMAGE: '/home/ada/Mooring.AppImage', APPDIR: '/tmp/.mount_x' };
    expect(ownProgram(image, '/tmp/.mount_x/mooring')).toBe('/home/ada/Mooring.AppImage');
    // Started from the terminal of another AppImage, it is that one's name that is handed down.
    expect(ownProgram(image, '/opt/Mooring/mooring-desktop')).toBe('/opt/Mooring/mooring-desktop');
    expect(ownProgram({}, '/opt/Mooring/mooring-desktop')).toBe('/opt/Mooring/mooring-desktop');
  });

  test('says in both languages what it starts', () => {
    expect(autostartEntry('/opt/mooring')).toMatch(/\nComment=Keeps .*\nComment\[de\]=Hält /);
  });

  test('a path is quoted as the specification of desktop entries has it', () => {
    expect(autostartEntry('/opt/a b\\c')).toContain('\nTryExec=/opt/a b\\\\c\n');
    const entry = autostartEntry('/opt/a "b" $c `d` \\e 100%/mooring');
    expect(entry).toContain(
      'Exec="/opt/a \\\\"b\\\\" \\\\$c \\\\`d\\\\` \\\\\\\\e 100%%/mooring" --at-login',
    );
  });
});
