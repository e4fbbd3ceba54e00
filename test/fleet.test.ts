import { DOMParser, type Document, type Element } from '@xmldom/xmldom';
import { parse } from 'plist';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { adml, admx } from '../scripts/fleet/group-policy.ts';
import { profileManifest, sampleProfile } from '../scripts/fleet/mac-profile.ts';
import { readRegistryExport } from '../src/agent/sources/registry-export.ts';
import { profileOfRegistry } from '../src/agent/sources/registry-profile.ts';
import { exportedFile, exportedValue } from '../src/agent/sources/test-registry.ts';
import { jsonSchema } from '../src/shared/policy/json-schema.ts';
import { readProfile } from '../src/shared/policy/read-profile.ts';
import type { Catalog } from '../src/shared/settings/define-catalog.ts';
import { desktopCatalog } from '../src/shared/settings/desktop-catalog.ts';

const wellFormed = (text: string) =>
  new DOMParser({
    onError: (level, message) => {
      throw new Error(`${level}: ${message}`);
    },
  }).parseFromString(text, 'text/xml');

const catalog: Catalog = desktopCatalog;
const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1] ?? '');

describe('the administrative template', () => {
  const template = admx(desktopCatalog);
  const texts = adml(desktopCatalog);

  it('is well-formed, and so are its texts', () => {
    wellFormed(template);
    wellFormed(texts);
  });

  it('names only texts and presentations that are there, and each of them once', () => {
    const strings = matches(texts, /<string id="([^"]+)"/g);
    const presentations = matches(texts, /<presentation id="([^"]+)"/g);
    expect(new Set(strings).size).toBe(strings.length);
    expect(new Set(presentations).size).toBe(presentations.length);
    for (const name of matches(template, /\$\(string\.([^)]+)\)/g)) expect(strings).toContain(name);
    for (const name of matches(template, /\$\(presentation\.([^)]+)\)/g))
      expect(presentations).toContain(name);
  });

  it('has one policy for each setting of Windows, at the key that the agent reads', () => {
    const windows = catalog.settings.filter((setting) => setting.platforms.includes('windows'));
    expect(windows.length).toBeGreaterThan(70);
    for (const { id } of windows) {
      expect(template).toContain(`key="SOFTWARE\\Policies\\Mooring\\Mooring Desktop\\Settings\\${id}"`);
    }
    for (const { id } of catalog.settings.filter((setting) => !setting.platforms.includes('windows'))) {
      expect(template).not.toContain(`\\Settings\\${id}"`);
    }
  });

  it('shows a control for every element of every policy', () => {
    for (const block of template.split('<policy name="').slice(1)) {
      const name = block.slice(0, block.indexOf('"'));
      const presentation =
        new RegExp(`<presentation id="${name}">(.*?)</presentation>`).exec(texts)?.[1] ?? '';
      expect(matches(block, /<(?:boolean|decimal|enum|text|multiText) id="([^"]+)"/g).sort()).toEqual(
        matches(presentation, /refId="([^"]+)"/g).sort(),
      );
    }
  });
});

/** What the format of administrative templates asks of each element, and the control that shows it. */
const ELEMENTS: Readonly<
  Record<string, { readonly control: string; readonly attributes: readonly string[] }>
> = {
  boolean: { control: 'checkBox', attributes: ['id', 'valueName'] },
  decimal: { control: 'decimalTextBox', attributes: ['id', 'valueName', 'required', 'minValue', 'maxValue'] },
  enum: { control: 'dropdownList', attributes: ['id', 'valueName', 'required'] },
  text: { control: 'textBox', attributes: ['id', 'valueName', 'required', 'maxLength'] },
  multiText: { control: 'multiTextBox', attributes: ['id', 'valueName', 'required', 'maxLength'] },
};

const children = (element: Element) =>
  Array.from(element.childNodes).filter((node): node is Element => node.nodeType === 1);
const attribute = (element: Element, name: string) => element.getAttribute(name) ?? '';

describe('the administrative template has the form that Group Policy reads', () => {
  const template = wellFormed(admx(desktopCatalog));
  const texts = wellFormed(adml(desktopCatalog));
  const all = (document: Document, name: string) => Array.from(document.getElementsByTagName(name));
  const policies = all(template, 'policy');
  const presentations = new Map(all(texts, 'presentation').map((each) => [attribute(each, 'id'), each]));

  it('its parts stand in the order of the schema', () => {
    const names = (element: Element | null) =>
      element === null ? [] : children(element).map(({ tagName }) => tagName);
    expect(names(template.documentElement)).toEqual([
      ...['policyNamespaces', 'resources', 'supportedOn', 'categories', 'policies'],
    ]);
    expect(names(texts.documentElement)).toEqual(['displayName', 'description', 'resources']);
    for (const policy of policies)
      expect(names(policy)).toEqual(['parentCategory', 'supportedOn', 'elements']);
  });

  it('categories and what is supported are declared, and names are names', () => {
    const categories = all(template, 'category').map((each) => attribute(each, 'name'));
    for (const parent of all(template, 'parentCategory'))
      expect(categories).toContain(attribute(parent, 'ref'));
    const supported = all(template, 'definition').map((each) => attribute(each, 'name'));
    for (const policy of policies)
      expect(supported).toContain(attribute(children(policy)[1] ?? policy, 'ref'));
    const names = policies.map((each) => attribute(each, 'name'));
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
    for (const name of [...names, ...categories]) expect(name).toMatch(/^[A-Za-z]\w*$/);
    for (const policy of policies) {
      expect(attribute(policy, 'class')).toBe('Machine');
      // Without hive, and nothing before or behind.
      expect(attribute(policy, 'key')).toMatch(
        /^SOFTWARE\\Policies\\Mooring\\Mooring Desktop(?:\\Settings\\\w+)?$/,
      );
    }
  });

  it('every value has the attributes of its kind, a range that can be met, and the control of its kind', () => {
    for (const policy of policies) {
      const controls = new Map(
        children(presentations.get(attribute(policy, 'name')) ?? policy).map((each) => [
          attribute(each, 'refId'),
          each,
        ]),
      );
      for (const element of children(children(policy)[2] ?? policy)) {
        const form = ELEMENTS[element.tagName];
        for (const { name } of Array.from(element.attributes)) expect(form?.attributes).toContain(name);
        const control = controls.get(attribute(element, 'id'));
        expect(control?.tagName).toBe(form?.control);
        if (element.tagName === 'decimal') {
          const [least, most] = ['minValue', 'maxValue'].map((name) => Number(attribute(element, name)));
          expect(least).toBeLessThan(most ?? 0);
          const shown = control?.getAttribute('defaultValue') ?? least;
          expect(Number(shown)).toBeGreaterThanOrEqual(least ?? 0);
          expect(Number(shown)).toBeLessThanOrEqual(most ?? 0);
        }
        if (element.tagName === 'enum') {
          const values = children(element).map((item) => item.textContent);
          expect(values.length).toBeGreaterThan(1);
          expect(new Set(values).size).toBe(values.length);
        }
      }
    }
  });

  it('what it writes is what the agent reads: each setting with its value and its lock', () => {
    const key = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop';
    const keys: Record<string, string[]> = {};
    for (const policy of policies.filter((each) => attribute(each, 'name').startsWith('Setting_'))) {
      const setting = catalog.byId.get(attribute(policy, 'name').slice('Setting_'.length));
      const [value] = children(children(policy)[2] ?? policy);
      if (setting === undefined || value === undefined)
        throw new Error(`${attribute(policy, 'name')} sets nothing`);
      const written: Readonly<Record<string, readonly [string, string]>> = {
        boolean: ['REG_DWORD', '1'],
        decimal: ['REG_DWORD', attribute(value, 'maxValue')],
        enum: ['REG_SZ', children(value)[0]?.textContent ?? ''],
        text: ['REG_SZ', setting.type === 'objectList' ? '[]' : `${setting.default ?? ''}`],
        multiText: ['REG_MULTI_SZ', ''],
      };
      const [type, data] = written[value.tagName] ?? ['', ''];
      keys[`${key}\\Settings\\${setting.id}`] = [
        exportedValue(attribute(value, 'valueName'), type, data),
        exportedValue('Locked', 'REG_DWORD', '1'),
      ];
    }
    const tree = readRegistryExport(
      exportedFile({ [key]: [], ...keys }),
      key.replace('HKEY_LOCAL_MACHINE', 'HKLM'),
    );
    const { profile, problems } = profileOfRegistry(tree ?? new Map(), desktopCatalog);
    expect(problems).toEqual([]);
    const { layer } = readProfile(profile, desktopCatalog);
    expect(layer?.problems).toEqual([]);
    const windows = catalog.settings.filter((setting) => setting.platforms.includes('windows'));
    expect(layer?.mentions.size).toBe(windows.length);
    for (const { id, lockPath } of windows)
      if (lockPath !== null) expect(layer?.mentions.get(id)?.locked, id).toBe(true);
  });
});

it('no setting of the catalog is left out: the template, the manifest or the schema has it', () => {
  const everywhere = JSON.stringify(jsonSchema(desktopCatalog));
  expect(catalog.settings).toHaveLength(106);
  for (const { label } of catalog.settings) expect(everywhere).toContain(JSON.stringify(label));
});

describe('profiles of macOS', () => {
  const manifestSchema: z.ZodType<ManifestKey> = z.lazy(() =>
    z.strictObject({
      pfm_name: z.string().min(1).optional(),
      pfm_title: z.string().optional(),
      pfm_description: z.string().optional(),
      pfm_type: z.enum(['string', 'boolean', 'integer', 'array', 'dictionary']),
      pfm_default: z.unknown().optional(),
      pfm_require: z.literal('always').optional(),
      pfm_format: z.string().optional(),
      pfm_range_list: z
        .array(z.union([z.string(), z.int()]))
        .min(1)
        .optional(),
      pfm_range_min: z.int().optional(),
      pfm_range_max: z.int().optional(),
      pfm_subkeys: z.array(manifestSchema).min(1).optional(),
    }),
  );

  it('the manifest has what profile editors ask of one, at the root and of every key', () => {
    const { pfm_subkeys: keys, ...root } = z
      .looseObject({ pfm_subkeys: z.array(manifestSchema) })
      .parse(parse(profileManifest(desktopCatalog)));
    expect(root).toEqual({
      ...{
        pfm_title: 'Mooring Desktop',
        pfm_description: expect.any(String),
        pfm_domain: 'dev.mooring.desktop',
      },
      ...{ pfm_format_version: 1, pfm_version: expect.any(Number), pfm_last_modified: expect.any(Date) },
      ...{
        pfm_platforms: ['macOS'],
        pfm_targets: ['system', 'user'],
        pfm_unique: true,
        pfm_interaction: 'combined',
      },
    });
    const payload = keys.filter(({ pfm_name = '' }) => pfm_name.startsWith('Payload'));
    expect(payload.filter((key) => key.pfm_require === 'always').map((key) => key.pfm_name)).toEqual([
      ...['PayloadDisplayName', 'PayloadIdentifier', 'PayloadType', 'PayloadUUID', 'PayloadVersion'],
    ]);
    const hold = (key: ManifestKey): void => {
      const inner = key.pfm_subkeys ?? [];
      if (key.pfm_type === 'array') expect(inner, key.pfm_name).toHaveLength(1);
      else expect(inner.length > 0, key.pfm_name).toBe(key.pfm_type === 'dictionary');
      const names = inner.map((each) => each.pfm_name);
      if (key.pfm_type === 'dictionary') expect(names).not.toContain(undefined);
      expect(new Set(names).size).toBe(names.length);
      for (const each of inner) hold(each);
    };
    for (const key of keys) {
      expect([key.pfm_name, key.pfm_title, key.pfm_description]).not.toContain(undefined);
      hold(key);
    }
  });

  it('the sample has what macOS asks of a profile and of its payload', () => {
    const uuid = z.string().regex(/^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
    const common = { PayloadVersion: z.literal(1), PayloadUUID: uuid, PayloadDisplayName: z.string() };
    const sample = z
      .looseObject({
        ...common,
        PayloadType: z.literal('Configuration'),
        PayloadIdentifier: z.literal('com.example.mooring'),
        // Of the computer: what is in the person's own preferences is never read.
        PayloadScope: z.literal('System'),
        PayloadContent: z.tuple([
          z.looseObject({
            ...common,
            PayloadType: z.literal('dev.mooring.desktop'),
            PayloadIdentifier: z.string().startsWith('com.example.mooring.'),
          }),
        ]),
      })
      .parse(parse(sampleProfile()));
    expect(sample.PayloadUUID).not.toBe(sample.PayloadContent[0].PayloadUUID);
  });

  it('the manifest has every setting of macOS at its path', () => {
    const keySchema: z.ZodType<Key> = z.lazy(() =>
      z.looseObject({ pfm_name: z.string().optional(), pfm_subkeys: z.array(keySchema).optional() }),
    );
    const manifest = z
      .looseObject({ pfm_subkeys: z.array(keySchema) })
      .parse(parse(profileManifest(desktopCatalog)));
    const paths = new Set(manifest.pfm_subkeys.flatMap((key) => pathsOf(key, '')));
    const mac = catalog.settings.filter((setting) => setting.platforms.includes('mac'));
    expect(mac.length).toBeGreaterThan(90);
    for (const { valuePath, lockPath } of mac) {
      expect(paths).toContain(`settings.${valuePath}`);
      if (lockPath !== null) expect(paths).toContain(`settings.${lockPath}`);
    }
  });

  it('the sample is read by the agent without a problem', () => {
    const sample = z
      .looseObject({ PayloadContent: z.array(z.record(z.string(), z.unknown())) })
      .parse(parse(sampleProfile()));
    const { layer, allowedOrgs } = readProfile(sample.PayloadContent[0] ?? {}, desktopCatalog);
    // Device management adds keys of its own to every payload; they are no settings.
    expect(layer?.problems.filter(({ path }) => !path.startsWith('Payload'))).toEqual([]);
    expect(layer?.state).toBe('ok');
    expect(allowedOrgs).toEqual(['acme']);
  });
});

interface ManifestKey {
  pfm_name?: string | undefined;
  pfm_title?: string | undefined;
  pfm_description?: string | undefined;
  pfm_type: string;
  pfm_require?: 'always' | undefined;
  pfm_subkeys?: ManifestKey[] | undefined;
}

interface Key {
  pfm_name?: string | undefined;
  pfm_subkeys?: Key[] | undefined;
}

function pathsOf(key: Key, above: string): string[] {
  if (key.pfm_name === undefined) return [];
  const path = above === '' ? key.pfm_name : `${above}.${key.pfm_name}`;
  return [path, ...(key.pfm_subkeys ?? []).flatMap((child) => pathsOf(child, path))];
}
