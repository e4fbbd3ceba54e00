import { BrowserWindow, type Session, screen, session, shell } from 'electron';
import type { Preferences } from '../preferences/preferences.ts';
import { APP_SCHEME, DASHBOARD_ADDRESS, isOwnAddress } from '../protocol/app-origin.ts';
import type { OutwardLinks } from './outward-links.ts';
import { SMALLEST, windowBounds } from './window-bounds.ts';

/** The one window of the app. There is none, and no renderer process, until it is opened. */
export interface DashboardWindow {
  /** Opens it, or brings it to the front; `place` is an address after `#`, such as `/policy`. */
  show(place?: string): void;
  /** Whether these web contents are the window's. */
  owns(webContentsId: number): boolean;
  isOpen(): boolean;
  close(): void;
  /** Calls back once when the window that is open has gone; never where the person stays in it. */
  whenGone(act: () => void): void;
  /** Closes it at once, whatever is unsaved in it: when the session ends nobody is there to be asked. */
  end(): void;
}

export interface DashboardWindowOptions {
  readonly preload: string;
  readonly preferences: Preferences;
  readonly links: OutwardLinks;
  readonly protocol: (request: Request) => Promise<Response>;
  /** Asks the person whether unsaved changes may be lost; false: the window stays. */
  readonly mayLose: (window: BrowserWindow) => Promise<boolean>;
  /** Developer tools; never in an installed app. */
  readonly inspectable: boolean;
  readonly onOpen: () => void;
  /** The page or the window with this number is gone. */
  readonly onGone: (webContentsId: number) => void;
  readonly onClosed: () => void;
  /** The page met a fault, and the window went with it. */
  readonly onLost: () => void;
  readonly log: (message: string, facts: Readonly<Record<string, unknown>>) => void;
}

/** Nothing of this session is kept on disk: the page has no state of its own. */
const PARTITION = 'dashboard';

export function createDashboardWindow(options: DashboardWindowOptions): DashboardWindow {
  const pages = session.fromPartition(PARTITION, { cache: false });
  guardSession(pages, options);
  let open: BrowserWindow | null = null;
  let endOpen = (): void => {};
  let afterwards = (): void => {};

  const create = (): BrowserWindow => {
    const { bounds, maximized } = options.preferences.read();
    const displays = screen.getAllDisplays().map(({ workArea }) => workArea);
    const window = new BrowserWindow({
      ...windowBounds(bounds, displays),
      ...{ minWidth: SMALLEST.width, minHeight: SMALLEST.height, show: false, title: 'Mooring' },
      autoHideMenuBar: true,
      webPreferences: {
        ...{ preload: options.preload, session: pages, devTools: options.inspectable },
        ...{ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true },
        ...{ nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false, webviewTag: false },
        ...{ allowRunningInsecureContent: false, experimentalFeatures: false, navigateOnDragDrop: false },
        spellcheck: false,
      },
    });
    guardNavigation(window, options);
    const keepBounds = boundsKeeper(window, options.preferences);
    // Once, at the end: not at every pixel of a move. A crash costs only the last place.
    window.on('close', keepBounds);
    // What the page says to that only keeps a browser's tab open and asks; here the window would stay without a word,
    // and the app could not be quit.
    let asking = false;
    const ask = async (): Promise<void> => {
      if (asking) return;
      asking = true;
      const lose = await options.mayLose(window).catch(() => false);
      asking = false;
      if (window.isDestroyed()) return;
      if (lose) endOpen();
      else afterwards = () => {};
    };
    window.webContents.on('will-prevent-unload', () => void ask());
    endOpen = () => {
      keepBounds();
      window.destroy();
    };
    const { id } = window.webContents;
    window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) options.onGone(id);
    });
    window.webContents.on('render-process-gone', (_, { reason }) => {
      options.log('the page of the window ended', { reason });
      options.onGone(id);
      if (reason === 'clean-exit') return;
      window.destroy();
      options.onLost();
    });
    window.once('ready-to-show', () => {
      if (maximized) window.maximize();
      window.show();
    });
    window.on('closed', () => {
      open = null;
      endOpen = () => {};
      options.onGone(id);
      options.onClosed();
      const act = afterwards;
      afterwards = () => {};
      act();
    });
    return window;
  };

  return {
    show: (place) => {
      if (open !== null) {
        if (open.isMinimized()) open.restore();
        open.show();
        open.focus();
        if (place !== undefined) load(open, place, options);
        return;
      }
      open = create();
      options.onOpen();
      load(open, place ?? '', options);
    },
    owns: (id) => open !== null && open.webContents.id === id,
    isOpen: () => open !== null,
    close: () => open?.close(),
    whenGone: (act) => {
      if (open !== null) afterwards = act;
    },
    end: () => endOpen(),
  };
}

function load(window: BrowserWindow, place: string, { log }: DashboardWindowOptions): void {
  const address = `${DASHBOARD_ADDRESS}${place === '' ? '' : `#${place}`}`;
  // Loading where it is already would be a reload, which loses what is unsaved.
  if (window.webContents.getURL() === address) return;
  window.loadURL(address).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    // Another page was asked for before this one was there.
    if (!reason.includes('ERR_ABORTED')) log('the page of the window could not be loaded', { reason });
  });
}

/** The page goes nowhere but to itself; what is on the list opens in the person's own browser. */
function guardNavigation({ webContents }: BrowserWindow, { links, log }: DashboardWindowOptions): void {
  const outward = (address: string): void => {
    const allowed = links.allowed(address);
    if (allowed === null) {
      log('the window was kept from an address', { address: address.slice(0, 200) });
      return;
    }
    shell.openExternal(allowed).catch((error: unknown) => {
      log('the browser could not be opened', { reason: String(error) });
    });
  };
  webContents.setWindowOpenHandler(({ url }) => {
    outward(url);
    return { action: 'deny' };
  });
  webContents.on('will-navigate', (event) => {
    if (isOwnAddress(event.url)) return;
    event.preventDefault();
    outward(event.url);
  });
  webContents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) event.preventDefault();
  });
  webContents.on('will-redirect', (event) => event.preventDefault());
  webContents.on('will-attach-webview', (event) => event.preventDefault());
}

/** Permissions, requests and downloads of the page: none but its own. */
function guardSession(pages: Session, { protocol }: DashboardWindowOptions): void {
  pages.protocol.handle(APP_SCHEME, protocol);
  pages.setPermissionRequestHandler((_, permission, answer, { requestingUrl }) =>
    answer(mayUse(permission, requestingUrl)),
  );
  pages.setPermissionCheckHandler((_, permission, origin) => mayUse(permission, origin));
  pages.setDevicePermissionHandler(() => false);
  pages.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !mayLoad(url) }));
  pages.on('will-download', (event, item) => {
    if (!isOwnData(item.getURL())) event.preventDefault();
  });
}

/** Writing text to the clipboard is what the buttons "Copy" do; nothing else is ever needed. */
function mayUse(permission: string, origin: string): boolean {
  return permission === 'clipboard-sanitized-write' && isOwnAddress(origin);
}

function mayLoad(address: string): boolean {
  return isOwnAddress(address) || address.startsWith('data:') || isOwnData(address) || isTools(address);
}

function isOwnData(address: string): boolean {
  return address.startsWith('blob:') && isOwnAddress(address.slice('blob:'.length));
}

/** The developer tools' own pages, where those can be opened at all. */
function isTools(address: string): boolean {
  return address.startsWith('devtools://');
}

function boundsKeeper(window: BrowserWindow, preferences: Preferences): () => void {
  return () => {
    if (window.isDestroyed()) return;
    preferences.keep({ bounds: window.getNormalBounds(), maximized: window.isMaximized() });
  };
}
