import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildBinary } from 'plist';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import type { Platform } from '../../shared/settings/setting.ts';
import type { CommandRunner } from '../agent-options.ts';
import { agentPaths, type HostFacts, type Layout } from '../paths.ts';
import { diskFiles } from '../state-file.ts';
import { createLastProfileKeys } from './last-profile-keys.ts';
import { profileSignIn, readProfileSource } from './profile-source.ts';
import { exportedValue, registryProgram } from './test-registry.ts';

const trusting = async () => null;
const noCommand: CommandRunner = async () => ({ kind: 'failed', reason: 'not on this machine' });

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-profile-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function hostOf(platform: Platform): HostFacts {
  return {
    ...{ platform, home: '/home/dev', userName: 'dev', temporary: '/tmp', exists: () => false },
    ...(platform === 'windows' ? { systemRoot: 'C:\\Windows' } : { testRoot: folder }),
  };
}

async function read(
  platform: Platform,
  layout: Layout,
  files: Record<string, string | Uint8Array>,
  run = noCommand,
) {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return readProfileSource(agentPaths(hostOf(platform), layout), trusting, run, desktopCatalog);
}

const plist = (inner: string) => `<?xml version="1.0"?><plist version="1.0"><dict>${inner}</dict></plist>`;
const USER = 'Library/Managed Preferences/dev/dev.mooring.desktop.plist';
const MACHINE = 'Library/Managed Preferences/dev.mooring.desktop.plist';
const DOCKER = 'Library/Managed Preferences/com.docker.config.plist';

describe('linux', () => {
  const FILE = 'etc/mooring/policy.json';

  test('no file is no profile', async () => {
    const profile = await read('linux', 'mooring', {});
    expect(profile).toMatchObject({ state: 'absent', layer: null, keys: null, problems: [] });
    expect(profileSignIn(profile, null).state).toBe('not_configured');
  });

  test('keys and settings', async () => {
    const content = {
      allowedOrgs: 'acme',
      hubUrl: 'https://hub.example',
      layout: 'docker',
      settings: { analyticsEnabled: { locked: true, value: false } },
    };
    const profile = await read('linux', 'mooring', { [FILE]: JSON.stringify(content) });
    expect(profile).toMatchObject({
      state: 'ok',
      document: content,
      keys: { hubUrl: 'https://hub.example', layout: 'docker' },
    });
    expect(profile.layer?.mentions.get('analyticsEnabled')).toEqual({
      value: false,
      locked: true,
      state: 'valid',
    });
    expect(profileSignIn(profile, null)).toMatchObject({
      state: 'configured',
      allowedOrgs: 'acme',
      method: 'configuration profile',
    });
  });

  test('a file that is no JSON is broken, never absent; it demands a sign-in unless it is known that it did not', async () => {
    const profile = await read('linux', 'mooring', { [FILE]: '{"allowedOrgs": ' });
    expect(profile).toMatchObject({ state: 'broken', keys: null });
    expect(profile.layer?.state).toBe('broken');
    const keys = { allowedOrgs: undefined, hubUrl: null, hubKeys: null, layout: null };
    expect(profileSignIn(profile, null)).toMatchObject({
      state: 'unreadable',
      problem: { source: 'sign-in', message: expect.stringContaining(FILE) },
    });
    expect(profileSignIn(profile, { ...keys, allowedOrgs: 'acme' }).state).toBe('unreadable');
    expect(profileSignIn(profile, keys).state).toBe('not_configured');
  });

  test('settings that cannot be read break the layer and leave the other keys in force', async () => {
    const profile = await read('linux', 'mooring', { [FILE]: '{"allowedOrgs": ["acme"], "settings": "{"}' });
    expect(profile).toMatchObject({ state: 'broken', keys: { allowedOrgs: ['acme'] } });
    expect(profileSignIn(profile, null)).toMatchObject({ state: 'configured', allowedOrgs: ['acme'] });
  });

  test('an untrusted file is ignored and told of', async () => {
    await read('linux', 'mooring', { [FILE]: '{"allowedOrgs": ["acme"]}' });
    const paths = agentPaths(hostOf('linux'), 'mooring');
    const profile = await readProfileSource(
      paths,
      async () => 'anyone could write it',
      noCommand,
      desktopCatalog,
    );
    expect(profile).toMatchObject({ state: 'untrusted', layer: null, keys: null });
    expect(profile.problems).toMatchObject([{ code: 'untrusted_file', severity: 'error' }]);
    expect(profileSignIn(profile, null).state).toBe('not_configured');
  });
});

describe('mac', () => {
  test('XML and binary say the same', async () => {
    const xml = plist(
      '<key>allowedOrgs</key><string>acme;beta</string><key>overrideProxyHTTP</key><string>http://proxy:3128</string>' +
        '<key>settings</key><dict><key>analyticsEnabled</key><dict><key>locked</key><true/><key>value</key><false/></dict></dict>',
    );
    const fromXml = await read('mac', 'mooring', { [USER]: xml });
    const binary = buildBinary({
      allowedOrgs: 'acme;beta',
      overrideProxyHTTP: 'http://proxy:3128',
      settings: { analyticsEnabled: { locked: true, value: false } },
    });
    const fromBinary = await read('mac', 'mooring', { [USER]: new Uint8Array(binary) });
    for (const profile of [fromXml, fromBinary]) {
      expect(profile.state).toBe('ok');
      expect(profile.layer?.mentions.get('analyticsEnabled')).toEqual({
        value: false,
        locked: true,
        state: 'valid',
      });
      expect(profile.layer?.mentions.get('proxyMode')).toEqual({
        value: 'manual',
        locked: true,
        state: 'valid',
      });
      expect(profile.layer?.mentions.get('proxyHttp')?.value).toBe('http://proxy:3128');
    }
  });

  test('the user’s profile wins key by key over the machine’s', async () => {
    const profile = await read('mac', 'mooring', {
      [USER]: plist('<key>hubUrl</key><string>https://user.example</string>'),
      [MACHINE]: plist(
        '<key>hubUrl</key><string>https://machine.example</string><key>allowedOrgs</key><string>acme</string>',
      ),
    });
    expect(profile.keys).toMatchObject({ hubUrl: 'https://user.example', allowedOrgs: 'acme' });
    expect(profile.location).toContain('/dev/');
  });

  test('one location that cannot be read makes the profile broken', async () => {
    const profile = await read('mac', 'mooring', {
      [USER]: 'not a property list',
      [MACHINE]: plist('<key>allowedOrgs</key><string>acme</string>'),
    });
    expect(profile).toMatchObject({ state: 'broken', keys: null });
    expect(profileSignIn(profile, null)).toMatchObject({
      state: 'unreadable',
      location: expect.stringContaining('/dev/'),
    });
  });

  test('layout docker reads the original domain, and ours before it', async () => {
    const files = {
      [MACHINE]: plist(
        '<key>layout</key><string>docker</string><key>hubUrl</key><string>https://hub.example</string>',
      ),
      [DOCKER]: plist(
        '<key>allowedOrgs</key><string>acme</string><key>hubUrl</key><string>https://other.example</string>',
      ),
    };
    expect((await read('mac', 'docker', files)).keys).toMatchObject({
      hubUrl: 'https://hub.example',
      allowedOrgs: 'acme',
    });
    expect((await read('mac', 'mooring', files)).keys?.allowedOrgs).toBeUndefined();
  });

  test('a dictionary is wanted', async () => {
    const profile = await read('mac', 'mooring', { [USER]: '<plist version="1.0"><array/></plist>' });
    expect(profile).toMatchObject({ state: 'broken', problems: [{ code: 'wrong_type' }] });
  });
});

describe('windows', () => {
  const KEY = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop';
  const DOCKER_KEY = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Docker\\Docker Desktop';

  /** A registry with these values of each key, written as `reg.exe query` shows them. */
  function registry(keys: Record<string, Record<string, readonly string[]>>): CommandRunner {
    const exported = Object.entries(keys).flatMap(([key, tree]) =>
      Object.entries(tree).map(([sub, lines]) => [
        sub === '' ? key : `${key}\\${sub}`,
        lines.map((line) => {
          const [name = '', type = '', data = ''] = line.split('    ');
          return exportedValue(name, type, data);
        }),
      ]),
    );
    return registryProgram(Object.fromEntries(exported));
  }

  test('no key is no profile, and so is one that is empty', async () => {
    expect((await read('windows', 'mooring', {}, registry({}))).state).toBe('absent');
    expect((await read('windows', 'mooring', {}, registry({ [KEY]: { '': [] } }))).state).toBe('absent');
  });

  test('values, pairs of every type, and settings; a pair beats settings', async () => {
    const settings = JSON.stringify({
      analyticsEnabled: { locked: true, value: true },
      memoryMiB: { locked: true, value: 4096 },
    });
    const profile = await read(
      'windows',
      'mooring',
      {},
      registry({
        [KEY]: {
          '': ['ALLOWEDORGS    REG_MULTI_SZ    acme\\0beta', `settings    REG_SZ    ${settings}`],
          'Settings\\analyticsEnabled': ['Value    REG_DWORD    0x0'],
          'Settings\\kubernetesEnabled': ['Value    REG_DWORD    0x1', 'Locked    REG_DWORD    0x0'],
          'Settings\\proxyMode': ['Value    REG_SZ    manual', 'Locked    REG_DWORD    0x0'],
          'Settings\\proxyExclude': ['Value    REG_MULTI_SZ    *.corp\\0localhost'],
          'Settings\\FilesharingAllowedDirectories': [
            'Value    REG_SZ    [{"path":"$HOME","sharedByDefault":true}]',
          ],
          'Settings\\cpus': ['Locked    REG_DWORD    0x1'],
        },
      }),
    );
    expect(profile).toMatchObject({ state: 'ok', problems: [], method: 'registry key' });
    const mention = (id: string) => profile.layer?.mentions.get(id);
    expect(profileSignIn(profile, null)).toMatchObject({
      state: 'configured',
      allowedOrgs: ['acme', 'beta'],
    });
    expect(mention('analyticsEnabled')).toEqual({ value: false, locked: true, state: 'valid' });
    expect(mention('memoryMiB')).toEqual({ value: 4096, locked: true, state: 'valid' });
    expect(mention('kubernetesEnabled')).toEqual({ value: true, locked: false, state: 'valid' });
    // One lock for the group: locked, because one of its pairs is.
    expect(mention('proxyMode')).toEqual({ value: 'manual', locked: true, state: 'valid' });
    expect(mention('proxyExclude')).toEqual({ value: ['*.corp', 'localhost'], locked: true, state: 'valid' });
    expect(mention('proxyHttp')).toMatchObject({ locked: true, state: 'absent' });
    expect(mention('filesharingAllowedDirectories')).toMatchObject({
      value: [{ path: '$HOME', sharedByDefault: true }],
    });
    expect(mention('cpus')).toMatchObject({ locked: true, state: 'absent' });
  });

  test.each<[string, string, string]>([
    ['a boolean of 2', 'analyticsEnabled', 'Value    REG_DWORD    0x2'],
    ['a boolean as text', 'analyticsEnabled', 'Value    REG_SZ    true'],
    ['a number as text', 'memoryMiB', 'Value    REG_SZ    4096'],
    ['a list as text', 'engineRegistryMirrors', 'Value    REG_SZ    https://mirror'],
    ['a choice that is none', 'proxyMode', 'Value    REG_SZ    sometimes'],
    ['binary data', 'analyticsEnabled', 'Value    REG_BINARY    00'],
    ['objects that are no JSON', 'filesharingAllowedDirectories', 'Value    REG_SZ    [{'],
  ])('%s is an error, and the setting stays locked', async (_what, id, line) => {
    const profile = await read(
      'windows',
      'mooring',
      {},
      registry({ [KEY]: { '': [], [`Settings\\${id}`]: [line] } }),
    );
    expect(profile.layer?.mentions.get(id)).toMatchObject({ locked: true, state: 'invalid' });
    expect(profile.problems.filter(({ severity }) => severity === 'error').length).toBe(1);
  });

  test('a pair of an unknown setting is a warning with the nearest known', async () => {
    const profile = await read(
      'windows',
      'mooring',
      {},
      registry({
        [KEY]: {
          '': [],
          'Settings\\analyticsEnable': ['Value    REG_DWORD    0x1'],
          'Settings\\__proto__': ['Value    REG_DWORD    0x1'],
        },
      }),
    );
    expect(profile.problems.map(({ code }) => code)).toEqual(['unknown_key', 'unknown_key']);
    expect(profile.problems[0]?.message).toContain('analyticsEnabled');
    expect(Object.prototype).not.toHaveProperty('value');
  });

  test('settings that are no JSON break the profile, also beside pairs', async () => {
    const profile = await read(
      'windows',
      'mooring',
      {},
      registry({
        [KEY]: {
          '': ['settings    REG_SZ    {"a"'],
          'Settings\\analyticsEnabled': ['Value    REG_DWORD    0x0'],
        },
      }),
    );
    expect(profile.state).toBe('broken');
  });

  test('a registry that cannot be asked is broken, never absent', async () => {
    const profile = await read('windows', 'mooring', {});
    expect(profile.state).toBe('broken');
    expect(profileSignIn(profile, null).state).toBe('unreadable');
  });

  test('layout docker reads the original key with its own values', async () => {
    const run = registry({
      [KEY]: { '': ['layout    REG_SZ    docker'] },
      [DOCKER_KEY]: {
        '': ['allowedOrgs    REG_MULTI_SZ    acme', 'overrideProxyExclude    REG_SZ    *.a,*.b'],
      },
    });
    const profile = await read('windows', 'docker', {}, run);
    expect(profile.keys).toMatchObject({ layout: 'docker', allowedOrgs: ['acme'] });
    expect(profile.layer?.mentions.get('proxyExclude')).toMatchObject({
      value: ['*.a', '*.b'],
      locked: true,
    });
  });
});

describe('the keys of a profile that breaks', () => {
  const keys = {
    allowedOrgs: ['acme'],
    hubUrl: 'https://hub.example',
    hubKeys: ['SHA256:x', { kty: 'OKP' }],
    layout: null,
  };

  test('outlive the process', async () => {
    const file = join(folder, 'profile-keys.json');
    await createLastProfileKeys(file, diskFiles()).remember(keys);
    const after = createLastProfileKeys(file, diskFiles());
    await after.load();
    expect(after.current()).toEqual(keys);
    await after.remember(null);
    const later = createLastProfileKeys(file, diskFiles());
    await later.load();
    expect(later.current()).toBeNull();
  });

  test.each(['', '{', 'null', '[]', '{"hubUrl":5}'])('a ruined memory is none: %j', async (text) => {
    const file = join(folder, 'profile-keys.json');
    await writeFile(file, text);
    const memory = createLastProfileKeys(file, diskFiles());
    await memory.load();
    expect(memory.current()).toBeNull();
  });
});
