import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Platform } from '../../shared/settings/setting.ts';
import { desktopDe } from '../../shared/text/de/desktop.ts';
import { desktop } from '../../shared/text/en-desktop.ts';

/** Given to a start for the agent's sake alone: it opens no window. */
export const BACKGROUND_FLAG = '--background';
/** Given to the start at login: it opens the window only where `openDashboardOnStartup` says so. */
const LOGIN_FLAG = '--at-login';

/** Who started the app, as its arguments tell. */
export type StartedBy = 'person' | 'login' | 'program';

export function startedBy(argv: readonly string[]): StartedBy {
  if (argv.includes(BACKGROUND_FLAG)) return 'program';
  return argv.includes(LOGIN_FLAG) ? 'login' : 'person';
}

/** Brings the system's list of what starts at login into line with the setting `startOnLogin`. */
export interface LoginItem {
  follow(wanted: boolean): void;
}

export interface LoginItemOptions {
  readonly platform: Platform;
  /** An app that is not installed has no start of its own: on mac and Windows that would be Electron's. */
  readonly installed: boolean;
  /** Linux: the desktop entry in the user's own autostart folder (Desktop Application Autostart Specification), if any. */
  readonly autostartFile: string | null;
  /** The program to start. */
  readonly program: string;
  /** mac and Windows: the system's own list, with the arguments that the app is started with. */
  readonly setLoginItem: (openAtLogin: boolean, args: readonly string[]) => void;
  readonly log: (message: string, facts: Readonly<Record<string, unknown>>) => void;
}

export function createLoginItem(options: LoginItemOptions): LoginItem {
  let last: boolean | null = null;
  return {
    follow: (wanted) => {
      if (wanted === last) return;
      try {
        if (options.platform === 'linux') writeAutostart(options, wanted);
        else if (options.installed) options.setLoginItem(wanted, [LOGIN_FLAG]);
        last = wanted;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        options.log('the start at login could not be changed', { wanted, reason });
      }
    },
  };
}

/** The entry for `program`. A path may hold what the format reserves, so it is quoted as the specification says. */
export function autostartEntry(program: string): string {
  const quoted = program
    .replace(/[\\"`$]/g, '\\$&')
    .replace(/%/g, '%%')
    .replace(/\\/g, '\\\\');
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Mooring',
    `Comment=${desktop['entry.comment']}`,
    `Comment[de]=${desktopDe['entry.comment']}`,
    // Where the app was removed since, the entry counts for nothing.
    `TryExec=${program.replaceAll('\\', '\\\\')}`,
    `Exec="${quoted}" ${LOGIN_FLAG}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

function writeAutostart({ autostartFile, program }: LoginItemOptions, wanted: boolean): void {
  if (autostartFile === null) return;
  if (!wanted) {
    rmSync(autostartFile, { force: true });
    return;
  }
  const entry = autostartEntry(program);
  if (readIfThere(autostartFile) === entry) return;
  mkdirSync(dirname(autostartFile), { recursive: true, mode: 0o700 });
  writeFileSync(`${autostartFile}.new`, entry, { mode: 0o644 });
  renameSync(`${autostartFile}.new`, autostartFile);
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
