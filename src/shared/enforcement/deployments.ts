import { desktopPlist, macProfile, type ProfileOwner } from './mac-files.ts';
import { registryFile } from './registry-file.ts';
import type { SignInWish } from './sign-in-wish.ts';

export const SYSTEMS = ['windows', 'mac', 'linux'] as const;
export type System = (typeof SYSTEMS)[number];

/** One way to enforce sign-in on a system, strongest first: the first that is there wins (docs/policy.md section 7). */
export interface Deployment {
  readonly method: 'registry' | 'profile' | 'desktop.plist' | 'registry.json' | 'install';
  /** What to make; none for a command alone. */
  readonly file: EnforcementFile | null;
  /** Run on the computer itself, as administrator. */
  readonly commands: readonly string[];
  /** Shows what the computer holds afterwards. */
  readonly verify: readonly string[];
}

export interface EnforcementFile {
  /** To save it as. */
  readonly name: string;
  /** Where it belongs: a path, or a registry key; `null`: device management brings it. */
  readonly place: string | null;
  readonly text: string;
  readonly encoding: 'utf-8' | 'utf-16le';
}

interface Places {
  readonly folder: string;
  readonly registryJson: string;
}

/** docs/policy.md sections 5 and 7. */
const PLACES: Record<SignInWish['layout'], Record<System, Places>> = {
  mooring: {
    windows: { folder: '%ProgramData%\\Mooring', registryJson: '%ProgramData%\\Mooring\\registry.json' },
    mac: {
      folder: '/Library/Application Support/dev.mooring.desktop',
      registryJson: '/Library/Application Support/dev.mooring.desktop/registry.json',
    },
    linux: {
      folder: '/usr/share/mooring-desktop/registry',
      registryJson: '/usr/share/mooring-desktop/registry/registry.json',
    },
  },
  docker: {
    windows: {
      folder: '%ProgramData%\\DockerDesktop',
      registryJson: '%ProgramData%\\DockerDesktop\\registry.json',
    },
    mac: {
      folder: '/Library/Application Support/com.docker.docker',
      registryJson: '/Library/Application Support/com.docker.docker/registry.json',
    },
    linux: {
      folder: '/usr/share/docker-desktop/registry',
      registryJson: '/usr/share/docker-desktop/registry/registry.json',
    },
  },
};
const LINUX_PROFILE = '/etc/mooring/policy.json';
const REGISTRY_KEYS = {
  mooring: 'HKLM\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop',
  docker: 'HKLM\\SOFTWARE\\Policies\\Docker\\Docker Desktop',
} as const;

/** Every way there is on a system, the one to prefer first. */
export function deploymentsFor(
  system: System,
  wish: SignInWish,
  owner: ProfileOwner,
): readonly [Deployment, ...Deployment[]] {
  const json = registryJson(system, wish);
  const install = installCommand(system, wish);
  switch (system) {
    case 'windows':
      return [registryKey(wish), json, install];
    case 'mac':
      return [profile(wish, owner), macPlist(wish), json, install];
    case 'linux':
      return [linuxProfile(wish), json, install];
  }
}

function registryKey(wish: SignInWish): Deployment {
  const name = 'mooring-sign-in.reg';
  const place = REGISTRY_KEYS[wish.layout];
  return {
    method: 'registry',
    file: { name, place, text: registryFile(wish), encoding: 'utf-16le' },
    commands: [`reg import ${name} /reg:64`],
    verify: [`reg query "${place}" /reg:64`, 'mooring doctor'],
  };
}

function profile(wish: SignInWish, owner: ProfileOwner): Deployment {
  const domain = wish.layout === 'mooring' ? 'dev.mooring.desktop' : 'com.docker.config';
  const name = 'mooring-sign-in.mobileconfig';
  return {
    method: 'profile',
    file: { name, place: null, text: macProfile(wish, owner), encoding: 'utf-8' },
    commands: [`open ${name}`],
    verify: [`defaults read "/Library/Managed Preferences/${domain}"`, 'mooring doctor'],
  };
}

function linuxProfile(wish: SignInWish): Deployment {
  const keys = {
    hubUrl: wish.hubUrl,
    allowedOrgs: wish.organizations,
    ...(wish.hubKeys.length === 0 ? {} : { hubKeys: wish.hubKeys }),
    ...(wish.layout === 'docker' ? { layout: wish.layout } : {}),
  };
  return {
    method: 'profile',
    file: { name: 'policy.json', place: LINUX_PROFILE, text: written(keys), encoding: 'utf-8' },
    commands: [`sudo install -D -o root -g root -m 644 policy.json ${LINUX_PROFILE}`],
    verify: [`cat ${LINUX_PROFILE}`, 'mooring doctor'],
  };
}

function macPlist(wish: SignInWish): Deployment {
  const { folder } = PLACES[wish.layout].mac;
  const place = `${folder}/desktop.plist`;
  return {
    method: 'desktop.plist',
    file: { name: 'desktop.plist', place, text: desktopPlist(wish), encoding: 'utf-8' },
    commands: [
      `sudo install -d -o root -g wheel -m 755 "${folder}"`,
      `sudo install -o root -g wheel -m 644 desktop.plist "${place}"`,
    ],
    verify: ['mooring doctor'],
  };
}

function registryJson(system: System, wish: SignInWish): Deployment {
  const { folder, registryJson: place } = PLACES[wish.layout][system];
  const copy: Record<System, readonly string[]> = {
    // Anybody may make folders there, so it is taken over first (docs/policy.md section 5).
    windows: [
      `mkdir "${folder}"`,
      `icacls "${folder}" /setowner *S-1-5-32-544`,
      `icacls "${folder}" /reset`,
      `icacls "${folder}" /inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F *S-1-5-32-545:(OI)(CI)RX`,
      `copy registry.json "${place}"`,
      `icacls "${place}" /setowner *S-1-5-32-544`,
    ],
    mac: [
      `sudo install -d -o root -g wheel -m 755 "${folder}"`,
      `sudo install -o root -g wheel -m 644 registry.json "${place}"`,
    ],
    linux: [`sudo install -D -o root -g root -m 644 registry.json ${place}`],
  };
  return {
    method: 'registry.json',
    file: {
      name: 'registry.json',
      place,
      text: written({ allowedOrgs: wish.organizations }),
      encoding: 'utf-8',
    },
    commands: copy[system],
    verify: ['mooring doctor'],
  };
}

/** Writes `registry.json`, and the hub to sign in to where people name none. */
function installCommand(system: System, wish: SignInWish): Deployment {
  const layout = wish.layout === 'docker' ? ' --layout docker' : '';
  const command = `mooring install --allowed-org "${wish.organizations.join(';')}" --hub "${wish.hubUrl}"${layout}`;
  return {
    method: 'install',
    file: null,
    commands: [system === 'windows' ? command : `sudo ${command}`],
    verify: ['mooring doctor'],
  };
}

function written(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
