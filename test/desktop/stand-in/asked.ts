import { ipcMain } from './ipc.ts';
import { sessionOf } from './sessions.ts';
import { refusable, report } from './state.ts';
import { BrowserWindow } from './windows.ts';
import { type Ask, numberedAskSchema, type Served } from './wire.ts';

type What = Ask['what'];
type Answers<Names extends What> = { [Name in Names]: (ask: Extract<Ask, { what: Name }>) => unknown };
/** What concerns pages and sessions is answered here, the rest by whoever holds it. */
type PageAsks =
  | 'request'
  | 'may-load'
  | 'ipc'
  | 'open-window'
  | 'navigate'
  | 'started'
  | 'moved'
  | 'drawn'
  | 'permission'
  | 'download'
  | 'close-window'
  | 'left'
  | 'page-gone';

export function answerAsks(others: Answers<Exclude<What, PageAsks>>): void {
  const answers: Answers<What> = { ...pageAnswers, ...others };
  process.on('message', (message: unknown) => {
    const { number, ask } = numberedAskSchema.parse(message);
    // One entry for each kind of question: the compiler cannot follow that the entry is the question's own.
    const answer: (ask: never) => unknown = answers[ask.what];
    Promise.resolve()
      .then(() => answer(ask as never))
      .then(
        (value) => report({ kind: 'answer', number, value: value ?? null, error: null }),
        (error: unknown) => report({ kind: 'answer', number, value: null, error: String(error) }),
      );
  });
}

const windowOf = (id: number): BrowserWindow => {
  const window = BrowserWindow.of(id);
  if (window === undefined) throw new Error(`there is no window ${id}`);
  return window;
};

const pageAnswers: Answers<PageAsks> = {
  request: async ({ url, method }): Promise<Served> => {
    const { serve } = sessionOf();
    if (serve === null) throw new Error('nobody serves the scheme');
    const response = await serve(new Request(url, { method }));
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()).toString('base64'),
    };
  },
  'may-load': ({ url }) =>
    new Promise<boolean>((resolve) => sessionOf().judge({ url }, ({ cancel }) => resolve(!cancel))),
  ipc: ({ window, answered, channel, args, frame }) => {
    const event = {
      sender: windowOf(window).webContents,
      senderFrame: { url: frame.url, parent: frame.main ? null : { url: '' } },
    };
    if (!answered) return void ipcMain.emit(channel, event, ...args);
    const handler = ipcMain.handlers.get(channel);
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
    return handler(event, ...args);
  },
  'open-window': ({ window, url }) => windowOf(window).webContents.openWindow(url),
  navigate: ({ window, url, main }) => {
    const { webContents } = windowOf(window);
    const event = refusable({ url, isMainFrame: main, isSameDocument: false });
    if (main) webContents.emit('will-navigate', event, url);
    webContents.emit('will-frame-navigate', event);
    return !event.defaultPrevented;
  },
  started: ({ window }) =>
    BrowserWindow.of(window)?.webContents.emit('did-start-navigation', {
      isMainFrame: true,
      isSameDocument: false,
    }),
  moved: ({ window, url }) => BrowserWindow.of(window)?.moved(url),
  drawn: ({ window }) => BrowserWindow.of(window)?.emit('ready-to-show'),
  permission: ({ permission, url }) =>
    new Promise<boolean>((resolve) => {
      if (!sessionOf().checkPermission(null, permission, url)) return resolve(false);
      sessionOf().askPermission(null, permission, resolve, { requestingUrl: url });
    }),
  download: ({ url }) => {
    const event = refusable({});
    sessionOf().emit('will-download', event, { getURL: () => url });
    return !event.defaultPrevented;
  },
  'close-window': ({ window }) => windowOf(window).close(),
  left: ({ window, stays }) => BrowserWindow.of(window)?.left(stays),
  'page-gone': ({ window }) =>
    windowOf(window).webContents.emit('render-process-gone', refusable({}), { reason: 'crashed' }),
};
