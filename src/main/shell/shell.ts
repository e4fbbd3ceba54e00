import type { CommandOffer } from '../../agent/command-on-path/command-offer.ts';
import { LOCAL_ROUTES } from '../../shared/contracts/local-api.ts';
import { type ErrorBody, errorBodySchema } from '../../shared/contracts/local-error.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import type { DesktopText } from '../../shared/text/desktop-text.ts';
import { type AgentSnapshot, type AgentView, createAgentView } from '../agent/agent-view.ts';
import type { KeptLink } from '../agent/kept-link.ts';
import { ownSettings } from '../agent/own-settings.ts';
import { readDeepLink } from '../deep-link/deep-link.ts';
import type { StartedBy } from '../login-item/login-item.ts';
import { type PolicyNotice, policyNotice } from '../notices/policy-notice.ts';
import type { TrayAction, TrayState } from '../tray/menu.ts';
import type { Updates } from '../updates/updates.ts';

/** What the desktop around the app does for it; Electron's part, replaced by tests. */
export interface ShellHost {
  /** Draws the tray; does nothing where there is none. */
  drawTray(state: TrayState): void;
  /** Opens the window, or brings it to the front. */
  showWindow(place?: string): void;
  notify(notice: PolicyNotice): void;
  /** A message that the person must see, where no notification would do. Nothing waits for them to have read it. */
  tell(title: string, text: string): void;
  /** Closes the window, if one is open, and goes on; not where the person stays for the sake of what is unsaved. */
  closeWindow(then: () => void): void;
  setTheme(theme: 'light' | 'dark' | 'system'): void;
  startAtLogin(wanted: boolean): void;
  about(): void;
  quit(): void;
}

export interface Shell {
  /** Starts the agent, or attaches to it. */
  start(how: { readonly by: StartedBy; readonly trayShown: boolean }): Promise<void>;
  /** A menu item was chosen. */
  act(action: TrayAction): void;
  /** A link into the app, as the system handed it over. */
  follow(link: string): void;
  /** Draws the tray again, because something beside the agent changed. */
  draw(): void;
  snapshot(): AgentSnapshot | null;
  stop(): Promise<void>;
}

export interface ShellOptions {
  readonly agent: KeptLink;
  readonly host: ShellHost;
  readonly updates: Updates;
  readonly command: CommandOffer;
  readonly text: DesktopText;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly every: (ms: number, act: () => void) => () => void;
  readonly log: (message: string, facts: Readonly<Record<string, unknown>>) => void;
}

/** What the menu asks of the agent. */
type MenuRoute = 'sync' | 'logout';

/** The menu says how long ago the last sync was. */
const REDRAW_MS = 30_000;
const CATEGORIES: readonly string[] = [...new Set(desktopCatalog.settings.map(({ category }) => category))];

/** Everything the app does by itself: what Electron tells it goes in, what Electron shall do comes out. */
export function createShell(options: ShellOptions): Shell {
  const { agent, host, updates, command, log } = options;
  const { t } = options.text;
  let starting = true;
  let stopped = false;
  const draw = (): void => {
    // Icon and window go before the process does, and whatever still comes in finds neither.
    if (stopped) return;
    const status = view.current()?.status ?? null;
    const offersCommand = command.offered();
    host.drawTray({ status, starting, update: updates.state(), offersCommand, now: options.now() });
  };
  const view: AgentView = createAgentView(agent, (now, before) => {
    if (now !== null) obey(options, now);
    if (now !== null && before !== null) {
      const notice = policyNotice(before, now, options.text);
      if (notice !== null) host.notify(notice);
    }
    draw();
  });
  const stopDrawing = options.every(REDRAW_MS, draw);
  const send = (route: MenuRoute): void => {
    const { method, path } = LOCAL_ROUTES[route];
    agent
      .fetch(new Request(`http://agent${path}`, { method }))
      .then(async (response) => {
        if (!response.ok) sayRefused(route, errorBodySchema.safeParse(await response.json()).data?.error);
        else await response.body?.cancel();
        await view.refresh();
      })
      .catch((error: unknown) => log(`${method} ${path} was not answered`, { reason: String(error) }));
  };

  // The menu is gone when the answer comes, and has no place for it.
  const sayRefused = (route: MenuRoute, refusal: ErrorBody['error'] | undefined): void => {
    const { message = t('refused.unknown'), help = '' } = refusal ?? {};
    host.tell(t(`refused.${route}`), options.text.retell(`${message} ${help}`.trim()));
  };

  const putCommand = async (): Promise<void> => {
    const message = await command.put();
    if (message?.ok === true) host.notify({ ...message, place: '/settings' });
    else if (message !== null) host.tell(message.title, message.body);
    draw();
  };

  // Nobody sees an icon and no window was asked for: without a word nobody would know that it runs.
  const sayNoTray = (): void => {
    log('nothing in this session shows tray icons', {});
    const now = view.current();
    if (now !== null && !ownSettings(now.settings).notifyGeneral) return;
    host.notify({ title: t('notice.noTray'), body: t('notice.noTrayText'), place: '/settings' });
  };

  return {
    start: async ({ by, trayShown }) => {
      draw();
      const outcome = await agent.start();
      // Quit meanwhile: whatever came of it, nobody has to hear.
      if (stopped) return;
      if (!outcome.ok) throw new RefusedStart(outcome.refusal);
      await view.refresh();
      if (stopped) return;
      starting = false;
      draw();
      const now = view.current();
      const wanted = now !== null && ownSettings(now.settings).openDashboardOnStartup;
      // Whoever starts the app where no icon can be seen would have no way to it at all.
      if (by !== 'program' && (wanted || (by === 'person' && !trayShown))) host.showWindow();
      else if (by === 'login' && !trayShown) sayNoTray();
    },
    act: (action) => actions({ host, updates, send, putCommand })[action](),
    follow: (link) => {
      if (stopped) return;
      const read = readDeepLink(link, CATEGORIES);
      if (read.ok) return host.showWindow(read.place);
      log('a link into the app was refused', { length: link.length });
      host.tell(t('notice.link'), t('link.refused', { why: t(`link.${read.why}`) }));
    },
    draw,
    snapshot: view.current,
    stop: async () => {
      stopped = true;
      stopDrawing();
      updates.stop();
      view.stop();
      await agent.stop();
    },
  };
}

/** The settings that concern this app take effect in this app. */
function obey({ host, updates }: ShellOptions, { settings }: AgentSnapshot): void {
  const own = ownSettings(settings);
  host.setTheme(own.theme);
  host.startAtLogin(own.startOnLogin);
  updates.follow(own);
}

function actions({
  host,
  updates,
  send,
  putCommand,
}: Pick<ShellOptions, 'host' | 'updates'> & {
  readonly send: (route: MenuRoute) => void;
  readonly putCommand: () => Promise<void>;
}): Record<TrayAction, () => void> {
  return {
    'open-settings': () => host.showWindow('/settings'),
    'open-policy': () => host.showWindow('/policy'),
    sync: () => send('sync'),
    // Behind a sign-in wall this page is the wall itself.
    'sign-in': () => host.showWindow('/account'),
    'sign-out': () => send('logout'),
    'check-updates': () => void updates.check(),
    'download-update': () => void updates.download(),
    // Before an installer is started that would end the app whatever it asks.
    'install-update': () => host.closeWindow(() => updates.install()),
    'put-command': () => void putCommand(),
    about: () => host.about(),
    quit: () => host.quit(),
  };
}

/** The agent could be neither started nor reached: the app cannot go on, and says why. */
export class RefusedStart extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.name = 'RefusedStart';
    this.refusal = refusal;
  }
}
