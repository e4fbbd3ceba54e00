import { DOMParser } from '@xmldom/xmldom';
import { parse as parseIni } from 'ini';
import { parse as parsePropertyList } from 'plist';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fullPolicy } from '../bench/full-policy.ts';
import { readPropertyList } from '../src/agent/sources/property-list.ts';
import { readRegistryExport } from '../src/agent/sources/registry-export.ts';
import { profileOfRegistry } from '../src/agent/sources/registry-profile.ts';
import type { Json } from '../src/hub/database/schema.ts';
import { acceptDocument } from '../src/hub/policies/document.ts';
import { exportPolicy } from '../src/hub/policies/export/export-policy.ts';
import { readJson } from '../src/shared/policy/json-text.ts';
import type { Layer } from '../src/shared/policy/model.ts';
import { readDocument } from '../src/shared/policy/read-document.ts';
import { readProfile } from '../src/shared/policy/read-profile.ts';
import { resolve } from '../src/shared/policy/resolve.ts';
import { desktopCatalog } from '../src/shared/settings/desktop-catalog.ts';
import { PLATFORMS } from '../src/shared/settings/setting.ts';

const KEY = 'HKLM\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop';
const ID = '3f2a7c1e-8b54-4f60-9d1a-6c7e5b4a3f20';

const policyOf = (document: { readonly [key: string]: Json }, name = 'Engineering') => ({
  ...{ id: ID, name, organization: 'acme', revision: 7 },
  document,
});

/** Documents whose exports must mean the same: everything, and what is hard to write down. */
const DOCUMENTS: readonly (readonly [string, string])[] = [
  ['every setting, suggested', fullPolicy(2).userPolicy],
  ['every setting, locked', fullPolicy(0).orgPolicy],
  ['nothing', '{}'],
  ['a group that is only present', '{ "proxy": { "locked": true } }'],
  ['a group without a lock', '{ "kubernetes": { "enabled": true }, "scout": {} }'],
  ['a lock without a value', '{ "memoryMiB": { "locked": true } }'],
  ['a lock that is null', '{ "analyticsEnabled": { "locked": null, "value": false } }'],
  ['an empty list and an empty text', '{ "proxy": { "locked": true, "exclude": [], "http": "" } }'],
  [
    'folders without a lock',
    '{ "filesharingAllowedDirectories": [{ "path": "$HOME", "sharedByDefault": true }] }',
  ],
  [
    'another alphabet, quotes, backslashes, line ends and white space',
    JSON.stringify({
      linuxVM: {
        dockerDaemonOptions: { locked: true, value: '{\r\n\t"a": "C:\\\\temp\\\\ö 漢字 🚢 <&>\'"\n}' },
      },
      proxy: {
        locked: true,
        mode: 'manual',
        http: 'http://user:p%20w"@proxy.example:3128',
        exclude: ['  *.a ', 'b;c'],
      },
    }),
  ],
  [
    'what looks like a registry listing',
    JSON.stringify({
      proxy: { locked: true, mode: 'manual', exclude: ['a    REG_SZ    b', '(c)    REG_DWORD    0x1'] },
    }),
  ],
  [
    'unknown keys, of any shape',
    '{ "futureThing": { "a": [1, null, { "b": null, "c": 1.5 }], "d": -3 }, "analyticsEnabled": { "value": true } }',
  ],
];

/** What a layer leads to on every system: value, lock and source of each setting. */
function meaning(layer: Layer): unknown {
  return PLATFORMS.map((platform) =>
    [...resolve({ catalog: desktopCatalog, platform, layers: [layer] }).settings].map(
      ([id, { value, locked, source }]) => [id, value, locked, source],
    ),
  );
}
const asProfile = (document: unknown) => readDocument(document, 'configuration-profile', desktopCatalog);
const text = (content: Uint8Array) => new TextDecoder('utf-8', { fatal: true }).decode(content);

describe.each(DOCUMENTS)('%s', (_what, source) => {
  const { document } = acceptDocument({ text: source });
  const expected = meaning(asProfile(source));

  it('comes back from admin-settings.json', () => {
    const { name, content } = exportPolicy(policyOf(document), 'admin-settings');
    expect(name).toBe('admin-settings.json');
    expect(JSON.parse(text(content))).toEqual({ configurationFileVersion: 2, ...document });
    expect(meaning(asProfile(content))).toEqual(expected);
  });

  it('comes back from the configuration profile, by a parser of property lists and by the agent', async () => {
    const { name, content } = exportPolicy(policyOf(document), 'mobileconfig');
    expect(name).toBe('engineering-7.mobileconfig');
    new DOMParser({ onError: (level, message) => expect.fail(`${level}: ${message}`) }).parseFromString(
      text(content),
      'text/xml',
    );
    const payloads = z.object({ PayloadContent: z.array(z.record(z.string(), z.unknown())).length(1) });
    const parsed = payloads.parse(parsePropertyList(text(content))).PayloadContent[0] ?? {};
    const read = await readPropertyList(content);
    const byAgent = payloads.parse(read.ok ? read.value : null).PayloadContent[0] ?? {};
    expect(byAgent.PayloadType).toBe('dev.mooring.desktop');
    for (const payload of [parsed, byAgent]) {
      const { layer } = readProfile({ settings: payload.settings }, desktopCatalog);
      expect(layer.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(meaning(layer)).toEqual(expected);
    }
  });

  it('comes back from the registry file, by a parser of such files and by the agent', () => {
    const { name, content } = exportPolicy(policyOf(document), 'reg');
    expect(name).toBe('engineering-7.reg');
    const whole = new TextDecoder('utf-16le', { fatal: true, ignoreBOM: true }).decode(content);
    expect(whole.startsWith('\ufeffWindows Registry Editor Version 5.00\r\n\r\n[')).toBe(true);
    // Every line ends as regedit wants, and nothing but ASCII goes through the console's code page.
    expect(whole.slice(1)).toMatch(/^([\x20-\x7e]*\r\n)*$/);
    const sections = z.record(z.string(), z.unknown()).parse(parseIni(whole.slice(whole.indexOf('['))));
    const key = KEY.replace('HKLM', 'HKEY_LOCAL_MACHINE');
    const { settings } = z.object({ settings: z.string() }).parse(sections[key]);
    expect(JSON.parse(settings)).toEqual({ configurationFileVersion: 2, ...document });
    // `reg export` writes the same form, so the agent's own reader takes the file as well.
    const tree = readRegistryExport(content, KEY);
    const { profile, problems } = profileOfRegistry(tree ?? new Map(), desktopCatalog);
    expect(problems).toEqual([]);
    expect(meaning(readProfile(profile, desktopCatalog).layer)).toEqual(expected);
  });
});

it('is the same file for the same revision, and replaces the profile of another one', () => {
  const profile = (revision: number) =>
    z
      .object({ PayloadIdentifier: z.string(), PayloadUUID: z.string(), PayloadDisplayName: z.string() })
      .parse(parsePropertyList(text(exportPolicy({ ...policyOf({}), revision }, 'mobileconfig').content)));
  expect(profile(1)).toEqual(profile(1));
  expect(profile(2).PayloadIdentifier).toBe(profile(1).PayloadIdentifier);
  expect(profile(2).PayloadUUID).not.toBe(profile(1).PayloadUUID);
  expect(profile(1).PayloadUUID).toMatch(
    /^[0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$/,
  );
});

it('takes a name apart that no file may have', () => {
  const name = (of: string) => exportPolicy(policyOf({}, of), 'reg').name;
  expect(name('../../Étage 4 "x"\r\n')).toBe('etage-4-x-7.reg');
  expect(name('漢字')).toBe('policy-7.reg');
});

it('refuses a profile for what a property list cannot carry; the other files can', () => {
  const { document } = acceptDocument({
    text: '{ "proxy": { "locked": true, "embeddedPac": "// \\u0001" } }',
  });
  expect(() => exportPolicy(policyOf(document), 'mobileconfig')).toThrow(/control character/);
  expect(readJson(exportPolicy(policyOf(document), 'admin-settings').content).ok).toBe(true);
});
