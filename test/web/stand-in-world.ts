import { about, quote, say, type Words } from '../../src/agent/diagnostics/words.ts';
import type {
  Account,
  AccountAnswer,
  Check,
  Drift,
  HubPolicy,
  OverridesAnswer,
  SourceState,
  StatusAnswer,
} from '../../src/shared/contracts/local-api.ts';
import type { FreezeCode, LayerSource, Problem } from '../../src/shared/policy/model.ts';
import { type Catalog, defineCatalog } from '../../src/shared/settings/define-catalog.ts';
import { desktopCatalog } from '../../src/shared/settings/desktop-catalog.ts';
import { PLATFORMS, type Platform, type SettingValue } from '../../src/shared/settings/setting.ts';

/** Everything a stand-in agent shows. Tests change it and say that it changed. */
export interface World {
  catalog: Catalog;
  platform: Platform;
  /** Policy documents by layer, read by the real reader. */
  documents: Partial<Record<LayerSource, unknown>>;
  labels: Record<LayerSource, string>;
  choices: Map<string, SettingValue>;
  freeze: { code: FreezeCode; source: LayerSource } | null;
  account: AccountAnswer;
  policy: HubPolicy | null;
  sources: SourceState[];
  sync: StatusAnswer['sync'];
  store: StatusAnswer['store'];
  drift: Drift[];
  checks: Check[];
  /** Besides those that the documents have. */
  problems?: readonly Problem[];
  overrides?: OverridesAnswer;
  testPaths: boolean;
  now: () => number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A computer of a large organization: many locks, suggestions, choices of the user's own, warnings, repairs. */
export function managedWorld(now: () => number = Date.now): World {
  const ago = (ms: number) => new Date(now() - ms).toISOString();
  const policy: HubPolicy = {
    organization: 'acme',
    id: 'pol_engineering',
    name: 'Engineering workstations',
    scope: 'user',
    revision: 27,
    seq: 1,
    updatedAt: ago(3 * HOUR),
    fetchedAt: ago(4 * MINUTE),
    appliedAt: ago(3 * HOUR - MINUTE),
    access: {
      registries: { hosts: ['docker.io', 'registry.acme.example'] },
      images: { classes: ['official', 'of-a-newer-hub'], repositories: [] },
      enforced: false,
    },
    contact: { name: 'Platform Engineering', url: 'https://help.acme.example/desktop' },
    stale: false,
  };
  return {
    catalog: desktopCatalog,
    platform: 'mac',
    documents: {
      'user-policy': USER_POLICY,
      'organization-policy': ORGANIZATION_POLICY,
      'admin-settings': ADMIN_SETTINGS,
    },
    labels: {
      'configuration-profile': 'Configuration profile (dev.mooring.desktop)',
      'user-policy': 'Engineering workstations (Acme Corporation)',
      'organization-policy': 'Everyone (Acme Corporation)',
      'admin-settings': 'admin-settings.json',
    },
    choices: new Map<string, SettingValue>([
      ['theme', 'dark'],
      ['memoryMiB', 12_288],
      ['analyticsEnabled', true],
      ['engineRegistryMirrors', ['https://mirror.gcr.io']],
    ]),
    freeze: null,
    account: accountAnswer(ago),
    policy,
    sources: sources(ago),
    sync: {
      state: 'idle',
      lastAttempt: ago(4 * MINUTE),
      lastSuccess: ago(4 * MINUTE),
      nextAttempt: ago(-54 * MINUTE),
      error: null,
    },
    store: { state: 'ok', lastWritten: ago(3 * HOUR), repairs: 2 },
    drift: [
      { at: ago(26 * MINUTE), kind: 'value', setting: 'analyticsEnabled', wrong: true, right: false },
      { at: ago(2 * DAY), kind: 'deleted_key', setting: 'enhancedContainerIsolation', right: true },
      { at: ago(9 * DAY), kind: 'unparsable', setting: null },
    ],
    checks: CHECKS,
    testPaths: true,
    now,
  };
}

/** A computer on which every setting of the catalog can be changed, whatever systems it is for. */
export function wholeWorld(): World {
  const everywhere = desktopCatalog.settings.map((setting) => ({ ...setting, platforms: PLATFORMS }));
  return { ...managedWorld(), catalog: defineCatalog(everywhere) };
}

/** A computer that nobody manages and where nobody is signed in. */
export function emptyWorld(now: () => number = Date.now): World {
  const world = managedWorld(now);
  return {
    ...world,
    documents: {},
    choices: new Map(),
    account: { ...world.account, state: 'signed-out', account: null },
    policy: null,
    sources: world.sources.map(({ document: _, ...source }) => ({
      ...source,
      state: 'absent',
      problems: [],
    })),
    sync: { state: 'signed-out', lastAttempt: null, lastSuccess: null, nextAttempt: null, error: null },
    drift: [],
    checks: [{ id: 'store', title: 'Settings store', result: 'ok', finding: 'Readable and writable.' }],
    testPaths: false,
  };
}

/** Sign-in is enforced here, and nobody is signed in. */
export function walledWorld(now: () => number = Date.now): World {
  const world = managedWorld(now);
  return {
    ...world,
    documents: { 'admin-settings': ADMIN_SETTINGS },
    account: {
      ...world.account,
      state: 'signed-out',
      account: null,
      signIn: {
        enforced: true,
        satisfied: false,
        method: 'configuration profile',
        location: '/Library/Managed Preferences/dev.mooring.desktop.plist',
        organizations: ['acme', 'acme-research'],
        problem: null,
      },
    },
    policy: null,
    sync: { state: 'signed-out', lastAttempt: null, lastSuccess: null, nextAttempt: null, error: null },
  };
}

/** The policy, fetched long ago, was confirmed longer ago than the organization allows, so settings are held, and the hub cannot be reached. */
export function frozenWorld(now: () => number = Date.now): World {
  const world = managedWorld(now);
  const ago = (ms: number) => new Date(now() - ms).toISOString();
  return {
    ...world,
    freeze: { code: 'policy_stale', source: 'user-policy' },
    policy: world.policy === null ? null : { ...world.policy, stale: true, fetchedAt: ago(40 * DAY) },
    account: { ...world.account, state: 'sign-in-again' },
    sync: {
      state: 'failed',
      lastAttempt: ago(MINUTE),
      lastSuccess: ago(9 * DAY),
      nextAttempt: ago(-2 * MINUTE),
      error: { code: 'unreachable', message: 'https://hub.acme.example did not answer within 10 seconds.' },
    },
  };
}

function accountAnswer(ago: (ms: number) => string): AccountAnswer {
  const account: Account = {
    hubUrl: 'https://hub.acme.example',
    userId: 'usr_01J8ZQ4T5N6W7X8Y9Z',
    email: 'margarethe.von-hohenstein@engineering.acme.example',
    name: 'Margarethe von Hohenstein-Ødegård',
    organizations: [
      {
        name: 'acme',
        displayName: 'Acme Corporation',
        role: 'editor',
        teams: ['Platform', 'Container Runtime', 'Desktop Experience and Developer Productivity'],
      },
      {
        name: 'acme-research',
        displayName: 'Acme Research and Advanced Development Laboratories',
        role: 'member',
        teams: [],
      },
    ],
    organization: 'acme',
    deviceId: 'dev_9f2c71ab-5c07-4d0b-8f43-0be9c1d3f1e7',
    deviceName: 'margarethe-mbp-16',
    signedInAt: ago(12 * DAY),
    sessionExpiresAt: ago(-78 * DAY),
  };
  return {
    state: 'signed-in',
    account,
    sessionStorage: 'keychain',
    signIn: {
      enforced: false,
      satisfied: true,
      method: null,
      location: null,
      organizations: [],
      problem: null,
    },
  };
}

function sources(ago: (ms: number) => string): SourceState[] {
  return [
    {
      source: 'configuration-profile',
      state: 'absent',
      location: '/Library/Managed Preferences/dev.mooring.desktop.plist',
      usingLastGood: false,
      lastAttempt: ago(2 * MINUTE),
      lastSuccess: null,
      problems: [],
    },
    {
      source: 'hub',
      state: 'ok',
      location: 'https://hub.acme.example',
      usingLastGood: false,
      lastAttempt: ago(4 * MINUTE),
      lastSuccess: ago(4 * MINUTE),
      problems: [],
      document: USER_POLICY,
    },
    {
      source: 'admin-settings',
      state: 'warnings',
      location: '/Library/Application Support/dev.mooring.desktop/admin-settings.json',
      usingLastGood: false,
      lastAttempt: ago(2 * MINUTE),
      lastSuccess: ago(2 * MINUTE),
      problems: [],
      document: ADMIN_SETTINGS,
    },
  ];
}

const USER_POLICY = {
  configurationFileVersion: 2,
  enhancedContainerIsolation: {
    locked: true,
    value: true,
    dockerSocketMount: {
      imageList: { images: ['docker.io/testcontainers/ryuk:*', 'registry.acme.example/ci/dind:latest'] },
      commandList: { type: 'deny', commands: ['push', 'build'] },
    },
  },
  proxy: {
    locked: true,
    mode: 'manual',
    http: 'http://proxy.corp.acme.example:3128',
    https: 'http://proxy.corp.acme.example:3128',
    exclude: ['*.acme.example', '10.0.0.0/8', 'localhost'],
  },
  analyticsEnabled: { locked: true, value: false },
  kubernetes: { locked: false, enabled: true },
  extensionsEnabled: { locked: true, value: false },
  allowBetaFeatures: { locked: true, value: false },
  filesharingAllowedDirectories: [
    { path: '$HOME', sharedByDefault: true },
    { path: '/Volumes/Projects', sharedByDefault: false },
  ],
  linuxVM: {
    dockerDaemonOptions: {
      locked: true,
      value: '{\n  "registry-mirrors": ["https://mirror.acme.example"],\n  "log-driver": "local"\n}',
    },
  },
  memoryMiB: { locked: false, value: 8192 },
  cpus: { locked: true, value: 6 },
  disableUpdate: { locked: true, value: true },
  theme: { locked: false, value: 'system' },
};

const ORGANIZATION_POLICY = { configurationFileVersion: 2, analyticsEnabled: { locked: true, value: false } };

const ADMIN_SETTINGS = {
  configurationFileVersion: 2,
  analyticsEnabled: { locked: true, value: true },
  desktopTerminalEnabled: { locked: true, value: false },
  exposeDockerAPIOnTCP2375: { locked: true, value: false },
  extensionsEnabld: { locked: true, value: false },
  vpnkitCIDR: { locked: true, value: '192.168.65.0/24' },
  cpus: { locked: false, value: 4 },
};

function check(
  id: string,
  result: Check['result'],
  words: { readonly title: Words; readonly finding: Words; readonly meaning?: Words; readonly mend?: Words },
): Check {
  const { title, finding, meaning, mend } = words;
  return {
    ...{ id, result, title: title.written, finding: finding.written },
    ...{ meaning: meaning?.written, mend: mend?.written },
    said: { title: title.said, finding: finding.said, meaning: meaning?.said, mend: mend?.said },
  };
}

const HUB = 'https://hub.acme.example';
const ADMIN_FILE = '/Library/Application Support/dev.mooring.desktop/admin-settings.json';
const STATE = '/Users/ada/Library/Application Support/Mooring/state';

const CHECKS: Check[] = [
  check('hub', 'ok', { title: say('check.hub'), finding: say('check.hub.answers', { url: HUB }) }),
  check('certificates', 'ok', {
    title: say('check.certificates'),
    finding: say('check.certificates.trusted', { url: HUB }),
  }),
  check('keychain', 'failed', {
    title: say('check.keychain'),
    finding: quote('The keychain is locked and did not answer.', 'check.keychain.refuses'),
    meaning: say('check.keychain.meaning'),
    mend: say('check.keychain.mend'),
  }),
  check(`files.${STATE}`, 'warning', {
    title: about(say('check.files'), STATE),
    finding: say('check.files.folder', { path: STATE, mode: '777' }),
    meaning: say('check.files.folder.meaning'),
    mend: say('check.files.folder.mend', { path: STATE }),
  }),
  check('store', 'ok', {
    title: say('check.store'),
    finding: say('check.store.repaired', { path: '/Users/ada/settings-store.json', count: 3 }),
  }),
  check('admin-files', 'failed', {
    title: say('check.admin-files'),
    finding: quote(`${ADMIN_FILE} is not valid JSON: line 5.`, 'check.admin-files.unreadable'),
    meaning: say('check.admin-files.unreadable.meaning'),
    mend: say('check.admin-files.unreadable.mend'),
  }),
  check('clock', 'skipped', { title: say('check.clock'), finding: say('check.clock.nothing') }),
  // Of an agent that is newer than the page.
  check('moon', 'ok', {
    title: { written: 'The moon is up', said: { key: 'check.moon' } },
    finding: { written: 'It shines.', said: { key: 'check.moon.shines' } },
  }),
];
