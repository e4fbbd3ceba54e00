import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../../test/manual-clock.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import type { Platform } from '../../shared/settings/setting.ts';
import { signInRequirement } from '../account/enforced-sign-in.ts';
import type { CommandRunner } from '../agent-options.ts';
import { type AgentPaths, agentPaths, type HostFacts, type Layout } from '../paths.ts';
import { diskFiles } from '../state-file.ts';
import { createLastProfileKeys } from './last-profile-keys.ts';
import { createMachineSources, type MachineSources } from './machine-sources.ts';
import { type ExportedKeys, exportedValue, registryProgram } from './test-registry.ts';

/* Every method of docs/policy.md section 7, while the agent runs: added it raises the wall, removed it lowers it. */

let folder = '';
let hands: ManualClock;
let sources: MachineSources;
let stop = (): void => undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-live-'));
  hands = manualClock();
});
afterEach(async () => {
  stop();
  await rm(folder, { recursive: true, force: true });
});

const noCommand: CommandRunner = async () => ({ kind: 'failed', reason: 'no command is run in tests' });

async function run(paths: AgentPaths, runCommand = noCommand): Promise<void> {
  const lastKeys = createLastProfileKeys(join(folder, 'keys.json'), diskFiles());
  await lastKeys.load();
  sources = createMachineSources({
    ...{ paths, clock: hands.clock, lastKeys, runCommand, catalog: desktopCatalog, log: () => undefined },
  });
  await sources.refresh();
  stop = sources.watch(() => undefined);
}

const host = (platform: Platform): HostFacts => ({
  ...{ platform, home: '/home/dev', userName: 'dev', temporary: folder, exists: () => false },
  ...(platform === 'windows' ? {} : { testRoot: folder }),
});

const NOBODY = { signedIn: false, organizations: [] };
/** Whether the wall stands for somebody who is not signed in, and what it names. */
const wall = () => {
  const { satisfied, method, organizations } = signInRequirement(sources.current().signIn, NOBODY);
  return satisfied ? null : { method, organizations };
};

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

const JSON_FILE = JSON.stringify({ allowedOrgs: 'acme; beta' });
const PLIST = `<?xml version="1.0"?><plist version="1.0"><dict><key>allowedOrgs</key>
  <array><string>acme</string><string>beta</string></array></dict></plist>`;
const PROFILE = 'configuration profile';
const PREFERENCES = 'Library/Managed Preferences';
const MAC_FILES = 'Library/Application Support';

const FILES: readonly [Platform, Layout, method: string, path: string, content: string][] = [
  ['linux', 'mooring', PROFILE, 'etc/mooring/policy.json', JSON_FILE],
  ['linux', 'mooring', 'registry.json', 'usr/share/mooring-desktop/registry/registry.json', JSON_FILE],
  ['linux', 'docker', 'registry.json', 'usr/share/docker-desktop/registry/registry.json', JSON_FILE],
  ['mac', 'mooring', PROFILE, `${PREFERENCES}/dev/dev.mooring.desktop.plist`, PLIST],
  ['mac', 'mooring', PROFILE, `${PREFERENCES}/dev.mooring.desktop.plist`, PLIST],
  ['mac', 'mooring', 'desktop.plist', `${MAC_FILES}/dev.mooring.desktop/desktop.plist`, PLIST],
  ['mac', 'mooring', 'registry.json', `${MAC_FILES}/dev.mooring.desktop/registry.json`, JSON_FILE],
  ['mac', 'docker', PROFILE, `${PREFERENCES}/com.docker.config.plist`, PLIST],
  ['mac', 'docker', 'desktop.plist', `${MAC_FILES}/com.docker.docker/desktop.plist`, PLIST],
  ['mac', 'docker', 'registry.json', `${MAC_FILES}/com.docker.docker/registry.json`, JSON_FILE],
];

test.each(FILES)('%s, layout %s: %s at %s', async (platform, layout, method, path, content) => {
  await run(agentPaths(host(platform), layout));
  expect(wall()).toBeNull();
  await write(join(folder, path), content);
  await expect.poll(wall).toEqual({ method, organizations: ['acme', 'beta'] });
  await rm(join(folder, path));
  await expect.poll(wall).toBeNull();
});

test('a stronger method that comes takes over from the weaker, and gives back when it goes', async () => {
  await run(agentPaths(host('mac'), 'mooring'));
  await write(join(folder, MAC_FILES, 'dev.mooring.desktop/registry.json'), '{"allowedOrgs":["weaker"]}');
  await expect.poll(wall).toEqual({ method: 'registry.json', organizations: ['weaker'] });
  const plist = join(folder, MAC_FILES, 'dev.mooring.desktop/desktop.plist');
  await write(plist, PLIST.replace('beta', 'gamma'));
  await expect.poll(wall).toEqual({ method: 'desktop.plist', organizations: ['acme', 'gamma'] });
  const profile = join(folder, PREFERENCES, 'dev.mooring.desktop.plist');
  await write(profile, PLIST);
  await expect.poll(wall).toEqual({ method: PROFILE, organizations: ['acme', 'beta'] });
  await rm(profile);
  await expect.poll(wall).toEqual({ method: 'desktop.plist', organizations: ['acme', 'gamma'] });
  await rm(plist);
  await expect.poll(wall).toEqual({ method: 'registry.json', organizations: ['weaker'] });
});

/** Windows' own paths mean nothing to this system: what is read of files there stands in our folder. */
const windows = (layout: Layout): AgentPaths => ({
  ...{ ...agentPaths(host('windows'), layout), adminSettings: join(folder, 'admin-settings.json') },
  ...{ signInFiles: [{ method: 'registry.json', format: 'json', path: join(folder, 'registry.json') }] },
  ...{ testPaths: true },
});

test.each<[Layout, string]>([
  ['mooring', 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop'],
  ['docker', 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Docker\\Docker Desktop'],
])(
  'windows, layout %s: the registry key, within a minute because nobody tells of it',
  async (layout, key) => {
    let keys: ExportedKeys = {};
    await run(windows(layout), (program, args) => registryProgram(keys)(program, args));
    expect(wall()).toBeNull();
    keys = { [key]: [exportedValue('allowedOrgs', 'REG_MULTI_SZ', 'acme\\0beta')] };
    hands.advance(60_000);
    await expect.poll(wall).toEqual({ method: 'registry key', organizations: ['acme', 'beta'] });
    keys = {};
    hands.advance(60_000);
    await expect.poll(wall).toBeNull();
  },
);

test('windows: registry.json', async () => {
  await run(windows('mooring'), registryProgram({}));
  await write(join(folder, 'registry.json'), JSON_FILE);
  await expect.poll(wall).toEqual({ method: 'registry.json', organizations: ['acme', 'beta'] });
  await rm(join(folder, 'registry.json'));
  await expect.poll(wall).toBeNull();
});
