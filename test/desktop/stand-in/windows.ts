import { EventEmitter } from 'node:events';
import { type StandInSession, sessionOf } from './sessions.ts';
import { changed, refusable, report, seen } from './state.ts';

interface WindowOptions {
  readonly show?: boolean;
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
  readonly webPreferences: Readonly<Record<string, unknown>> & {
    readonly preload: string;
    readonly session: StandInSession;
  };
}

type OpenHandler = (details: { readonly url: string }) => { readonly action: 'deny' | 'allow' };

let count = 0;
const open = new Map<number, BrowserWindow>();
/** The listeners of `app` on `web-contents-created`, called as Electron does: while the window is being made. */
export const contentsCreated = new Set<(contents: WebContents) => void>();

export class WebContents extends EventEmitter {
  readonly id: number;
  #handler: OpenHandler = () => ({ action: 'allow' });
  constructor(id: number) {
    super();
    this.id = id;
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.#handler = handler;
  }
  openWindow(url: string): string {
    return this.#handler({ url }).action;
  }
  send(channel: string, ...args: unknown[]): void {
    report({ kind: 'to-page', window: this.id, channel, args });
  }
  isDestroyed(): boolean {
    return !open.has(this.id);
  }
  getURL(): string {
    return seen.windows.find(({ id }) => id === this.id)?.address ?? '';
  }
}

/** A window: its page is drawn by the browser that the test holds. */
export class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents;
  readonly id: number;
  #maximized = false;
  readonly #options: WindowOptions;

  constructor(options: WindowOptions) {
    super();
    count += 1;
    this.id = count;
    this.#options = options;
    this.webContents = new WebContents(count);
    open.set(this.id, this);
    for (const hear of contentsCreated) hear(this.webContents);
    const { session, ...rest } = options.webPreferences;
    if (session !== sessionOf()) throw new Error('a window with a session that nobody guards');
    seen.webPreferences = rest;
    const { x, y, width, height } = options;
    seen.bounds = { x, y, width, height };
    seen.opened += 1;
    seen.windows.push({ id: this.id, shown: options.show !== false, address: '' });
    changed();
    report({ kind: 'window', window: this.id, preload: options.webPreferences.preload });
  }
  /** Hears of every window that went, or was to go and stays. */
  static onWent: (gone: boolean) => void = () => undefined;
  static getAllWindows(): BrowserWindow[] {
    return [...open.values()];
  }
  static of(id: number): BrowserWindow | undefined {
    return open.get(id);
  }
  async loadURL(url: string): Promise<void> {
    this.#note({ address: url });
    report({ kind: 'load', window: this.id, url });
  }
  show(): void {
    this.#note({ shown: true });
  }
  /** The page went somewhere by itself. */
  moved(address: string): void {
    this.#note({ address });
  }
  focus(): void {}
  restore(): void {}
  maximize(): void {
    this.#maximized = true;
  }
  isVisible(): boolean {
    return seen.windows.some(({ id, shown }) => id === this.id && shown);
  }
  isMaximized(): boolean {
    return this.#maximized;
  }
  isMinimized(): boolean {
    return false;
  }
  isDestroyed(): boolean {
    return !open.has(this.id);
  }
  getNormalBounds(): object {
    const { x = 40, y = 40, width, height } = this.#options;
    return { x, y, width, height };
  }
  close(): void {
    const event = refusable({});
    this.emit('close', event);
    if (event.defaultPrevented) {
      BrowserWindow.onWent(false);
      return;
    }
    // The page is asked first, as Chromium asks it.
    report({ kind: 'leave', window: this.id });
  }
  /** What the page said to that. Where it wants to stay, only the app can have it go. */
  left(stays: boolean): void {
    const event = refusable({});
    if (stays) this.webContents.emit('will-prevent-unload', event);
    if (stays && !event.defaultPrevented) BrowserWindow.onWent(false);
    else this.destroy();
  }
  destroy(): void {
    if (!open.delete(this.id)) return;
    seen.windows = seen.windows.filter(({ id }) => id !== this.id);
    changed();
    report({ kind: 'closed', window: this.id });
    this.emit('closed');
    BrowserWindow.onWent(true);
  }
  #note(change: Partial<(typeof seen.windows)[number]>): void {
    const mine = seen.windows.find(({ id }) => id === this.id);
    if (mine !== undefined) Object.assign(mine, change);
    changed();
  }
}
