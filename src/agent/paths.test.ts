import { posix, win32 } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PLATFORMS, type Platform } from '../shared/settings/setting.ts';
import { readHostFacts, windowsDrive } from './host.ts';
import { agentPaths, type HostFacts, type Layout } from './paths.ts';

const HOME: Record<Platform, string> = {
  mac: '/Users/dev',
  windows: 'C:\\Users\\dev',
  linux: '/home/dev',
};

function host(platform: Platform, more: Partial<HostFacts> = {}): HostFacts {
  return {
    platform,
    home: HOME[platform],
    userName: 'dev',
    appData: 'C:\\Users\\dev\\AppData\\Roaming',
    programData: 'C:\\ProgramData',
    systemRoot: 'C:\\Windows',
    temporary: '/tmp',
    exists: () => false,
    ...more,
  };
}

/** docs/policy.md section 5, "settings store", and section 7 for the last column. */
const TABLE: readonly [Layout, Platform, store: string, admin: string, registryJson: string][] = [
  [
    'mooring',
    'mac',
    '/Users/dev/Library/Application Support/Mooring/settings-store.json',
    '/Library/Application Support/dev.mooring.desktop/admin-settings.json',
    '/Library/Application Support/dev.mooring.desktop/registry.json',
  ],
  [
    'mooring',
    'windows',
    'C:\\Users\\dev\\AppData\\Roaming\\Mooring\\settings-store.json',
    'C:\\ProgramData\\Mooring\\admin-settings.json',
    'C:\\ProgramData\\Mooring\\registry.json',
  ],
  [
    'mooring',
    'linux',
    '/home/dev/.mooring/desktop/settings-store.json',
    '/usr/share/mooring-desktop/admin-settings.json',
    '/usr/share/mooring-desktop/registry/registry.json',
  ],
  [
    'docker',
    'mac',
    '/Users/dev/Library/Group Containers/group.com.docker/settings-store.json',
    '/Library/Application Support/com.docker.docker/admin-settings.json',
    '/Library/Application Support/com.docker.docker/registry.json',
  ],
  [
    'docker',
    'windows',
    'C:\\Users\\dev\\AppData\\Roaming\\Docker\\settings-store.json',
    'C:\\ProgramData\\DockerDesktop\\admin-settings.json',
    'C:\\ProgramData\\DockerDesktop\\registry.json',
  ],
  [
    'docker',
    'linux',
    '/home/dev/.docker/desktop/settings-store.json',
    '/usr/share/docker-desktop/admin-settings.json',
    '/usr/share/docker-desktop/registry/registry.json',
  ],
];

describe('the paths of every layout and platform', () => {
  test('the table is whole', () => {
    expect(TABLE.length).toBe(2 * PLATFORMS.length);
    expect(new Set(TABLE.map(([layout, platform]) => `${layout} ${platform}`)).size).toBe(TABLE.length);
  });

  test.each(TABLE)('%s on %s', (layout, platform, store, admin, registryJson) => {
    const paths = agentPaths(host(platform), layout);
    const path = platform === 'windows' ? win32 : posix;
    expect(paths.store).toBe(store);
    expect(paths.choices).toBe(path.join(path.dirname(store), 'user-settings.json'));
    expect(paths.state).toBe(path.join(path.dirname(store), 'policy-state.json'));
    expect(paths.adminSettings).toBe(admin);
    expect(paths.signInFiles.at(-1)).toEqual({ method: 'registry.json', format: 'json', path: registryJson });
    expect(paths.signInFiles.map(({ method }) => method)).toEqual(
      platform === 'mac' ? ['desktop.plist', 'registry.json'] : ['registry.json'],
    );
    expect(paths.testPaths).toBe(false);
  });

  test('desktop.plist stands beside admin-settings.json', () => {
    const plist = (layout: Layout) => agentPaths(host('mac'), layout).signInFiles[0]?.path;
    expect(plist('mooring')).toBe('/Library/Application Support/dev.mooring.desktop/desktop.plist');
    expect(plist('docker')).toBe('/Library/Application Support/com.docker.docker/desktop.plist');
  });
});

describe('the configuration profile', () => {
  const MOORING_KEY = { kind: 'registry', key: 'HKLM\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop' };
  const plists = (domain: string) =>
    ['/Library/Managed Preferences/dev', '/Library/Managed Preferences'].map((folder) => ({
      ...{ kind: 'file', format: 'plist', path: `${folder}/${domain}.plist` },
    }));

  test('layout mooring', () => {
    expect(agentPaths(host('mac'), 'mooring').profile).toEqual(plists('dev.mooring.desktop'));
    expect(agentPaths(host('windows'), 'mooring').profile).toEqual([MOORING_KEY]);
    expect(agentPaths(host('linux'), 'mooring').profile).toEqual([
      { kind: 'file', format: 'json', path: '/etc/mooring/policy.json' },
    ]);
  });

  test('layout docker reads the original locations, after our own', () => {
    expect(agentPaths(host('mac'), 'docker').profile).toEqual([
      ...plists('dev.mooring.desktop'),
      ...plists('com.docker.config'),
    ]);
    expect(agentPaths(host('windows'), 'docker').profile).toEqual([
      MOORING_KEY,
      { kind: 'registry', key: 'HKLM\\SOFTWARE\\Policies\\Docker\\Docker Desktop' },
    ]);
  });

  test.each(['../../../tmp/x', '..', 'a/b', 'a\\b'])('a login name cannot lead elsewhere: %s', (userName) => {
    for (const location of agentPaths(host('mac', { userName }), 'mooring').profile) {
      if (location.kind !== 'file') throw new Error('not a file');
      expect(posix.normalize(location.path)).toMatch(
        /^\/Library\/Managed Preferences\/([^/]+\/)?dev\.mooring/,
      );
      expect(location.path.split('/').length).toBeLessThanOrEqual(5);
    }
  });
});

test('layout docker on mac takes the first of the two folders that exists, Group Containers first', () => {
  const group = '/Users/dev/Library/Group Containers/group.com.docker';
  const support = '/Users/dev/Library/Application Support/Docker';
  const store = (...there: string[]) =>
    agentPaths(host('mac', { exists: (path) => there.includes(path) }), 'docker').store;
  expect(store(group, support)).toBe(`${group}/settings-store.json`);
  expect(store(support)).toBe(`${support}/settings-store.json`);
  expect(store(group)).toBe(`${group}/settings-store.json`);
  expect(store()).toBe(`${group}/settings-store.json`);
});

test('lock, account, bundle and socket are the same in both layouts', () => {
  for (const platform of PLATFORMS) {
    const own = (layout: Layout) => {
      const { userData, account, bundle, hubKeys, lock, endpoint, socket, machine } = agentPaths(
        host(platform),
        layout,
      );
      return { userData, account, bundle, hubKeys, lock, endpoint, socket, machine };
    };
    expect(own('docker')).toEqual(own('mooring'));
  }
});

test('a socket path fits what the kernel takes, however long the home is', () => {
  for (const length of [1, 40, 60, 80, 200]) {
    const { socket } = agentPaths(host('linux', { home: `/home/${'ü'.repeat(length)}` }), 'mooring');
    expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(103);
  }
  const one = agentPaths(host('linux', { home: `/home/${'x'.repeat(200)}1` }), 'mooring').socket;
  const two = agentPaths(host('linux', { home: `/home/${'x'.repeat(200)}2` }), 'mooring').socket;
  expect(one).not.toBe(two);
});

describe('test paths', () => {
  test('every path of every layout and platform is beneath the root', () => {
    for (const platform of PLATFORMS) {
      for (const layout of ['mooring', 'docker'] as const) {
        const root = platform === 'windows' ? 'D:\\tests' : '/srv/tests';
        const paths = agentPaths(host(platform, { testRoot: root, temporary: `${root}/tmp` }), layout);
        const {
          profile,
          signInFiles,
          systemRoot: _system,
          platform: _platform,
          layout: _layout,
          ...rest
        } = paths;
        const files = profile.map((each) => {
          if (each.kind !== 'file') throw new Error('the real registry would be read');
          return each.path;
        });
        const texts = Object.values(rest).filter(
          (value): value is string => typeof value === 'string' && value !== '',
        );
        for (const path of [...texts, ...files, ...signInFiles.map((file) => file.path)]) {
          expect(path.startsWith(root)).toBe(true);
        }
        expect(paths.testPaths).toBe(true);
      }
    }
  });

  test('only an unpackaged build takes them from the environment', () => {
    const environment = { MOORING_ROOT: '/srv/tests', ProgramData: 'E:\\mine', SystemRoot: 'E:\\mine' };
    expect(readHostFacts(environment, false).testRoot).toBe('/srv/tests');
    const packaged = readHostFacts(environment, true);
    expect(packaged.testRoot).toBeUndefined();
    expect(packaged.programData).toMatch(/^[A-Z]:\\ProgramData$/);
    expect(packaged.systemRoot).toMatch(/^[A-Z]:\\Windows$/);
    expect(readHostFacts({ MOORING_ROOT: '' }, false).testRoot).toBeUndefined();
  });
});

test('the drive of Windows is the first that holds its system folder', () => {
  expect(windowsDrive((path) => path === 'D:\\Windows\\System32\\reg.exe')).toBe('D:');
  expect(windowsDrive(() => true)).toBe('C:');
  expect(windowsDrive(() => false)).toBe('C:');
});
