import type { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createDashboardWindow, type DashboardWindow } from './dashboard-window.ts';

/*
 * What the window and its session tell Electron to refuse, each by what Electron calls. What a page meets of it is
 * test/desktop/security.test.ts; a page alone cannot show these, because its own policy stops it before.
 */

type Handler = (...args: never[]) => unknown;

const electron = vi.hoisted(() => ({
  handlers: new Map<string, Handler>(),
  preferences: {} as Record<string, unknown>,
  partition: [] as unknown[],
  outside: [] as string[],
  contents: null as EventEmitter | null,
  session: null as EventEmitter | null,
  window: null as EventEmitter | null,
  loaded: [] as string[],
  shown: 0,
  minimized: false,
  did: [] as string[],
}));

vi.mock('electron', async () => {
  const { EventEmitter } = await import('node:events');
  const keep = (name: string) => (handler: Handler) => void electron.handlers.set(name, handler);
  class Contents extends EventEmitter {
    readonly id = 1;
    readonly setWindowOpenHandler = keep('open');
    getURL(): string {
      return electron.loaded.at(-1) ?? '';
    }
  }
  class BrowserWindow extends EventEmitter {
    readonly webContents = new Contents();
    constructor({ webPreferences }: { webPreferences: Record<string, unknown> }) {
      super();
      electron.preferences = webPreferences;
      electron.contents = this.webContents;
      electron.window = this;
    }
    async loadURL(url: string): Promise<void> {
      electron.loaded.push(url);
    }
    show(): void {
      electron.shown += 1;
    }
    focus(): void {
      electron.did.push('focus');
    }
    restore(): void {
      electron.did.push('restore');
    }
    maximize(): void {
      electron.did.push('maximize');
    }
    isMinimized(): boolean {
      return electron.minimized;
    }
    isMaximized(): boolean {
      return true;
    }
    #gone = false;
    isDestroyed(): boolean {
      return this.#gone;
    }
    close(): void {
      electron.did.push('close');
    }
    getNormalBounds(): object {
      return { x: 1, y: 2, width: 900, height: 700 };
    }
    destroy(): void {
      this.#gone = true;
      this.emit('closed');
    }
  }
  class Session extends EventEmitter {
    readonly protocol = { handle: () => undefined };
    readonly webRequest = { onBeforeRequest: keep('request') };
    readonly setPermissionRequestHandler = keep('permission');
    readonly setPermissionCheckHandler = keep('check');
    readonly setDevicePermissionHandler = keep('device');
  }
  return {
    BrowserWindow,
    screen: { getAllDisplays: () => [] },
    session: {
      fromPartition: (...given: unknown[]) => {
        electron.partition = given;
        electron.session = new Session();
        return electron.session;
      },
    },
    shell: { openExternal: async (url: string) => void electron.outside.push(url) },
  };
});

const LISTED = 'https://hub.example.com/devices';
const WRITTEN = ' HTTPS://hub.example.com:443/x/../devices';
const ELSEWHERE = ['https://evil.example/', 'file:///etc/passwd', 'javascript:alert(1)', 'smb://evil/share'];
const OWN = 'app://mooring/#/settings';

const kept: unknown[] = [];
const gone: number[] = [];
let lost = 0;
let mayLose = Promise.resolve(true);
let asked = 0;
let window: DashboardWindow;

beforeEach(() => {
  for (const list of [electron.outside, electron.loaded, electron.did, kept, gone]) list.length = 0;
  electron.shown = 0;
  mayLose = Promise.resolve(true);
  asked = 0;
  lost = 0;
  window = createDashboardWindow({
    preload: '/app/out/preload/preload.cjs',
    preferences: {
      read: () => ({ bounds: null, maximized: true, theme: 'system' }),
      keep: (values) => kept.push(values),
    },
    // A page may write an address in ways of its own; what is opened is what was looked at.
    links: { allowed: (address) => (address === LISTED || address === WRITTEN ? LISTED : null) },
    protocol: async () => new Response(),
    inspectable: false,
    onOpen: () => undefined,
    mayLose: () => {
      asked += 1;
      return mayLose;
    },
    onGone: (id) => gone.push(id),
    onClosed: () => undefined,
    onLost: () => {
      lost += 1;
    },
    log: () => undefined,
  });
  window.show('/settings');
});

const call = (name: string, ...args: unknown[]): unknown =>
  Reflect.apply(electron.handlers.get(name) ?? expect.unreachable(`nobody handles ${name}`), undefined, args);
/** Whether what Electron tells by this event is refused. */
function refuses(of: EventEmitter | null, name: string, details: object = {}, ...more: unknown[]): boolean {
  let refused = false;
  const preventDefault = (): void => {
    refused = true;
  };
  of?.emit(name, { ...details, preventDefault }, ...more);
  return refused;
}

test('the page has nothing of Node, nothing of the disk, and no tools', () => {
  const { session: _, preload: __, ...rest } = electron.preferences;
  expect(rest).toEqual({
    ...{ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true },
    ...{ nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false, webviewTag: false },
    ...{ allowRunningInsecureContent: false, experimentalFeatures: false, navigateOnDragDrop: false },
    ...{ devTools: false, spellcheck: false },
  });
  // Without "persist:" nothing of the session is kept.
  expect(electron.partition).toEqual([expect.not.stringContaining('persist:'), { cache: false }]);
});

describe('places', () => {
  test('a new window is never opened; what is on the list goes to the browser', () => {
    for (const url of [...ELSEWHERE, OWN, LISTED, WRITTEN])
      expect(call('open', { url })).toEqual({ action: 'deny' });
    expect(electron.outside).toEqual([LISTED, LISTED]);
  });

  test('the page goes only to itself', () => {
    expect(refuses(electron.contents, 'will-navigate', { url: OWN })).toBe(false);
    for (const url of [...ELSEWHERE, LISTED, 'app://mooring.evil/'])
      expect(refuses(electron.contents, 'will-navigate', { url }), url).toBe(true);
    expect(electron.outside).toEqual([LISTED]);
  });

  test('a frame in it goes nowhere, a redirect is not followed, a webview not attached', () => {
    expect(refuses(electron.contents, 'will-frame-navigate', { isMainFrame: false, url: OWN })).toBe(true);
    expect(refuses(electron.contents, 'will-frame-navigate', { isMainFrame: true, url: OWN })).toBe(false);
    expect(refuses(electron.contents, 'will-redirect', { url: OWN })).toBe(true);
    expect(refuses(electron.contents, 'will-attach-webview')).toBe(true);
  });
});

describe('the session', () => {
  const PERMISSIONS = [
    ...[
      'clipboard-read',
      'display-capture',
      'fullscreen',
      'geolocation',
      'hid',
      'idle-detection',
      'media',
      'midi',
    ],
    ...[
      'midiSysex',
      'notifications',
      'openExternal',
      'pointerLock',
      'serial',
      'usb',
      'fileSystem',
      'unknown',
    ],
  ];
  const asked = (permission: string, requestingUrl: string): unknown => {
    let answer: unknown;
    const hear = (granted: unknown): void => {
      answer = granted;
    };
    call('permission', null, permission, hear, { requestingUrl });
    return answer;
  };

  test('a page of ours may write to the clipboard, and nothing else; others not even that', () => {
    for (const permission of PERMISSIONS) {
      expect(asked(permission, OWN), permission).toBe(false);
      expect(call('check', null, permission, OWN), permission).toBe(false);
    }
    expect([
      asked('clipboard-sanitized-write', OWN),
      call('check', null, 'clipboard-sanitized-write', OWN),
    ]).toEqual([true, true]);
    for (const origin of ['https://evil.example', 'app://mooring.evil', '']) {
      expect(asked('clipboard-sanitized-write', origin)).toBe(false);
      expect(call('check', null, 'clipboard-sanitized-write', origin)).toBe(false);
    }
    expect(call('device', { deviceType: 'usb', origin: OWN, device: {} })).toBe(false);
  });

  test('loads only what is the app’s own, whatever the page’s policy says', () => {
    const loads = (url: string): boolean => {
      let cancelled: boolean | undefined;
      const hear = ({ cancel }: { cancel: boolean }): void => {
        cancelled = cancel;
      };
      call('request', { url }, hear);
      return cancelled === false;
    };
    for (const url of [
      OWN,
      'app://mooring/assets/index.js',
      'data:image/png;base64,',
      'blob:app://mooring/1',
    ])
      expect(loads(url), url).toBe(true);
    for (const url of [
      'wss://evil.example/',
      'blob:https://evil.example/1',
      'http://127.0.0.1/',
      'chrome://gpu/',
      'chrome-extension://evil/page.html',
      'filesystem:app://mooring/temporary/x',
      'view-source:app://mooring/',
      ...ELSEWHERE,
    ])
      expect(loads(url), url).toBe(false);
  });

  test('saves only what the page itself made', () => {
    const download = (url: string) => refuses(electron.session, 'will-download', {}, { getURL: () => url });
    expect(download('blob:app://mooring/1')).toBe(false);
    for (const url of ['https://evil.example/setup.exe', 'blob:https://evil.example/1', 'data:text/html,x'])
      expect(download(url), url).toBe(true);
  });
});

describe('unsaved changes', () => {
  /** The page asks to stay. What the person answers comes later: until then nothing but the window waits. */
  const wantsToStay = () => expect(refuses(electron.contents, 'will-prevent-unload', {})).toBe(false);
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  test('keep the window where the person wants to go on, and no longer where not', async () => {
    mayLose = Promise.resolve(false);
    wantsToStay();
    await settled();
    expect(window.isOpen()).toBe(true);
    mayLose = Promise.resolve(true);
    wantsToStay();
    expect(window.isOpen()).toBe(true);
    await settled();
    expect([window.isOpen(), kept.length]).toEqual([false, 1]);
  });

  test('are asked about once at a time, and kept where nobody can be asked', async () => {
    const answer = Promise.withResolvers<boolean>();
    mayLose = answer.promise;
    wantsToStay();
    wantsToStay();
    expect(asked).toBe(1);
    answer.reject(new Error('no box'));
    await settled();
    expect(window.isOpen()).toBe(true);
    wantsToStay();
    expect(asked).toBe(2);
  });

  test('hold up what waits for the window to go, and end it where the person stays', async () => {
    const went: string[] = [];
    mayLose = Promise.resolve(false);
    window.whenGone(() => went.push('quit'));
    wantsToStay();
    await settled();
    mayLose = Promise.resolve(true);
    wantsToStay();
    await settled();
    expect([window.isOpen(), went]).toEqual([false, []]);
    window.whenGone(() => went.push('never'));
    window.show('/settings');
    window.whenGone(() => went.push('install'));
    wantsToStay();
    await settled();
    expect(went).toEqual(['install']);
    // Closed otherwise, by its own button.
    window.show('/settings');
    electron.window?.emit('closed');
    expect(went).toEqual(['install']);
  });

  test('hold up no end of the session', async () => {
    const answer = Promise.withResolvers<boolean>();
    mayLose = answer.promise;
    wantsToStay();
    window.end();
    expect([window.isOpen(), kept.length]).toEqual([false, 1]);
    // An answer that comes late concerns no other window.
    window.show('/settings');
    answer.resolve(true);
    await settled();
    expect(window.isOpen()).toBe(true);
  });

  test('are not lost by opening the page that is open', () => {
    window.show('/settings');
    expect([electron.loaded, electron.shown]).toEqual([[OWN], 1]);
    window.show('/policy');
    expect(electron.loaded).toEqual([OWN, 'app://mooring/#/policy']);
    // A click on the icon names no page.
    window.show();
    expect(electron.loaded.length).toBe(2);
  });
});

test('it is shown once it is drawn, as large as it was, and brought to the front from wherever it is', () => {
  expect([electron.shown, electron.did]).toEqual([0, []]);
  electron.window?.emit('ready-to-show');
  expect([electron.shown, electron.did]).toEqual([1, ['maximize']]);
  electron.minimized = true;
  window.show();
  expect(electron.did).toEqual(['maximize', 'restore', 'focus']);
  electron.minimized = false;
  window.show();
  expect(electron.did).toEqual(['maximize', 'restore', 'focus', 'focus']);
});

test('a page that crashed takes its window along, and the next one is drawn anew', () => {
  electron.contents?.emit('render-process-gone', {}, { reason: 'clean-exit' });
  expect([window.isOpen(), lost]).toEqual([true, 0]);
  electron.contents?.emit('render-process-gone', {}, { reason: 'crashed' });
  expect([window.isOpen(), lost]).toEqual([false, 1]);
  expect(gone).toContain(1);
});

test('what a page followed ends when another one is loaded in its place, and not when it only scrolls', () => {
  const moves = (isMainFrame: boolean, isSameDocument: boolean): number => {
    gone.length = 0;
    electron.contents?.emit('did-start-navigation', { isMainFrame, isSameDocument });
    return gone.length;
  };
  expect([moves(true, true), moves(false, false), moves(true, false)]).toEqual([0, 0, 1]);
});

describe('an end', () => {
  const place = { bounds: { x: 1, y: 2, width: 900, height: 700 }, maximized: true };

  test('frees the window, and a later one begins anew', () => {
    electron.window?.emit('close');
    electron.window?.emit('closed');
    expect([window.isOpen(), gone, kept]).toEqual([false, [1], [place]]);
    window.end();
    expect(kept.length).toBe(1);
    window.show('/policy');
    expect(window.isOpen()).toBe(true);
  });

  test('of the session asks nobody, and forgets nothing', () => {
    mayLose = Promise.resolve(false);
    window.end();
    expect([window.isOpen(), kept]).toEqual([false, [place]]);
  });
});
