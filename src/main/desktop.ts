import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { app, dialog, Menu, nativeTheme, net, powerMonitor, shell as system } from 'electron';
import type { AgentOptions, LogEntry } from '../agent/agent-options.ts';
import { createCommandOffer } from '../agent/command-on-path/command-offer.ts';
import { commandPlace } from '../agent/command-on-path/command-place.ts';
import { ownImage } from '../agent/command-on-path/own-image.ts';
import { logFile, withLog } from '../agent/log-file.ts';
import type { AgentPaths } from '../agent/paths.ts';
import { systemCommandRunner } from '../agent/run-command.ts';
import { type DesktopText, desktopText } from '../shared/text/desktop-text.ts';
import { VERSION } from '../shared/version.ts';
import { linkAgent } from './agent/agent-link.ts';
import { type KeptLink, keepLinked } from './agent/kept-link.ts';
import { commandLocation, ownProxy } from './agent/own-settings.ts';
import { installBridge } from './bridge/install-bridge.ts';
import { createWindowDoor } from './bridge/window-door.ts';
import { autostartFile, ownProgram } from './login-item/autostart-file.ts';
import { createLoginItem } from './login-item/login-item.ts';
import type { PolicyNotice } from './notices/policy-notice.ts';
import { createNotices } from './notices/shown-notices.ts';
import type { Preferences } from './preferences/preferences.ts';
import { dashboardProtocol } from './protocol/dashboard-protocol.ts';
import { applicationMenu } from './shell/application-menu.ts';
import { endGracefully } from './shell/ending.ts';
import { createMessages } from './shell/messages.ts';
import { prepareApp } from './shell/prepare-app.ts';
import { createShell, type Shell, type ShellHost } from './shell/shell.ts';
import { firstStart, followStarts, type Inbox } from './shell/starts.ts';
import { hasTrayHost } from './tray/tray-host.ts';
import { createTrayIcon, type TrayIcon } from './tray/tray-icon.ts';
import { electronFeed } from './updates/electron-feed.ts';
import { updateChannel } from './updates/update-channel.ts';
import { createUpdates } from './updates/updates.ts';
import { watchMachine } from './wake/machine-watch.ts';
import { createDashboardWindow, type DashboardWindow } from './windows/dashboard-window.ts';
import { outwardLinks } from './windows/outward-links.ts';
import { noteSignIns } from './windows/sign-in-addresses.ts';
import { mayLoseUnsaved } from './windows/unsaved-changes.ts';

/** What `index.ts` found out before Electron was ready. */
export interface Beginning {
  readonly inbox: Inbox;
  /** Where Electron and the window keep what they remember. */
  readonly folder: string;
  /** False: no tray and no window, the agent alone. */
  readonly display: boolean;
  /** Displays that the environment names and where nobody answers. */
  readonly gone: readonly string[];
  readonly paths: AgentPaths;
  /** Folder of what was built: `main`, `preload` and `renderer`. */
  readonly built: string;
}

type Log = (message: string, facts: Readonly<Record<string, unknown>>) => void;

/** Composes the desktop app; called once, when Electron is ready. */
export async function startDesktop(beginning: Beginning): Promise<void> {
  const { display, paths, built } = beginning;
  const agentOptions = agentOptionsOf(join(built, 'renderer'));
  const log = logOf(agentOptions);
  prepareApp({ app, installed: app.isPackaged, version: VERSION });
  const text = desktopText(app.getPreferredSystemLanguages());
  if (!display) process.stderr.write(noDisplay(text, beginning.gone));
  Menu.setApplicationMenu(applicationMenu(process.platform, app.isPackaged, text));

  const image = ownImage(process.env, process.execPath);
  let shell: Shell | undefined;
  const agent = keepLinked({
    link: () => linkAgent(agentOptions),
    onStopRequested: () => {
      window?.end();
      app.quit();
    },
    onMoved: () => shell?.draw(),
    after,
  });
  const updates = createUpdates({
    channel: updateChannel({
      ...{ installed: app.isPackaged, resources: process.resourcesPath, platform: process.platform, image },
    }),
    version: VERSION,
    feed: electronFeed({
      proxy: () => ownProxy(shell?.snapshot() ?? null),
      resources: process.resourcesPath,
      lock: paths.platform === 'linux' ? app : null,
      ...{ after, log },
    }),
    ...{ after, log, onChange: () => shell?.draw() },
  });
  const command = createCommandOffer({
    place: () =>
      commandPlace({
        ...{ installed: app.isPackaged, resources: process.resourcesPath, paths, image },
        location: commandLocation(shell?.snapshot() ?? null),
      }),
    ...{ version: VERSION, run: systemCommandRunner(), searched: process.env.PATH ?? '', text, log },
  });
  void command.refresh();
  // Not needed for the app to load, and not small.
  const { openPreferences } = await import('./preferences/preferences.ts');
  const preferences = openPreferences(beginning.folder, log);
  const window = display
    ? openableWindow({
        beginning,
        preferences,
        agent,
        text,
        log,
        shell: () => shell,
        onLost: () => host.notify(lost(text)),
      })
    : null;
  const tray = window === null ? null : iconOf({ paths, built, text, window, shell: () => shell, log });
  const host = hostOf({ beginning, window, tray, log });
  const made = createShell({ agent, host, updates, command, text, log, now: Date.now, every });
  shell = made;
  const machine = { power: powerMonitor, isOnline: () => net.isOnline(), interfaces: networkInterfaces };
  const stops = [
    watchMachine({ ...machine, after, onWake: agent.wake }),
    followStarts({ inbox: beginning.inbox, app, shell: made, showWindow: host.showWindow }),
  ];
  // Nothing else has to go on by then: this one waits until it was read.
  const tellLast = (title: string, said: string): void => {
    process.stderr.write(`${title}: ${said}\n`);
    if (display) dialog.showErrorBox(title, said);
  };
  const ending = endGracefully({
    ...{ app, log, text, tell: tellLast, logFile: logFile(agentOptions) },
    hurry: () => window?.end(),
    stop: async () => {
      for (const stop of stops) stop();
      await made.stop();
      tray?.remove();
    },
  });
  await firstStart({
    ...{ inbox: beginning.inbox, argv: process.argv, display, shell: made, tell: tellLast, text },
    trayShown: async () => tray !== null && hasTrayHost(paths.platform, systemCommandRunner()),
    exit: (code) => app.exit(code),
  }).catch(ending.failStart);
}

function noDisplay({ t, all }: DesktopText, gone: readonly string[]): string {
  const what = gone.length === 0 ? t('display.none') : t('display.gone', { names: all.format(gone) });
  return `${what}\n${t('display.help')}\n`;
}

/** A click on it opens the window again. */
function lost({ t }: DesktopText): PolicyNotice {
  return { title: t('window.lost'), body: t('window.lostText'), place: '/settings' };
}

function agentOptionsOf(dashboardFolder: string): AgentOptions {
  const openBrowser = (address: string): Promise<boolean> =>
    system.openExternal(address).then(
      () => true,
      () => false,
    );
  return withLog({ version: VERSION, dashboardFolder, openBrowser });
}

function logOf({ log }: AgentOptions): Log {
  return (message, facts) => {
    const entry: LogEntry = { level: 'warning', message, facts };
    log?.(entry);
  };
}

function openableWindow(parts: {
  readonly beginning: Beginning;
  readonly preferences: Preferences;
  readonly agent: KeptLink;
  readonly text: DesktopText;
  readonly log: Log;
  readonly shell: () => Shell | undefined;
  readonly onLost: () => void;
}): DashboardWindow {
  const { preferences, agent, text, log, shell, onLost } = parts;
  const { built } = parts.beginning;
  const signIns = noteSignIns(agent.fetch);
  const door = createWindowDoor({ fetch: signIns.fetch, onEvent: agent.onEvent, log });
  nativeTheme.themeSource = preferences.read().theme;
  nativeTheme.on('updated', () => preferences.keep({ theme: nativeTheme.themeSource }));
  const window = createDashboardWindow({
    preload: join(built, 'preload', 'preload.cjs'),
    protocol: dashboardProtocol(join(built, 'renderer')),
    links: outwardLinks(() => shell()?.snapshot()?.status ?? null, signIns.addresses),
    mayLose: (window) => mayLoseUnsaved(window, text),
    inspectable: !app.isPackaged,
    onOpen: () => void app.dock?.show(),
    onGone: door.forget,
    onClosed: () => app.dock?.hide(),
    ...{ preferences, log, onLost },
  });
  // A window that asks first has stopped the quitting by then.
  app.on('before-quit', () => window.whenGone(() => app.quit()));
  installBridge(door, window.owns);
  return window;
}

function iconOf(parts: {
  readonly paths: AgentPaths;
  readonly built: string;
  readonly text: DesktopText;
  readonly window: DashboardWindow;
  readonly shell: () => Shell | undefined;
  readonly log: Log;
}): TrayIcon | null {
  const { paths, built, text, window, shell, log } = parts;
  try {
    return createTrayIcon({
      platform: paths.platform,
      text,
      images: join(built, '..', 'assets', 'tray'),
      onAction: (action) => shell()?.act(action),
      // Whichever page it shows: a click on the icon is no wish for another one.
      onClick: () => window.show(),
    });
  } catch (error) {
    log('there is no tray here', { reason: String(error) });
    return null;
  }
}

function hostOf(parts: {
  readonly beginning: Beginning;
  readonly window: DashboardWindow | null;
  readonly tray: TrayIcon | null;
  readonly log: Log;
}): ShellHost {
  const { window, tray, log } = parts;
  const { paths, display } = parts.beginning;
  const showWindow = (place?: string): void => window?.show(place);
  const notices = createNotices(showWindow);
  const messages = createMessages({
    ...{ platform: paths.platform, log },
    notify: (title, body) => notices({ title, body, place: '/settings' }),
  });
  const loginItem = createLoginItem({
    platform: paths.platform,
    installed: app.isPackaged,
    autostartFile: autostartFile(paths, process.env, app.isPackaged),
    program: ownProgram(process.env, process.execPath),
    setLoginItem: (openAtLogin, args) => app.setLoginItemSettings({ openAtLogin, args: [...args] }),
    log,
  });
  return {
    showWindow,
    drawTray: (state) => tray?.show(state),
    notify: (notice) => {
      if (display) notices(notice);
    },
    tell: (title, text) => {
      process.stderr.write(`${title}: ${text}\n`);
      if (display) messages(title, text);
    },
    closeWindow: (then) => {
      if (window?.isOpen() !== true) return then();
      window.whenGone(then);
      window.close();
    },
    setTheme: (theme) => {
      if (nativeTheme.themeSource !== theme) nativeTheme.themeSource = theme;
    },
    startAtLogin: loginItem.follow,
    about: () => app.showAboutPanel(),
    quit: () => app.quit(),
  };
}

function after(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms);
  timer.unref();
  return () => clearTimeout(timer);
}

function every(ms: number, act: () => void): () => void {
  const timer = setInterval(act, ms);
  timer.unref();
  return () => clearInterval(timer);
}
