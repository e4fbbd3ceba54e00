import { emptyWorld, managedWorld, type World, walledWorld } from '../../test/web/stand-in-world.ts';

/* Computers that only pictures need: each shows what the tests' own worlds do not. */

const MINUTE = 60_000;
const inFuture = (ms: number) => new Date(Date.now() + ms).toISOString();

/** Nobody manages it and everything in it is in order. */
export function unmanagedWorld(): World {
  return { ...managedWorld(), ...pick(emptyWorld(), 'documents', 'choices', 'policy', 'drift', 'testPaths') };
}

/** The installation that somebody shows to others: a policy without mistakes in it, on real paths. */
export function tidyWorld(): World {
  const world = managedWorld();
  const documents = structuredClone(world.documents);
  documents['admin-settings'] = {
    configurationFileVersion: 2,
    analyticsEnabled: { locked: true, value: true },
    desktopTerminalEnabled: { locked: true, value: false },
    cpus: { locked: false, value: 4 },
  };
  const { account } = world.account;
  const { policy } = world;
  return {
    ...world,
    documents,
    sources: world.sources.map((source) =>
      source.state === 'warnings' ? { ...source, state: 'ok' } : source,
    ),
    account: {
      ...world.account,
      account:
        account === null ? null : { ...account, name: 'Ada Lovelace', email: 'ada.lovelace@acme.example' },
    },
    policy:
      policy === null ? null : { ...policy, access: { registries: null, images: null, enforced: false } },
    testPaths: false,
  };
}

/** Every name is as long as somebody will one day make it, with and without a place to break it. */
export function longWorld(): World {
  const world = managedWorld();
  const name =
    'Rechenzentrumsinfrastruktur und Entwicklerarbeitsplätze der Landesverwaltung Nordrhein-Westfalen';
  const unbroken = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
  const { account } = world.account;
  return {
    ...world,
    labels: {
      ...world.labels,
      'user-policy': `${name}, ${unbroken} (${unbroken})`,
      'admin-settings': 'admin-settings.json',
    },
    documents: {
      ...world.documents,
      'user-policy': {
        configurationFileVersion: 2,
        proxy: {
          locked: true,
          mode: 'manual',
          http: `http://${'proxy-of-the-department.'.repeat(8)}example:3128`,
          exclude: Array.from({ length: 24 }, (_, index) => `*.zone-${index}.${'long.'.repeat(9)}example`),
        },
        filesharingAllowedDirectories: [
          { path: `/Volumes/${'a-very-long-folder-name-without-a-space/'.repeat(5)}`, sharedByDefault: true },
        ],
        memoryMiB: { locked: true, value: 65_536 },
      },
    },
    policy: world.policy === null ? null : { ...world.policy, name: `${name}, ${unbroken}` },
    account: {
      ...world.account,
      account:
        account === null
          ? null
          : {
              ...account,
              name: `Maximiliane ${unbroken} von und zu Hohenstein-Ødegård`,
              email: `maximiliane.${unbroken.toLowerCase()}@engineering.example`,
              organizations: account.organizations.map((each) => ({
                ...each,
                displayName: `${name} ${unbroken}`,
                teams: Array.from({ length: 12 }, (_, index) => `${unbroken} ${index + 1}`),
              })),
              deviceName: `${unbroken.toLowerCase()}.local`,
            },
    },
  };
}

/** A policy that lets people override two locks; one of them is overridden now. */
export function overriddenWorld(): World {
  return {
    ...managedWorld(),
    overrides: {
      overrides: [
        {
          id: 'ovr_1',
          setting: 'extensionsEnabled',
          value: true,
          until: inFuture(95 * MINUTE),
          returnsTo: false,
        },
      ],
      exceptions: [
        { setting: 'extensionsEnabled', maxSeconds: 7_200 },
        { setting: 'analyticsEnabled', maxSeconds: 14_400 },
      ],
    },
  };
}

/** An administrator's file that nobody can read. */
export function brokenWorld(): World {
  const world = managedWorld();
  return {
    ...world,
    freeze: { code: 'policy_source_broken', source: 'admin-settings' },
    problems: [
      {
        severity: 'error',
        source: 'admin-settings',
        path: '',
        code: 'malformed',
        message: 'Line 14 ends in the middle of a text. Put the closing quote back.',
        ...{ line: 14, column: 27 },
      },
    ],
    sources: world.sources.map((source) =>
      source.source === 'admin-settings'
        ? {
            ...source,
            state: 'broken',
            usingLastGood: true,
            message: 'Line 14, column 27: a text is not closed.',
          }
        : source,
    ),
    store: { ...world.store, state: 'failed', message: 'The disk is full.' },
  };
}

/** The hub is out of reach; what it said last is in force and not old. */
export function offlineWorld(): World {
  const world = managedWorld();
  return {
    ...world,
    sync: {
      ...world.sync,
      state: 'failed',
      lastAttempt: inFuture(-MINUTE),
      error: { code: 'unreachable', message: 'https://hub.acme.example did not answer within 10 seconds.' },
    },
  };
}

/** Each way in which sign-in can be enforced (docs/policy.md, section 7), by the name that the agent gives it. */
export const WALL_METHODS = {
  'registry-key': ['registry key', 'HKLM\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop'],
  profile: ['configuration profile', '/Library/Managed Preferences/dev.mooring.desktop.plist'],
  plist: ['desktop.plist', '/Library/Application Support/dev.mooring.desktop/desktop.plist'],
  'registry-json': ['registry.json', '/usr/share/mooring-desktop/registry/registry.json'],
} as const;

/** The sign-in wall, raised by one of these. */
export function walledBy(method: keyof typeof WALL_METHODS, organizations = ['acme']): World {
  const world = walledWorld();
  const [name, location] = WALL_METHODS[method];
  return {
    ...world,
    account: { ...world.account, signIn: { ...world.account.signIn, method: name, location, organizations } },
  };
}

/** The wall stands because its file cannot be read. */
export function brokenWallWorld(): World {
  const world = walledBy('registry-json', []);
  const problem =
    'registry.json is not valid JSON: line 3, column 1. An administrator writes it like {"allowedOrgs": ["your-organization"]}.';
  return { ...world, account: { ...world.account, signIn: { ...world.account.signIn, problem } } };
}

function pick<Key extends keyof World>(world: World, ...keys: readonly Key[]): Partial<World> {
  return Object.fromEntries(keys.map((key) => [key, world[key]]));
}
