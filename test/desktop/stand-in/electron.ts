/*
 * Stands in for the module `electron` where no Electron can be had: the app's own built main bundle runs on it
 * unchanged. It only passes on what it is told; what it cannot show is whether Electron does the same.
 */
import { EventEmitter } from 'node:events';
import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { app, lives } from './app.ts';
import { answerAsks } from './asked.ts';
import { ipcMain } from './ipc.ts';
import { sessionOf } from './sessions.ts';
import { changed, refusable, report, seen } from './state.ts';
import { BrowserWindow, contentsCreated, WebContents } from './windows.ts';

export { app, BrowserWindow, ipcMain };

Object.defineProperty(process, 'resourcesPath', { value: process.env.TEST_RESOURCES ?? tmpdir() });
contentsCreated.add((contents) => app.emit('web-contents-created', refusable({}), contents));

interface MenuItem {
  readonly id?: string;
  readonly type?: 'separator';
  readonly label?: string;
  readonly enabled?: boolean;
  readonly click?: () => void;
}

export class Menu {
  readonly items: readonly MenuItem[];
  constructor(items: readonly MenuItem[]) {
    this.items = items;
  }
  static buildFromTemplate(items: readonly MenuItem[]): Menu {
    return new Menu(items);
  }
  static setApplicationMenu(): void {}
}

const trays = new Set<Tray>();

export class Tray extends EventEmitter {
  menu = new Menu([]);
  constructor(image: Image) {
    super();
    trays.add(this);
    this.setImage(image);
  }
  setImage({ file }: Image): void {
    seen.trayImage = basename(file);
    changed();
  }
  setToolTip(text: string): void {
    seen.tooltip = text;
    changed();
  }
  setContextMenu(menu: Menu): void {
    this.menu = menu;
    seen.menu = menu.items
      .filter(({ type }) => type !== 'separator')
      .map(({ id = '', label = '', enabled = true }) => ({ id, label, enabled }));
    changed();
  }
  destroy(): void {
    trays.delete(this);
    seen.trayImage = '';
    changed();
  }
}

class Image {
  readonly file: string;
  constructor(file: string) {
    this.file = file;
  }
  setTemplateImage(): void {}
}
export const nativeImage = { createFromPath: (file: string): Image => new Image(file) };

class NativeTheme extends EventEmitter {
  shouldUseDarkColors = false;
  get themeSource(): string {
    return seen.theme;
  }
  set themeSource(theme: string) {
    seen.theme = theme;
    changed();
    this.emit('updated');
  }
}
export const nativeTheme = new NativeTheme();

const notifications: Notification[] = [];

export class Notification extends EventEmitter {
  readonly #options: { readonly title: string; readonly body: string };
  constructor(options: { readonly title: string; readonly body: string }) {
    super();
    this.#options = options;
  }
  static isSupported(): boolean {
    return true;
  }
  show(): void {
    notifications.push(this);
    seen.notifications.push({ title: this.#options.title, body: this.#options.body });
    changed();
  }
}

interface Box {
  readonly message: string;
  readonly detail?: string;
  /** Only what is a question has one. */
  readonly cancelId?: number;
}

export const dialog = {
  showMessageBox: async (...given: readonly [BrowserWindow, Box] | readonly [Box]): Promise<object> => {
    const { message, detail = '', cancelId = 0 } = given.length === 1 ? given[0] : given[1];
    if (cancelId === 0) seen.boxes.push({ title: message, text: detail });
    else seen.questions.push(message);
    changed();
    return { response: process.env.TEST_ANSWER === undefined ? cancelId : Number(process.env.TEST_ANSWER) };
  },
  showErrorBox: (title: string, text: string): void => {
    seen.boxes.push({ title, text });
    changed();
  },
};

export const shell = {
  openExternal: async (url: string): Promise<void> => {
    seen.outside.push(url);
    changed();
  },
  openPath: async (): Promise<string> => '',
};

export const powerMonitor = new EventEmitter();
export const net = { isOnline: (): boolean => true };
export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1040 } }],
};
export const protocol = {
  registerSchemesAsPrivileged: (schemes: typeof seen.schemes): void => {
    seen.schemes.push(...schemes);
    changed();
  },
};
export const session = { fromPartition: sessionOf };

answerAsks({
  quit: () => app.quit(),
  'open-url': ({ url }) => app.emit('open-url', refusable({}), url),
  power: ({ event }) => powerMonitor.emit(event),
  dark: ({ dark }) => {
    nativeTheme.shouldUseDarkColors = dark;
    nativeTheme.emit('updated');
  },
  'tray-click': () => {
    for (const tray of trays) tray.emit('click');
  },
  menu: ({ id }) => {
    const item = [...trays].flatMap(({ menu }) => menu.items).find((each) => each.id === id);
    if (item?.enabled !== true) throw new Error(`the menu has no item "${id}" that can be chosen`);
    item.click?.();
  },
  'stranger-opens': () => {
    const stranger = new WebContents(-1);
    for (const hear of contentsCreated) hear(stranger);
    return stranger.openWindow('about:blank') === 'allow';
  },
  'notification-click': ({ index }) => notifications[index]?.emit('click'),
});
process.on('disconnect', () => process.exit(1));
// One that the app itself started has no channel to the test, and must not outlive it all the same.
const { TEST_PROCESS } = process.env;
if (process.send === undefined && TEST_PROCESS !== undefined)
  setInterval(() => {
    if (!lives(Number(TEST_PROCESS))) process.exit(1);
  }, 1_000).unref();
report({ kind: 'seen', seen });

export default {
  ...{ app, BrowserWindow, dialog, ipcMain, Menu, nativeImage, nativeTheme, net, Notification },
  ...{ powerMonitor, protocol, screen, session, shell, Tray },
};
