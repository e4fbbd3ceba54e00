import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { changed, refusable, seen } from './state.ts';
import { BrowserWindow } from './windows.ts';

/** Electron's `app`, as far as this app uses it: starting, the single instance, and ending in order. */
class StandInApp extends EventEmitter {
  readonly isPackaged = process.env.TEST_RESOURCES !== undefined;
  readonly dock = undefined;
  readonly commandLine = { getSwitchValue: (): string => ozonePlatform() };
  #quitting = false;
  #userData = join(tmpdir(), 'mooring-stand-in');
  #held = false;
  #ready = new Promise<void>((resolve) => setImmediate(resolve));

  whenReady(): Promise<void> {
    return this.#ready;
  }
  enableSandbox(): void {
    seen.sandboxed = true;
    changed();
  }
  /** As on Linux: the languages of the session, such as `LANGUAGE=de_AT:en`. */
  getPreferredSystemLanguages(): string[] {
    return (process.env.LANGUAGE ?? '').split(':').map((each) => each.replace('_', '-'));
  }
  getVersion(): string {
    return '0.0.0';
  }
  getName(): string {
    return 'Mooring';
  }
  setPath(_: 'userData', folder: string): void {
    this.#userData = folder;
  }
  getPath(): string {
    return this.#userData;
  }
  setAppUserModelId(): void {}
  setAboutPanelOptions(): void {}
  showAboutPanel(): void {
    seen.abouts += 1;
    changed();
  }
  setAsDefaultProtocolClient(): boolean {
    return true;
  }
  setLoginItemSettings(): void {}

  /** As Chromium does it: the first holds a lock in the profile, and later ones leave their arguments with it. */
  requestSingleInstanceLock(): boolean {
    mkdirSync(this.#userData, { recursive: true });
    const lock = join(this.#userData, 'SingletonLock');
    const holder = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
    if (holder > 0 && lives(holder)) {
      writeFileSync(join(this.#userData, `start-${process.pid}.json`), JSON.stringify(process.argv));
      process.kill(holder, 'SIGUSR2');
      return false;
    }
    writeFileSync(lock, String(process.pid));
    this.#held = true;
    process.on('SIGUSR2', () => this.#hearStarts());
    return true;
  }

  #hearStarts(): void {
    for (const name of readdirSync(this.#userData).filter((each) => /^start-\d+\.json$/.test(each))) {
      const file = join(this.#userData, name);
      const argv = z.array(z.string()).parse(JSON.parse(readFileSync(file, 'utf8')));
      rmSync(file);
      this.emit('second-instance', refusable({}), argv, '/');
    }
  }

  quit(): void {
    this.emit('before-quit', refusable({}));
    this.#quitting = true;
    for (const window of BrowserWindow.getAllWindows()) window.close();
    this.windowWent(true);
  }
  /** The app quits when its last window has gone; one that stays keeps it. */
  windowWent(gone: boolean): void {
    if (!gone) this.#quitting = false;
    if (!this.#quitting || BrowserWindow.getAllWindows().length > 0) return;
    this.#quitting = false;
    const event = refusable({});
    this.emit('will-quit', event);
    if (!event.defaultPrevented) this.exit(0);
  }
  exit(code: number): void {
    if (this.#held) rmSync(join(this.#userData, 'SingletonLock'), { force: true });
    this.emit('quit');
    process.exit(code);
  }
}

/** What Chromium draws on: what it was started with, else what the environment names (ozone_platform selection). */
function ozonePlatform(): string {
  const given = process.argv.find((word) => word.startsWith('--ozone-platform='));
  if (given !== undefined) return given.slice('--ozone-platform='.length);
  if (process.platform !== 'linux') return '';
  const { DISPLAY = '', WAYLAND_DISPLAY = '', XDG_SESSION_TYPE } = process.env;
  if ((DISPLAY === '') !== (WAYLAND_DISPLAY === '')) return DISPLAY === '' ? 'wayland' : 'x11';
  return XDG_SESSION_TYPE === 'wayland' ? 'wayland' : 'x11';
}

/** Whether there is a process of that number. */
export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export const app = new StandInApp();
BrowserWindow.onWent = (gone) => app.windowWent(gone);
