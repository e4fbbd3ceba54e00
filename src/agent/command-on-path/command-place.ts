import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { AgentPaths } from '../paths.ts';

/** Where the command `mooring` belongs for a copy of the app that no installer or package put into its place. */
export interface CommandPlace {
  /** What stands on the PATH: a link. */
  readonly link: string;
  /** The command among the app's resources. */
  readonly source: string;
  /** It stands where everybody's commands do: an administrator may put it there, where the person may not. */
  readonly everybodys: boolean;
  /** `null`: the link leads to `source`. Else that is only there while the app runs, and a copy is kept. */
  readonly copy: {
    readonly folder: string;
    /** The file of the app, for the command to start. */
    readonly app: string;
  } | null;
}

/** As the setting `cliInstallLocation` has it. */
export type CommandLocation = 'system' | 'user';

/** What is known of this copy of the app. */
export interface OwnCopy {
  readonly installed: boolean;
  readonly resources: string;
  readonly paths: Pick<AgentPaths, 'platform' | 'userData' | 'testPaths'>;
  /** The AppImage that the app runs from, if any. */
  readonly image: string | null;
  /** Of mac alone; an AppImage is a person's own, and so is its command. */
  readonly location: CommandLocation;
}

/** Apps that run from the image itself, or from where mac puts one that was not moved yet, are gone after that. */
const PASSING = /^\/Volumes\/|\/AppTranslocation\//;

/**
 * `null` where there is nothing to offer: installers of Windows and packages of Linux put the command on the PATH, and a
 * checkout has none. On mac the package makes the same link, which is then found there.
 */
export function commandPlace(own: OwnCopy): CommandPlace | null {
  const { installed, resources, paths, image, location } = own;
  if (!installed) return null;
  const { platform, userData, testPaths } = paths;
  const source = join(resources, 'cli', 'mooring');
  // The folder that the file system hierarchy of systemd and the base directory specification name for a person's own.
  const ownBin = testPaths ? join(userData, 'local', 'bin') : join(homedir(), '.local', 'bin');
  if (platform === 'mac') {
    const everybodys = location === 'system';
    const bin = everybodys && !testPaths ? SYSTEM_BIN : ownBin;
    return { link: join(bin, 'mooring'), source, everybodys, copy: null };
  }
  if (platform !== 'linux' || image === null) return null;
  const copy = { folder: join(userData, 'command'), app: image };
  return { link: join(ownBin, 'mooring'), source, everybodys: false, copy };
}

const SYSTEM_BIN = '/usr/local/bin';

/**
 * Whether a terminal that is opened now finds what stands in this folder; `searched` is the PATH of this session. What mac
 * gives apps as their PATH says nothing about a terminal's, but every terminal there looks into the system's folder.
 */
export function isSearched(folder: string, searched: string): boolean {
  return folder === SYSTEM_BIN || searched.split(delimiter).includes(folder);
}

/** Whether the app stands where it stays: a link to another place would lead nowhere tomorrow. */
export function staysInPlace({ source, copy }: CommandPlace): boolean {
  return copy !== null || !PASSING.test(source);
}
