import { lstat, realpath } from 'node:fs/promises';
import { posix, win32 } from 'node:path';
import type { CommandRunner } from '../agent-options.ts';
import type { AgentPaths } from '../paths.ts';

/** What the file system says of one file or folder. */
export interface Ownership {
  readonly uid: number;
  readonly gid: number;
  /** Type and permission bits, as `stat` gives them. */
  readonly mode: number;
  /** Together they tell one state of a file from another, its owner included. */
  readonly ino?: number;
  readonly ctimeMs?: number;
}

/**
 * Judges whether only administrators can have written a file: `null`, or a sentence that says why not and how to
 * mend it (docs/policy.md section 5, last paragraph). `info` is of the opened file, so that what is judged is what
 * is read.
 */
export type FileTrust = (path: string, info: Ownership) => Promise<string | null>;

/** The rule of this host; test paths are not asked. */
export function fileTrust(
  paths: Pick<AgentPaths, 'platform' | 'testPaths' | 'systemRoot'>,
  runCommand: CommandRunner,
): FileTrust {
  if (paths.testPaths) return async () => null;
  if (paths.platform === 'windows') return windowsTrust(runCommand, paths.systemRoot);
  return unixTrust(paths.platform === 'mac');
}

const ROOT = 0;
/** Group `admin` of mac: its members may become root, and own `/Library` folders by design. */
const MAC_ADMIN_GROUP = 80;
const GROUP_WRITE = 0o020;
const OTHER_WRITE = 0o002;
const STICKY = 0o1000;
const TYPE_MASK = 0o170000;
const TYPE_LINK = 0o120000;
const TYPE_FOLDER = 0o040000;

/** How `unixTrust` looks at the disk; replaced in tests, which own no root's files. */
export interface DiskLook {
  readonly lstat: (path: string) => Promise<Ownership>;
  readonly realpath: (path: string) => Promise<string>;
}

/** On mac and Linux: root owns the file and every folder and link on the way to it, and nobody else can write them. */
export function unixTrust(isMac: boolean, disk: DiskLook = { lstat, realpath }): FileTrust {
  return async (path, info) => {
    const fault = faultOf(info, isMac, false);
    if (fault !== null) {
      const mode = (info.mode & TYPE_MASK) === TYPE_FOLDER ? '0755' : '0644';
      return `${path} ${fault}, so anyone could have written it. Set owner root and mode ${mode}; until then it is ignored.`;
    }
    const real = await disk.realpath(path);
    for (const step of new Set([...ancestors(path), ...ancestors(real), path, real])) {
      const fault = faultOf(await disk.lstat(step), isMac, true);
      if (fault !== null) {
        return `${step}, on the way to ${path}, ${fault}. Set owner root and mode 0755; until then the file is ignored.`;
      }
    }
    return null;
  };
}

/** Why somebody else could write this, or `null`. */
function faultOf(info: Ownership, isMac: boolean, onTheWay: boolean): string | null {
  if (info.uid !== ROOT) return `belongs to user ${info.uid} instead of root`;
  // A link has no permissions of its own, and in a sticky folder nobody can replace what is root's.
  if ((info.mode & TYPE_MASK) === TYPE_LINK) return null;
  if (onTheWay && (info.mode & STICKY) !== 0) return null;
  if ((info.mode & OTHER_WRITE) !== 0) return 'can be written by everyone';
  const ownGroup = info.gid === ROOT || (isMac && info.gid === MAC_ADMIN_GROUP);
  if ((info.mode & GROUP_WRITE) !== 0 && !ownGroup) return `can be written by group ${info.gid}`;
  return null;
}

function ancestors(path: string): string[] {
  const above: string[] = [];
  for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
    above.push(folder);
    if (folder === posix.dirname(folder)) return above;
  }
}

/** Administrators, SYSTEM, and TrustedInstaller, by the names that no language of Windows changes. */
const ADMINISTRATIVE_OWNERS = new Set([
  'BA',
  'S-1-5-32-544',
  'SY',
  'S-1-5-18',
  'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464',
]);

/**
 * The path travels in the environment: no quoting rule of PowerShell ever sees it. A property is asked for and no method,
 * which PowerShell refuses to call where a machine is locked down to its "constrained language".
 */
const OWNER_SCRIPT = '(Get-Acl -LiteralPath $env:MOORING_FILE).Sddl';

/** The owner that a security descriptor in its text form names (`O:BAG:SYD:…`); `null` where it is none. */
function ownerOf(descriptor: string): string | null {
  return /^O:([A-Z]{2}|S-1(?:-\d+)+)(?:[GDS]:.*)?$/.exec(descriptor.trim())?.[1] ?? null;
}

/** On Windows: the owner is an administrative one, and no link or junction lies on the way. */
export function windowsTrust(
  runCommand: CommandRunner,
  systemRoot: string,
  isLink: (path: string) => Promise<boolean> = async (path) => (await lstat(path)).isSymbolicLink(),
): FileTrust {
  const powershell = win32.join(systemRoot, 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe');
  // Starting PowerShell takes half a second, and the sources are read every minute.
  const judged = new Map<string, { readonly state: string; readonly owner: string }>();
  return async (path, info) => {
    for (const step of windowsSteps(path)) {
      if (await isLink(step)) {
        return `${step}, on the way to ${path}, is a link. Put a real folder or file there; until then the file is ignored.`;
      }
    }
    const state = `${info.ino}:${info.ctimeMs}`;
    const known = judged.get(path);
    if (known?.state === state && ADMINISTRATIVE_OWNERS.has(known.owner)) return null;
    const asked = await runCommand(
      powershell,
      ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', OWNER_SCRIPT],
      { environment: { MOORING_FILE: path }, timeoutMs: 20_000 },
    );
    const owner = asked.kind === 'ended' && asked.exitCode === 0 ? ownerOf(asked.stdout) : null;
    if (owner === null)
      return `The owner of ${path} could not be found out, so it is ignored. Let ${powershell} run for this user, and sync again.`;
    if (info.ino !== undefined && info.ctimeMs !== undefined) judged.set(path, { state, owner });
    if (ADMINISTRATIVE_OWNERS.has(owner)) return null;
    return `${path} belongs to ${owner} instead of Administrators or SYSTEM. Let an administrator take ownership; until then it is ignored.`;
  };
}

/** Every folder below the drive, then the file itself. */
function windowsSteps(path: string): string[] {
  const steps: string[] = [];
  for (let step = path; step !== win32.dirname(step); step = win32.dirname(step)) steps.unshift(step);
  return steps;
}
