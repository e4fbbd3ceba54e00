import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Browser, Page, Route } from '@playwright/test';
import type { z } from 'zod';
import type { RunningApp } from './desktop.ts';
import { installPreload, OWN, tellPage, toDrawn, toOwn } from './drawn-page.ts';
import { nothingSeen, type Seen } from './seen.ts';
import { type Ask, reportSchema, servedSchema } from './stand-in/wire.ts';

const REGISTER = join(import.meta.dirname, 'stand-in', 'register.ts');

type AskApp = (ask: Ask) => Promise<unknown>;

/** Starts the built main bundle on the stand-in of Electron; windows become pages of `browser`. */
export async function startStandIn(
  browser: Browser | null,
  main: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<RunningApp> {
  if (browser === null) throw new Error('the stand-in draws its windows in a browser');
  const child = fork(main, [...words], {
    execArgv: ['--disable-warning=ExperimentalWarning', '--import', REGISTER],
    env: { ...environment, TEST_PROCESS: String(process.pid) },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const { ask, onReport } = conversation(child, exited);
  let seen: Seen = nothingSeen();
  const drawn = new Map<number, Promise<DrawnWindow>>();
  const last = (): Promise<DrawnWindow> => {
    const window = [...drawn.values()].at(-1);
    if (window === undefined) throw new Error('no window is open');
    return window;
  };
  onReport((report) => {
    if (report.kind === 'seen') seen = report.seen;
    else if (report.kind === 'window')
      drawn.set(
        report.window,
        drawWindow(browser, report.window, report.preload, languageOf(environment), ask),
      );
    else if (report.kind === 'load') void drawn.get(report.window)?.then(({ load }) => load(report.url));
    else if (report.kind === 'to-page')
      void drawn.get(report.window)?.then(({ hear }) => hear(report.channel, report.args));
    else if (report.kind === 'leave') void drawn.get(report.window)?.then(({ leave }) => leave());
    else if (report.kind === 'closed') {
      void drawn.get(report.window)?.then(({ close }) => close());
      drawn.delete(report.window);
    }
  });
  void exited.then(async () => {
    for (const window of drawn.values()) await window.then(({ close }) => close());
  });
  const quit = async (): Promise<number | null> => {
    await ask({ what: 'quit' }).catch(() => undefined);
    return exited;
  };
  return {
    exited,
    stderr: () => stderr,
    closeStderr: () => void child.stderr?.destroy(),
    seen: async () => seen,
    page: async () => (await last()).page(),
    choose: async (id) => void (await ask({ what: 'menu', id })),
    clickTray: async () => void (await ask({ what: 'tray-click' })),
    clickNotification: async (index) => void (await ask({ what: 'notification-click', index })),
    closeWindow: async () => void (await ask({ what: 'close-window', window: (await last()).id })),
    crashPage: async () => (await last()).crash(),
    openUrl: async (url) => void (await ask({ what: 'open-url', url })),
    power: async (event) => void (await ask({ what: 'power', event })),
    strangerOpens: async () => (await ask({ what: 'stranger-opens' })) === true,
    quit,
    signal: (name) => void child.kill(name),
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Chromium's pages read what the session does, the first of `LANGUAGE=de_AT:en`. */
function languageOf({ LANGUAGE = 'en' }: Readonly<Record<string, string>>): string {
  const [first = 'en'] = LANGUAGE.split(':');
  return first === 'en' ? 'en-GB' : first.replace('_', '-');
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

function conversation(
  child: ChildProcess,
  exited: Promise<number | null>,
): { ask: AskApp; onReport(listener: (report: z.infer<typeof reportSchema>) => void): void } {
  const waiting = new Map<number, Waiting>();
  const listeners: ((report: z.infer<typeof reportSchema>) => void)[] = [];
  let count = 0;
  child.on('message', (message) => {
    const report = reportSchema.parse(message);
    if (report.kind !== 'answer') {
      for (const listener of listeners) listener(report);
      return;
    }
    const asked = waiting.get(report.number);
    waiting.delete(report.number);
    if (report.error === null) asked?.resolve(report.value);
    else asked?.reject(new Error(report.error));
  });
  void exited.then(() => {
    for (const { reject } of waiting.values()) reject(new Error('the app has ended'));
  });
  return {
    onReport: (listener) => void listeners.push(listener),
    ask: (ask) =>
      new Promise((resolve, reject) => {
        count += 1;
        waiting.set(count, { resolve, reject });
        child.send({ number: count, ask }, (error) => (error === null ? undefined : reject(error)));
      }),
  };
}

interface DrawnWindow {
  readonly id: number;
  /** The page once it has loaded. */
  page(): Promise<Page>;
  load(url: string): Promise<void>;
  hear(channel: string, args: readonly unknown[]): Promise<void>;
  /** Asks the page whether it may go, and tells the app. */
  leave(): Promise<void>;
  crash(): Promise<void>;
  close(): Promise<void>;
}

/** One window: a page whose every request, navigation and message goes through the app. */
async function drawWindow(
  browser: Browser,
  id: number,
  preload: string,
  locale: string,
  ask: AskApp,
): Promise<DrawnWindow> {
  const context = await browser.newContext({ locale, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await installPreload(context, preload, {
    ipc: (call, frame) => ask({ what: 'ipc', window: id, ...call, frame }),
    permission: (permission, url) => ask({ what: 'permission', permission, url }),
  });
  await context.route('**/*', (route) => answerRoute(route, page, id, ask).catch(() => route.abort()));
  page.on('popup', (popup) => void popup.close());
  page.on('framenavigated', (frame) => {
    if (frame === page.mainFrame())
      void ask({ what: 'moved', window: id, url: toOwn(frame.url()) }).catch(() => undefined);
  });
  page.on('crash', () => void ask({ what: 'page-gone', window: id }).catch(() => undefined));
  page.on('download', (download) => {
    void ask({ what: 'download', url: toOwn(download.url()) }).then((allowed) =>
      allowed === true ? undefined : download.cancel(),
    );
  });
  let loaded: Promise<unknown> = Promise.resolve();
  return {
    id,
    page: async () => {
      await loaded;
      return page;
    },
    load: (url) => {
      const work = loaded
        // Told before the page's scripts run, as Electron does: what the old page followed ends, not what this one will.
        .then(() => ask({ what: 'started', window: id }))
        .then(() => page.goto(toDrawn(url)))
        .then(() => ask({ what: 'drawn', window: id }))
        .catch(() => undefined);
      loaded = work;
      return work.then(() => undefined);
    },
    hear: (channel, args) => tellPage(page, channel, args),
    leave: async () => {
      const stays = await page
        .evaluate("!dispatchEvent(new Event('beforeunload', { cancelable: true }))")
        .catch(() => false);
      await ask({ what: 'left', window: id, stays: stays === true }).catch(() => undefined);
    },
    crash: async () => {
      // A machine that is busy takes long to write down why.
      const crashed = page.waitForEvent('crash', { timeout: 0 });
      const tools = await context.newCDPSession(page);
      // Nobody is left to answer.
      tools.send('Page.crash').catch(() => undefined);
      await crashed;
    },
    close: () => context.close(),
  };
}

async function answerRoute(route: Route, page: Page, id: number, ask: AskApp): Promise<void> {
  const request = route.request();
  const url = toOwn(request.url());
  const frame = request.frame();
  if (frame.page() !== page) {
    // Another page can only come from a window that this one opened.
    await ask({ what: 'open-window', window: id, url });
    return route.abort();
  }
  // The first address is loaded by the app itself, which asks nobody.
  if (request.isNavigationRequest() && page.url() !== 'about:blank') {
    const main = frame.parentFrame() === null;
    // An answer without content is how a page is kept where it is; an aborted one would show an error instead.
    if ((await ask({ what: 'navigate', window: id, url, main })) !== true)
      return route.fulfill({ status: 204 });
  }
  if ((await ask({ what: 'may-load', url })) !== true) return route.abort();
  if (!url.startsWith(`${OWN}/`)) return route.abort();
  const served = servedSchema.parse(await ask({ what: 'request', url, method: request.method() }));
  await route.fulfill({
    status: served.status,
    headers: served.headers,
    body: Buffer.from(served.body, 'base64'),
  });
}
