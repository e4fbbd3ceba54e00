import { build, type PlistValue } from 'plist';
import type { Catalog } from '../../src/shared/settings/define-catalog.ts';
import type { ItemField, Setting } from '../../src/shared/settings/setting.ts';

/*
 * What device management of macOS needs, made from the catalog: a manifest in the format of the community's profile
 * editors, and a sample profile to start from.
 */

const DOMAIN = 'dev.mooring.desktop';
const TITLE = 'Mooring Desktop';
/** Raised, both, when the manifest changes: of two with one domain, profile editors use the newer. */
const MANIFEST = { pfm_version: 2, pfm_last_modified: new Date('2026-11-22T00:00:00Z') };

interface ManifestKey {
  readonly pfm_name: string;
  readonly pfm_title: string;
  readonly pfm_description: string;
  readonly pfm_type: string;
  readonly [more: string]: PlistValue;
}

const text = (name: string, title: string, description: string): ManifestKey => ({
  pfm_name: name,
  pfm_title: title,
  pfm_description: description,
  pfm_type: 'string',
});
const list = (name: string, title: string, description: string): ManifestKey => ({
  ...text(name, title, description),
  pfm_type: 'array',
  pfm_subkeys: TEXTS,
});
/** The entries of a list of texts. */
const TEXTS: PlistValue[] = [{ pfm_type: 'string' }];

/** Profile editors write what every payload must carry only where the manifest names it. */
const PAYLOAD_KEYS: readonly ManifestKey[] = [
  { ...text('PayloadDescription', 'Payload Description', 'What this payload is for.'), pfm_default: TITLE },
  required(text('PayloadDisplayName', 'Payload Display Name', 'Name of the payload.'), TITLE),
  required(text('PayloadIdentifier', 'Payload Identifier', 'Tells this payload from every other.'), DOMAIN),
  required(text('PayloadType', 'Payload Type', 'The preference domain.'), DOMAIN),
  {
    ...text('PayloadUUID', 'Payload UUID', 'A UUID of its own.'),
    pfm_format: '^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$',
    pfm_require: 'always',
  },
  {
    ...required(text('PayloadVersion', 'Payload Version', 'Version of the format of payloads.'), 1),
    pfm_type: 'integer',
    pfm_range_list: [1],
  },
  text('PayloadOrganization', 'Payload Organization', 'Whose payload this is.'),
];

function required(key: ManifestKey, value: string | number): ManifestKey {
  return { ...key, pfm_default: value, pfm_require: 'always' };
}

/** `dev.mooring.desktop.plist`: every key a profile can carry, for profile editors. */
export function profileManifest(catalog: Catalog): string {
  return build({
    pfm_title: TITLE,
    pfm_description: 'Settings of Mooring Desktop',
    pfm_domain: DOMAIN,
    pfm_format_version: 1,
    ...MANIFEST,
    pfm_interaction: 'combined',
    pfm_platforms: ['macOS'],
    pfm_targets: ['system', 'user'],
    pfm_unique: true,
    pfm_subkeys: [
      ...PAYLOAD_KEYS,
      list(
        'allowedOrgs',
        'Enforce sign-in',
        'Organizations whose members may use this desktop. Names are compared exactly.',
      ),
      text('hubUrl', 'Address of the hub', 'The hub that this desktop signs in to.'),
      list(
        'hubKeys',
        'Signing keys of the hub',
        'Keys that policy must be signed with, as "mooring-hub keys list" prints them.',
      ),
      {
        ...text('layout', 'Layout of files', 'Whose files are read and written.'),
        pfm_range_list: ['mooring', 'docker'],
      },
      text(
        'overrideProxyHTTP',
        'Proxy for HTTP',
        'Any of the proxy values makes the proxy manual and locks it.',
      ),
      text(
        'overrideProxyHTTPS',
        'Proxy for HTTPS',
        'Any of the proxy values makes the proxy manual and locks it.',
      ),
      text('overrideProxyExclude', 'Reach without the proxy', 'Hosts, separated by commas.'),
      text('overrideProxyPAC', 'Proxy script', 'Address or path of a PAC script.'),
      text('overrideProxyEmbeddedPAC', 'Proxy script, embedded', 'The text of a PAC script.'),
      {
        ...text('settings', 'Settings', 'A policy document, in the grammar of admin-settings.json.'),
        pfm_type: 'dictionary',
        pfm_subkeys: documentKeys(catalog.settings.filter((setting) => setting.platforms.includes('mac'))),
      },
    ],
  });
}

/** A profile that shows the form: one locked setting, sign-in enforced, a hub named. */
export function sampleProfile(): string {
  return build({
    PayloadType: 'Configuration',
    PayloadVersion: 1,
    PayloadIdentifier: 'com.example.mooring',
    PayloadUUID: 'F2E7C9A4-3B61-4E0C-9B7B-2B0E3F6C1D01',
    PayloadDisplayName: TITLE,
    PayloadDescription: 'Settings of Mooring Desktop, as the organization decided them.',
    PayloadOrganization: 'Example',
    PayloadRemovalDisallowed: true,
    PayloadScope: 'System',
    PayloadContent: [
      {
        PayloadType: DOMAIN,
        PayloadVersion: 1,
        PayloadIdentifier: `com.example.mooring.${DOMAIN}`,
        PayloadUUID: '0B1C5E7E-6F5B-4A51-8F0D-5A1B7C9E2F02',
        PayloadDisplayName: 'Settings of Mooring Desktop',
        allowedOrgs: ['acme'],
        hubUrl: 'https://hub.example.com',
        settings: { configurationFileVersion: 2, analyticsEnabled: { locked: true, value: false } },
      },
    ],
  });
}

interface Branch {
  readonly children: Map<string, Branch>;
  setting?: Setting;
  lock?: boolean;
}

/** The settings as the tree of the document: groups and containers become dictionaries. */
function documentKeys(settings: readonly Setting[]): ManifestKey[] {
  const root: Branch = { children: new Map() };
  for (const setting of settings) {
    place(root, setting.valuePath).setting = setting;
    if (setting.lockPath !== null) place(root, setting.lockPath).lock = true;
  }
  return [...root.children].map(([name, branch]) => keyOf(name, branch));
}

function place(root: Branch, path: string): Branch {
  let at = root;
  for (const name of path.split('.')) {
    const next: Branch = at.children.get(name) ?? { children: new Map() };
    at.children.set(name, next);
    at = next;
  }
  return at;
}

function keyOf(name: string, branch: Branch): ManifestKey {
  const { setting, lock, children } = branch;
  if (lock === true)
    return {
      ...text(name, 'Locked', 'The person cannot change it.'),
      pfm_type: 'boolean',
      pfm_default: true,
    };
  if (setting === undefined) {
    const only = children.get('value')?.setting;
    return {
      ...text(name, only?.label ?? name, only?.description ?? 'Settings that belong together.'),
      pfm_type: 'dictionary',
      pfm_subkeys: [...children].map(([child, inner]) => keyOf(child, inner)),
    };
  }
  return {
    ...text(name, setting.label, setting.description),
    ...manifestType(setting),
    ...(setting.type === 'enum' ? { pfm_range_list: [...(setting.choices ?? [])] } : {}),
    ...(setting.range === undefined ? {} : { pfm_range_min: setting.range.min }),
    ...(setting.range?.max === undefined ? {} : { pfm_range_max: setting.range.max }),
  };
}

function manifestType({ type, items = [] }: Setting): { pfm_type: string; pfm_subkeys?: PlistValue[] } {
  if (type === 'boolean' || type === 'integer') return { pfm_type: type };
  if (type === 'stringList') return { pfm_type: 'array', pfm_subkeys: TEXTS };
  if (type !== 'objectList') return { pfm_type: 'string' };
  const fields = items.map(itemKey);
  return { pfm_type: 'array', pfm_subkeys: [{ pfm_type: 'dictionary', pfm_subkeys: fields }] };
}

function itemKey({ name, type, description, choices, required: needed }: ItemField): ManifestKey {
  return {
    ...(type === 'stringList' ? list(name, name, description) : text(name, name, description)),
    ...(type === 'boolean' ? { pfm_type: 'boolean' } : {}),
    ...(choices === undefined ? {} : { pfm_range_list: [...choices] }),
    ...(needed ? { pfm_require: 'always' } : {}),
  };
}
