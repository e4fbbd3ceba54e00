import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { changed, refusable, seen } from './state.ts';
import { BrowserWindow } from './windows.ts';

/** Electron's `app`, as far as this app uses it: starting, the single instance, and ending in order. */
class StandInApp extends EventEmitter {
  readonly isPackaged = false;
  readonly dock = undefined;
  readonly commandLine = {
    appendSwitch: (name: string, value = ''): void => {
      seen.switches.push(value === '' ? name : `${name}=${value}`);
      changed();
    },
  };
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
    for (const window of BrowserWindow.getAllWindows()) window.close();
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

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export const app = new StandInApp();
