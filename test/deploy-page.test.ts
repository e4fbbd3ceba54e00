import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readInstallRequest } from '../src/cli/install/install-request.ts';
import {
  INSTALLER_OPTIONS,
  optionsOfCommandLine,
  optionsOfLines,
} from '../src/cli/install/installer-options.ts';
import { machinePlaces } from '../src/cli/install/machine-files.ts';
import { readProfile } from '../src/shared/policy/read-profile.ts';
import { desktopCatalog } from '../src/shared/settings/desktop-catalog.ts';

/*
 * docs/deploy.md is followed by people who see Mooring for the first time: what it names is there, and what it shows
 * is taken by what it is for.
 */
const root = join(import.meta.dirname, '..');
const read = (...path: readonly string[]) => readFileSync(join(root, ...path), 'utf8');
const page = read('docs', 'deploy.md');
const manifest = z
  .object({ version: z.string(), scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('package.json')));
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text);

test('every option of the installers stands on the page by both names, and its example is taken', () => {
  const rows = [...page.matchAll(/^\| `(--[^`]+)` \| `([A-Z]+)/gm)];
  expect(rows.map(([, , property]) => property)).toEqual(INSTALLER_OPTIONS.map(({ property }) => property));
  const words = rows.map(([, word = '']) => word.replaceAll('"', '').replace(', …', ''));
  const given = optionsOfCommandLine(words);
  if (!given.ok) return expect.unreachable(given.refusal.message);
  expect(Object.keys(given.options)).toEqual(INSTALLER_OPTIONS.map(({ option }) => option));
  expect(readInstallRequest(given.options)).toMatchObject({
    request: {
      allowedOrgs: ['acme', 'labs'],
      hubUrl: 'https://hub.example.com',
      layout: 'docker',
      warnings: [],
    },
  });
});

test('the commands for each system are ones that the installers take', () => {
  const windows = blocks('bat').join();
  for (const [, name = ''] of windows.matchAll(/ ([A-Z]+)=/g))
    expect(INSTALLER_OPTIONS.map(({ property }) => property)).toContain(name);
  const commands = [...`${windows}\n${blocks('sh').join()}`.matchAll(/^.*--allowed-org.*$/gm)].map(
    ([line]) => line,
  );
  expect(commands).toHaveLength(2);
  for (const command of commands)
    expect(optionsOfCommandLine(command.split(' ').filter((word) => word.startsWith('--')))).toMatchObject({
      ok: true,
      options: { 'allowed-org': 'acme', hub: 'https://hub.example.com' },
    });
});

test('the file for packages is one that they take, and is where they look for it', () => {
  const [lines = ''] = blocks('text');
  expect(optionsOfLines(new TextEncoder().encode(lines), 'install-options')).toEqual({
    ok: true,
    options: { 'allowed-org': 'acme', hub: 'https://hub.example.com' },
  });
  for (const platform of ['mac', 'linux'] as const) {
    const host = { platform, home: '/', userName: 'ada', temporary: '/tmp', exists: () => false };
    expect(page).toContain(`\`${machinePlaces(host, 'mooring').options}\``);
  }
});

test('the playbook writes a profile that the agent reads without a problem, where it reads it', () => {
  const task = z.looseObject({
    'ansible.builtin.copy': z.looseObject({ dest: z.string(), content: z.string().optional() }).optional(),
  });
  const [play] = z
    .array(z.object({ tasks: z.array(task), hosts: z.string(), become: z.literal(true) }))
    .parse(parse(blocks('yaml')[0] ?? ''));
  const copies = play?.tasks.flatMap((each) => each['ansible.builtin.copy'] ?? []) ?? [];
  const policy = copies.find(({ dest }) => dest === '/etc/mooring/policy.json');
  const { layer, allowedOrgs } = readProfile(JSON.parse(policy?.content ?? ''), desktopCatalog);
  expect([layer?.problems, allowedOrgs]).toEqual([[], ['acme']]);
  expect(layer?.mentions.get('analyticsEnabled')).toMatchObject({ locked: true, value: false });
  // Ansible's copy makes no folder.
  expect(blocks('yaml')[0]).toMatch(/path: \/etc\/mooring\n\s+state: directory/);
});

test('files, folders, tests, secrets and scripts that it names are there', () => {
  const files = [...page.matchAll(/^\| (`[^|]+) \| /gm)].flatMap(([, cell = '']) => [
    ...cell.matchAll(/`([\w./-]+\.(?:admx|adml|plist|mobileconfig|json))`/g),
  ]);
  expect(files.length).toBe(5);
  for (const [, name = ''] of files)
    expect(existsSync(join(root, 'packaging', 'fleet', name)), name).toBe(true);
  for (const [, name = ''] of page.matchAll(/`((?:test|\.github)\/[\w./-]+)`/g))
    expect(existsSync(join(root, name)), name).toBe(true);
  const workflow = read('.github', 'workflows', 'installers.yml');
  for (const [, name = ''] of page.matchAll(/`((?:MAC|WINDOWS|APPLE|UPDATE)_\w+)`/g))
    expect(workflow).toMatch(new RegExp(`(?:secrets|vars)\\.${name} `));
  for (const [, name = ''] of page.matchAll(/`npm run ([\w:-]+)/g))
    expect(Object.keys(manifest.scripts)).toContain(name);
});

test('the installers have the names and the version that electron-builder gives them', () => {
  for (const [, version = ''] of page.matchAll(/[ _-](\d+\.\d+\.\d+)[._-]/g))
    expect(version).toBe(manifest.version);
  const text = read('electron-builder.yml');
  expect(text).not.toContain('artifactName');
  expect(parse(text, { merge: true })).toMatchObject({ productName: 'Mooring' });
});

test('a key, a domain or a folder on the page is one that the templates or the agent have', () => {
  const templates =
    read('packaging', 'fleet', 'mooring.admx') + read('packaging', 'fleet', 'dev.mooring.desktop.plist');
  expect(page).toContain('HKLM\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop');
  expect(templates).toContain('SOFTWARE\\Policies\\Mooring\\Mooring Desktop');
  expect(templates).toContain('<string>dev.mooring.desktop</string>');
  const manual = read('docs', 'cli.md');
  const commands = [...page.matchAll(/mooring (doctor|sync|install|uninstall|(?:settings|policy) \w+)/g)];
  expect(commands.length).toBeGreaterThan(6);
  for (const [command] of commands) expect(manual).toContain(`### \`${command}\``);
});
