import { posix, win32 } from 'node:path';
import type { Layout } from '../shared/policy/read-profile.ts';
import type { Platform } from '../shared/settings/setting.ts';

export type { Layout };

/** What the paths depend on, read once from the host and passed in. */
export interface HostFacts {
  readonly platform: Platform;
  /** The user's home directory, absolute. */
  readonly home: string;
  /** Login name; names the per-user folder of managed preferences on mac. */
  readonly userName: string;
  /** `%APPDATA%` and `%ProgramData%`; only read on Windows. */
  readonly appData?: string;
  readonly programData?: string;
  /** `%SystemRoot%`, for the absolute paths of `reg.exe` and PowerShell. */
  readonly systemRoot?: string;
  /** Temporary directory, used for the socket alone where the user's own path is too long for one. */
  readonly temporary: string;
  /** Beneath this directory every path is put. Only an unpackaged build has one ("test paths"). */
  readonly testRoot?: string;
  /** Whether a directory exists; the mac layout `docker` takes the first of two. */
  readonly exists: (path: string) => boolean;
}

/** Where a configuration profile is read from. Several: the first that sets a key wins. */
export type ProfileLocation =
  | { readonly kind: 'file'; readonly format: 'json' | 'plist'; readonly path: string }
  | { readonly kind: 'registry'; readonly key: string };

/** One way to enforce sign-in beside the configuration profile, strongest first (docs/policy.md section 7). */
export interface SignInFile {
  readonly method: 'desktop.plist' | 'registry.json';
  readonly format: 'json' | 'plist';
  readonly path: string;
}

/** Every path the agent touches. Each can be replaced by whoever composes the agent. */
export interface AgentPaths {
  readonly platform: Platform;
  readonly layout: Layout;
  /** True when the paths were moved by an unpackaged build: every surface says "test paths". */
  readonly testPaths: boolean;

  /** Written by administrators only. */
  readonly adminSettings: string;
  readonly profile: readonly ProfileLocation[];
  readonly signInFiles: readonly SignInFile[];
  /** What `mooring install` wrote about this machine; holds the layout. */
  readonly machine: string;

  /** Effective values, read by other programs. */
  readonly store: string;
  /** User choices and policy state, beside the store. */
  readonly choices: string;
  readonly state: string;
  /** Repairs of the store, one a line. */
  readonly drift: string;

  /** The agent's own directory of this user, mode 0700; the same in both layouts. */
  readonly userData: string;
  readonly account: string;
  readonly bundle: string;
  /** Signing keys that this device trusts. */
  readonly hubKeys: string;
  /** How much of the time of each granted override has passed. */
  readonly overrides: string;
  /** What is still to be reported to the hub. */
  readonly reports: string;
  /** Keys of the configuration profile when it could last be read. */
  readonly profileKeys: string;
  /** Held for as long as an agent runs (agent-lock.ts). */
  readonly lock: string;
  /** Who holds the lock and, on Windows, the name of its pipe. Information, never proof. */
  readonly endpoint: string;
  /** The local API's socket; on Windows the pipe is named in `endpoint` instead. */
  readonly socket: string;
  /** `%SystemRoot%`; empty elsewhere. */
  readonly systemRoot: string;
}

/** The machine-wide folders of one layout on one platform. */
interface MachineFolders {
  readonly adminFolder: string;
  readonly registryJson: string;
}

const MAC_SUPPORT = '/Library/Application Support';

/** docs/policy.md sections 5 and 7, admin files. `{programData}` is the machine's own. */
const MACHINE: Record<Layout, Record<Platform, MachineFolders>> = {
  mooring: {
    mac: {
      adminFolder: `${MAC_SUPPORT}/dev.mooring.desktop`,
      registryJson: `${MAC_SUPPORT}/dev.mooring.desktop/registry.json`,
    },
    windows: {
      adminFolder: '{programData}\\Mooring',
      registryJson: '{programData}\\Mooring\\registry.json',
    },
    linux: {
      adminFolder: '/usr/share/mooring-desktop',
      registryJson: '/usr/share/mooring-desktop/registry/registry.json',
    },
  },
  docker: {
    mac: {
      adminFolder: `${MAC_SUPPORT}/com.docker.docker`,
      registryJson: `${MAC_SUPPORT}/com.docker.docker/registry.json`,
    },
    windows: {
      adminFolder: '{programData}\\DockerDesktop',
      registryJson: '{programData}\\DockerDesktop\\registry.json',
    },
    linux: {
      adminFolder: '/usr/share/docker-desktop',
      registryJson: '/usr/share/docker-desktop/registry/registry.json',
    },
  },
};

/** docs/policy.md section 5, store folders in the order they are tried; the last one is the fall-back. */
const STORE_FOLDERS: Record<Layout, Record<Platform, readonly string[]>> = {
  mooring: {
    mac: ['{home}/Library/Application Support/Mooring'],
    windows: ['{appData}\\Mooring'],
    linux: ['{home}/.mooring/desktop'],
  },
  docker: {
    mac: [
      '{home}/Library/Group Containers/group.com.docker',
      '{home}/Library/Application Support/Docker',
      '{home}/Library/Group Containers/group.com.docker',
    ],
    windows: ['{appData}\\Docker'],
    linux: ['{home}/.docker/desktop'],
  },
};

const USER_DATA: Record<Platform, string> = {
  mac: '{home}/Library/Application Support/Mooring',
  windows: '{appData}\\Mooring',
  linux: '{home}/.mooring/desktop',
};

/** Preference domain and registry key of each layout (docs/policy.md section 6). */
const PROFILE_DOMAIN: Record<Layout, { readonly plist: string; readonly registry: string }> = {
  mooring: {
    plist: 'dev.mooring.desktop.plist',
    registry: 'HKLM\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop',
  },
  docker: {
    plist: 'com.docker.config.plist',
    registry: 'HKLM\\SOFTWARE\\Policies\\Docker\\Docker Desktop',
  },
};

/** The kernel's bound for a socket address is 104 bytes on mac and 108 on Linux, the final NUL included. */
const LONGEST_SOCKET_PATH = 103;

/**
 * Every path of one layout on one host: a pure function, so that all three platforms are tested on any of them.
 * `layout` is a machine value, read by `readMachineLayout`.
 */
export function agentPaths(host: HostFacts, layout: Layout): AgentPaths {
  const { platform } = host;
  const path = platform === 'windows' ? win32 : posix;
  const place = placer(host);
  const machine = MACHINE[layout][platform];
  const adminFolder = place(machine.adminFolder);
  const folders = STORE_FOLDERS[layout][platform].map(place);
  const storeFolder = folders.find((folder) => host.exists(folder)) ?? folders.at(-1) ?? '';
  const userData = place(USER_DATA[platform]);
  return {
    platform,
    layout,
    testPaths: host.testRoot !== undefined,
    adminSettings: path.join(adminFolder, 'admin-settings.json'),
    profile: profileLocations(host, layout, place),
    signInFiles: signInFiles(platform, adminFolder, place(machine.registryJson)),
    machine: path.join(place(MACHINE.mooring[platform].adminFolder), 'machine.json'),
    store: path.join(storeFolder, 'settings-store.json'),
    choices: path.join(storeFolder, 'user-settings.json'),
    state: path.join(storeFolder, 'policy-state.json'),
    drift: path.join(storeFolder, 'drift.jsonl'),
    userData,
    account: path.join(userData, 'account.json'),
    bundle: path.join(userData, 'bundle.json'),
    hubKeys: path.join(userData, 'hub-keys.json'),
    overrides: path.join(userData, 'overrides.json'),
    reports: path.join(userData, 'reports.json'),
    profileKeys: path.join(userData, 'profile-keys.json'),
    lock: path.join(userData, 'agent.lock'),
    endpoint: path.join(userData, 'agent.json'),
    socket: socketPath(host, userData),
    systemRoot: platform === 'windows' ? (host.systemRoot ?? 'C:\\Windows') : '',
  };
}

/** Fills a pattern of the tables and, with test paths, moves the result beneath their root. */
function placer(host: HostFacts): (pattern: string) => string {
  const path = host.platform === 'windows' ? win32 : posix;
  const facts: Record<string, string> = {
    home: host.home,
    appData: host.appData ?? win32.join(host.home, 'AppData', 'Roaming'),
    programData: host.programData ?? 'C:\\ProgramData',
  };
  return (pattern) => {
    const full = pattern.replace(/\{(\w+)\}/g, (_, name: string) => facts[name] ?? '');
    if (host.testRoot === undefined) return full;
    const inside = pattern.replace(/\{(\w+)\}/g, (_, name: string) => name).replace(/^[\\/]+/, '');
    return path.join(host.testRoot, inside);
  };
}

/**
 * In layout `docker` the original product's location is read, and our own before it: `layout`, `hubUrl` and
 * `hubKeys` have no place of their own in the original's profile.
 */
function profileLocations(
  host: HostFacts,
  layout: Layout,
  place: (pattern: string) => string,
): ProfileLocation[] {
  if (host.platform === 'linux')
    return [{ kind: 'file', format: 'json', path: place('/etc/mooring/policy.json') }];
  const layouts: readonly Layout[] = layout === 'docker' ? ['mooring', 'docker'] : ['mooring'];
  return layouts.flatMap((each): ProfileLocation[] => {
    const domain = PROFILE_DOMAIN[each];
    if (host.platform === 'windows') {
      // The registry cannot be moved beneath a folder: test paths have a JSON file in its place.
      if (host.testRoot === undefined) return [{ kind: 'registry', key: domain.registry }];
      return each === 'mooring'
        ? [{ kind: 'file', format: 'json', path: place('registry\\policy.json') }]
        : [];
    }
    // The name becomes one path segment: a login name with a separator must not lead elsewhere.
    const user = host.userName.replace(/[/\\]|^\.+$/g, '_');
    return [
      `/Library/Managed Preferences/${user}/${domain.plist}`,
      `/Library/Managed Preferences/${domain.plist}`,
    ].map((file) => ({ kind: 'file', format: 'plist', path: place(file) }));
  });
}

function signInFiles(platform: Platform, adminFolder: string, registryJson: string): SignInFile[] {
  const registry: SignInFile = { method: 'registry.json', format: 'json', path: registryJson };
  if (platform !== 'mac') return [registry];
  const plist = posix.join(adminFolder, 'desktop.plist');
  return [{ method: 'desktop.plist', format: 'plist', path: plist }, registry];
}

/** A directory of its own, because the directory's mode 0700 is what keeps others out on every system. */
function socketPath(host: HostFacts, userData: string): string {
  if (host.platform === 'windows') return '';
  const usual = posix.join(userData, 'run', 'agent.sock');
  if (Buffer.byteLength(usual) <= LONGEST_SOCKET_PATH) return usual;
  return posix.join(host.temporary, `mooring-${shortName(usual)}`, 'agent.sock');
}

/** A short stable name for a long path (FNV-1a, 64 bit): only told apart by it, never trusted for it. */
function shortName(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}
