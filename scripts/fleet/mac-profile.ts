import { build, type PlistValue } from 'plist';
import type { Catalog } from '../../src/shared/settings/define-catalog.ts';
import type { Setting } from '../../src/shared/settings/setting.ts';

/*
 * What device management of macOS needs, made from the catalog: a manifest in the format of the community's profile
 * editors, and a sample profile to start from.
 */

const DOMAIN = 'dev.mooring.desktop';

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
  pfm_subkeys: [{ pfm_type: 'string' }],
});

/** `dev.mooring.desktop.plist`: every key a profile can carry, for profile editors. */
export function profileManifest(catalog: Catalog): string {
  return build({
    pfm_title: 'Mooring Desktop',
    pfm_description: 'Settings of Mooring Desktop',
    pfm_domain: DOMAIN,
    pfm_format_version: 1,
    pfm_version: 1,
    pfm_platforms: ['macOS'],
    pfm_targets: ['system', 'user'],
    pfm_unique: true,
    pfm_subkeys: [
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
    PayloadDisplayName: 'Mooring Desktop',
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
    pfm_type: manifestType(setting),
    ...(setting.type === 'enum' ? { pfm_range_list: [...(setting.choices ?? [])] } : {}),
    ...(setting.range === undefined ? {} : { pfm_range_min: setting.range.min }),
    ...(setting.range?.max === undefined ? {} : { pfm_range_max: setting.range.max }),
  };
}

function manifestType({ type }: Setting): string {
  if (type === 'boolean' || type === 'integer') return type;
  return type === 'stringList' || type === 'objectList' ? 'array' : 'string';
}
