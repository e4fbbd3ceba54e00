import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AgentPaths } from '../paths.ts';

/** Where the command `mooring` belongs for a copy of the app that no installer or package put into its place. */
export interface CommandPlace {
  /** What stands on the PATH: a link. */
  readonly link: string;
  /** The command among the app's resources. */
  readonly source: string;
  /** `null`: the link leads to `source`. Else that is only there while the app runs, and a copy is kept. */
  readonly copy: {
    readonly folder: string;
    /** The file of the app, for the command to start. */
    readonly app: string;
  } | null;
}

/** What is known of this copy of the app. */
export interface OwnCopy {
  readonly installed: boolean;
  readonly resources: string;
  readonly paths: Pick<AgentPaths, 'platform' | 'userData' | 'testPaths'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Apps that run from the image itself, or from where mac puts one that was not moved yet, are gone after that. */
const PASSING = /^\/Volumes\/|\/AppTranslocation\//;

/**
 * `null` where there is nothing to offer: installers of Windows and packages of Linux put the command on the PATH, and a
 * checkout has none. On mac the package makes the same link, which is then found there.
 */
export function commandPlace({ installed, resources, paths, environment }: OwnCopy): CommandPlace | null {
  if (!installed) return null;
  const { platform, userData, testPaths } = paths;
  const source = join(resources, 'cli', 'mooring');
  if (platform === 'mac') {
    const bin = testPaths ? join(userData, 'local', 'bin') : '/usr/local/bin';
    return { link: join(bin, 'mooring'), source, copy: null };
  }
  const app = environment.APPIMAGE ?? '';
  if (platform !== 'linux' || app === '') return null;
  // The folder that the file system hierarchy of systemd and the base directory specification name for a person's own.
  const bin = testPaths ? join(userData, 'local', 'bin') : join(homedir(), '.local', 'bin');
  return { link: join(bin, 'mooring'), source, copy: { folder: join(userData, 'command'), app } };
}

/** Whether the app stands where it stays: a link to another place would lead nowhere tomorrow. */
export function staysInPlace({ source, copy }: CommandPlace): boolean {
  return copy !== null || !PASSING.test(source);
}
