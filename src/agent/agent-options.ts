import type { Catalog } from '../shared/settings/define-catalog.ts';
import type { BrowserOpener } from './account/browser-opener.ts';
import type { Keychain } from './account/keychain.ts';
import type { Clock } from './clock.ts';
import type { HubTimeouts } from './delivery/hub-http.ts';
import type { Disk } from './files/disk.ts';
import type { AgentPaths, HostFacts, Layout } from './paths.ts';

/** Runs a program of the system and answers with what it wrote; never through a shell. */
export type CommandRunner = (
  file: string,
  args: readonly string[],
  options?: { readonly environment?: Readonly<Record<string, string>>; readonly timeoutMs?: number },
) => Promise<CommandResult>;

/** How a program ended. `failed`: it could not be started or was stopped by the time limit. */
export type CommandResult =
  | { readonly kind: 'ended'; readonly exitCode: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** One line of the agent's log: plain words, and facts without secrets. */
export interface LogEntry {
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** What whoever runs the agent decides; everything has a default but the version. */
export interface AgentOptions {
  /** Version shown and reported. */
  readonly version: string;
  /** The settings that it manages; those of a container desktop when left out. */
  readonly catalog?: Catalog;
  /** Facts of the host; read from the machine when left out. */
  readonly host?: HostFacts;
  /** The paths of a layout; `agentPaths` when left out. */
  readonly paths?: (host: HostFacts, layout: Layout) => AgentPaths;
  /** Folder of the built dashboard; `null` or left out: there is none, and its address says so. */
  readonly dashboardFolder?: string | null;
  /** Opens an address in the browser; the system's when left out. */
  readonly openBrowser?: BrowserOpener;
  /** The system's when left out. */
  readonly keychain?: Keychain;
  readonly runCommand?: CommandRunner;
  /** Environment of the process: proxies, extra certificate authorities. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  /** Where the user's files are; the machine's own disk when left out. */
  readonly disk?: Disk;
  /** How long calls of the hub may take. */
  readonly hubTimeouts?: HubTimeouts;
  readonly log?: (entry: LogEntry) => void;
}
