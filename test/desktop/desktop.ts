import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { buildParts } from '../../scripts/build.mjs';
import { hostPlatform } from '../../src/agent/host.ts';
import { connectToAgent } from '../../src/agent/local-api/connect.ts';
import { type AgentPaths, agentPaths } from '../../src/agent/paths.ts';
import { launchBrowser } from '../browser.ts';
import { openDisplay, type StandInDisplay } from './display.ts';
import { startElectron } from './real-electron.ts';
import type { Seen } from './seen.ts';
import { startStandIn } from './stand-in-electron.ts';

const root = join(import.meta.dirname, '..', '..');

/** A run of the app's built bundles, on Electron or on its stand-in. */
export interface RunningApp {
  seen(): Promise<Seen>;
  /** The page of the window that is open. */
  page(): Promise<Page>;
  choose(id: string): Promise<void>;
  clickTray(): Promise<void>;
  clickNotification(index: number): Promise<void>;
  closeWindow(): Promise<void>;
  /** Ends the renderer process of the window's page as a fault in it would. */
  crashPage(): Promise<void>;
  openUrl(url: string): Promise<void>;
  power(event: 'resume' | 'unlock-screen'): Promise<void>;
  /** Whether web contents that are not the app's window could open one. */
  strangerOpens(): Promise<boolean>;
  /** Tells it to quit and waits for the end. */
  quit(): Promise<number | null>;
  /** Ends it as the end of a session would. */
  signal(name: 'SIGTERM' | 'SIGINT' | 'SIGHUP'): void;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  readonly exited: Promise<number | null>;
  /** What it wrote to standard error. */
  stderr(): string;
  /** Nobody reads its standard error any more, as when its terminal is closed. */
  closeStderr(): void;
}

/** A machine of its own with the app on it. */
export interface Desktop {
  readonly kind: 'electron' | 'stand-in';
  /** The folder that stands for the whole machine. */
  readonly folder: string;
  readonly paths: AgentPaths;
  readonly app: RunningApp;
  /** Waits until what is seen passes `look`, and answers with what that gave. */
  until<T>(look: (seen: Seen) => T | false | null | undefined): Promise<T>;
  /** Starts the app a second time and waits until that one has ended. */
  startAgain(...words: string[]): Promise<number | null>;
  /** Asks the agent over its socket, as the command line does. */
  ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  /** Writes a machine file as an administrator would; `null` removes it. */
  write(path: string, content: unknown): Promise<void>;
  end(): Promise<void>;
}

export interface LaunchOptions {
  readonly words?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Files by path, written before the start. A path that begins with `/` is beneath the machine's folder. */
  readonly files?: (paths: AgentPaths) => Readonly<Record<string, unknown>>;
  /** A machine whose folder another desktop used before. */
  readonly folder?: string;
}

/** What one test file needs once: built bundles, a browser for the stand-in, and which of both is used. */
export interface Launcher {
  readonly kind: Desktop['kind'];
  launch(options?: LaunchOptions): Promise<Desktop>;
  close(): Promise<void>;
}

/** The Electron of this machine: `ELECTRON_OVERRIDE_DIST_PATH`, else the one that its package has downloaded. */
export function installedElectron(): string | null {
  const own = join(root, 'node_modules', 'electron');
  const nameFile = join(own, 'path.txt');
  const name = existsSync(nameFile) ? readFileSync(nameFile, 'utf8').trim() : defaultName();
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const file = join(override ?? join(own, 'dist'), name);
  if (existsSync(file)) return file;
  if (override !== undefined)
    throw new Error(`ELECTRON_OVERRIDE_DIST_PATH is set, and ${file} does not exist`);
  return null;
}

function defaultName(): string {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}

/** Builds what is not built and says on what the app runs. */
export async function openLauncher(): Promise<Launcher> {
  await buildParts(['pages']);
  const electron = installedElectron();
  const kind = electron === null ? 'stand-in' : 'electron';
  process.stdout.write(
    electron === null
      ? 'desktop: no Electron found; the built bundles run on its stand-in, windows are drawn by Chromium\n'
      : `desktop: runs on ${electron}\n`,
  );
  const program = await copyBuilt();
  const browser: Browser | null = electron === null ? await launchBrowser() : null;
  const display = electron === null && process.platform === 'linux' ? await openDisplay() : null;
  const running = new Set<Desktop>();
  return {
    kind,
    launch: async (options = {}) => {
      const desktop = await launchOn({ electron, browser, display, program }, options, () =>
        running.delete(desktop),
      );
      running.add(desktop);
      return desktop;
    },
    close: async () => {
      for (const desktop of [...running]) await desktop.end();
      await browser?.close();
      await display?.close();
      await rm(program, { recursive: true, force: true });
    },
  };
}

/** On what the app runs. */
interface Ground {
  readonly electron: string | null;
  readonly browser: Browser | null;
  readonly display: StandInDisplay | null;
  /** Folder of the built app. */
  readonly program: string;
}

const mainOf = (program: string): string => join(program, 'out', 'main', 'index.js');

/** The built app in a folder of its own: whoever builds meanwhile does not change what is tested. */
async function copyBuilt(): Promise<string> {
  const program = await mkdtemp(join(tmpdir(), 'mooring-program-'));
  for (const part of ['out/main', 'out/preload', 'out/renderer', 'assets/tray', 'package.json'])
    await cp(join(root, part), join(program, part), { recursive: true });
  await symlink(join(root, 'node_modules'), join(program, 'node_modules'), 'junction');
  return program;
}

async function launchOn(
  { electron, browser, display, program }: Ground,
  options: LaunchOptions,
  onEnd: () => void,
): Promise<Desktop> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'mooring-desktop-')));
  const platform = hostPlatform();
  const paths = agentPaths(
    { platform, home: '/', userName: 'dev', temporary: tmpdir(), testRoot: folder, exists: () => false },
    'mooring',
  );
  const write: Desktop['write'] = async (path, content) => {
    if (content === null) return rm(path, { recursive: true, force: true });
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  };
  for (const [path, content] of Object.entries(options.files?.(paths) ?? {})) await write(path, content);
  const environment = {
    ...cleanEnvironment(),
    ...(display === null ? {} : { DISPLAY: display.name }),
    ...{ LANGUAGE: 'en', MOORING_ROOT: folder },
    ...options.environment,
  };
  const start = (words: readonly string[]): Promise<RunningApp> =>
    electron !== null
      ? startElectron(electron, mainOf(program), words, environment)
      : startStandIn(browser, mainOf(program), words, environment);
  const app = await start(options.words ?? []);
  let ended = false;
  void app.exited.then(() => {
    ended = true;
  });
  const until: Desktop['until'] = async (look) => {
    const deadline = performance.now() + 30_000;
    for (;;) {
      const seen = await app.seen();
      const found = look(seen);
      if (found !== false && found !== null && found !== undefined) return found;
      if (ended || performance.now() > deadline)
        throw new Error(`it did not come to that; last seen: ${JSON.stringify(seen)}\n${app.stderr()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return {
    ...{ kind: electron === null ? 'stand-in' : 'electron', folder, paths, app, until, write },
    startAgain: async (...words) => (await start(words)).exited,
    ask: async (method, path, body) => {
      const fetch = await connectToAgent(paths);
      if (fetch === null) throw new Error('no agent answers');
      const carried =
        body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
      const answer = await fetch(new Request(`http://agent${path}`, { method, ...carried }));
      return { status: answer.status, body: await answer.json() };
    },
    end: async () => {
      onEnd();
      await app.kill();
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The test's own environment without what would lead the app to this machine's session. */
function cleanEnvironment(): Record<string, string> {
  const unwanted =
    /^(DISPLAY|WAYLAND_|TEST_RESOURCES|APPIMAGE|APPDIR|DBUS_SESSION_BUS_ADDRESS|XDG_|NODE_OPTIONS|VITEST|NODE_ENV)/;
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !unwanted.test(entry[0]),
  );
  const { DISPLAY } = process.env;
  return { ...Object.fromEntries(kept), ...(DISPLAY === undefined ? {} : { DISPLAY }) };
}
