import { readJson } from '../../shared/policy/json-text.ts';
import type { Problem } from '../../shared/policy/model.ts';
import { finishProblems } from '../../shared/policy/problem-draft.ts';
import type { Catalog } from '../../shared/settings/define-catalog.ts';
import type { Setting } from '../../shared/settings/setting.ts';
import type { RegistryTree, RegistryValue } from './registry-export.ts';

/** A JSON object under construction. Made without a prototype: keys come from outside. */
type Draft = { [name: string]: unknown };

/** The registry key as the profile object that every platform shares (docs/policy.md section 6). */
export interface RegistryProfile {
  readonly profile: Readonly<Record<string, unknown>>;
  /** What is wrong with how the registry holds it; what is wrong with the values is for the profile's reader. */
  readonly problems: readonly Problem[];
}

/** Keys of a profile. Names in the registry are told apart without case, so they are matched to these. */
const PROFILE_KEYS = [
  'allowedOrgs',
  'hubUrl',
  'hubKeys',
  'layout',
  'overrideProxyHTTP',
  'overrideProxyHTTPS',
  'overrideProxyExclude',
  'overrideProxyPAC',
  'overrideProxyEmbeddedPAC',
  'settings',
];

/**
 * Turns values and `Settings\<id>` pairs into one profile. A pair beats what `settings` says of its setting; the
 * lock of a group is that of its pairs together, locked where one of them is.
 */
export function profileOfRegistry(tree: RegistryTree, catalog: Catalog): RegistryProfile {
  const problems: Problem[] = [];
  const profile = emptyDraft();
  for (const [name, value] of tree.get('') ?? []) {
    const key = canonical(name, PROFILE_KEYS);
    // A value without a name is the key's own default and never a policy's.
    if (key !== null) profile[key] = plainValue(value);
    else if (!name.startsWith('(') && name !== '') profile[name] = plainValue(value);
  }
  const pairs = pairsOf(tree, catalog);
  const document = settingsDocument(profile.settings, problems);
  // A text that cannot be read makes the whole source broken; pairs must not hide that.
  if (document === null || pairs.length === 0) return { profile, problems };
  for (const pair of pairs) writeValue(document, pair);
  writeLocks(document, pairs);
  profile.settings = document;
  return { profile, problems };
}

/** `settings` (REG_SZ JSON) as an object to write pairs into; `null` where it is there and is none. */
function settingsDocument(settings: unknown, problems: Problem[]): Draft | null {
  if (settings === undefined) return emptyDraft();
  if (typeof settings !== 'string') return null;
  const json = readJson(settings);
  if (!json.ok || !isObject(json.value)) return null;
  problems.push(...finishProblems(json.drafts, 'configuration-profile', json.text, ['settings']));
  return Object.assign(emptyDraft(), structuredClone(json.value));
}

interface Pair {
  /** The setting, or the name of one that the catalog does not know. */
  readonly setting: Setting | string;
  /** `undefined`: the key holds no `Value`. */
  readonly value: unknown;
  readonly locked: unknown;
}

function pairsOf(tree: RegistryTree, catalog: Catalog): Pair[] {
  const ids = [...catalog.byId.keys()];
  return [...tree].flatMap(([key, values]) => {
    const name = /^settings\\([^\\]+)$/i.exec(key)?.[1];
    if (name === undefined) return [];
    const setting = catalog.byId.get(canonical(name, ids) ?? '') ?? name;
    const value = valueNamed(values, 'Value');
    const locked = valueNamed(values, 'Locked');
    return [
      {
        setting,
        value: value === undefined ? undefined : pairValue(value, setting),
        locked: locked === undefined ? true : lockValue(locked),
      },
    ];
  });
}

/** Only what the documented type says: anything else stays as it is, so that the reader calls it a wrong type. */
function pairValue(value: RegistryValue, setting: Setting | string): unknown {
  const plain = plainValue(value);
  if (typeof setting === 'string') return plain;
  if (setting.type === 'boolean' && (plain === 0 || plain === 1)) return plain === 1;
  if (setting.type === 'objectList' && typeof plain === 'string') {
    const json = readJson(plain);
    return json.ok ? json.value : plain;
  }
  return plain;
}

function lockValue(value: RegistryValue): unknown {
  return value.type === 'number' ? value.value !== 0 : plainValue(value);
}

function writeValue(document: Draft, { setting, value }: Pair): void {
  if (typeof setting === 'string') {
    // Unknown settings are left for the reader to name, with the nearest known one.
    document[setting] = emptyDraft();
    return;
  }
  const path = setting.valuePath.split('.');
  const last = path.pop() ?? '';
  const parent = descend(document, path);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
}

function writeLocks(document: Draft, pairs: readonly Pair[]): void {
  const byPath = new Map<string, unknown[]>();
  for (const { setting, locked } of pairs) {
    if (typeof setting === 'string' || setting.lockPath === null) continue;
    byPath.set(setting.lockPath, [...(byPath.get(setting.lockPath) ?? []), locked]);
  }
  for (const [lockPath, locks] of byPath) {
    const path = lockPath.split('.');
    const last = path.pop() ?? '';
    // The first that is not plainly "unlocked": a lock, or a value that the reader counts as one and reports.
    descend(document, path)[last] = locks.find((lock) => lock !== false) ?? false;
  }
}

/** The object at a path, made where it is missing; what stands in its place and is no object gives way. */
function descend(document: Draft, path: readonly string[]): Draft {
  let place = document;
  for (const name of path) {
    const next = Object.hasOwn(place, name) ? place[name] : undefined;
    const draft: Draft = isObject(next) ? next : emptyDraft();
    place[name] = draft;
    place = draft;
  }
  return place;
}

function plainValue(value: RegistryValue): unknown {
  switch (value.type) {
    case 'text':
    case 'number':
      return value.value;
    case 'list':
      return [...value.value];
    case 'other':
      // No policy holds this type; `null` is refused by every reader with the name of what it expects.
      return null;
  }
}

function valueNamed(values: ReadonlyMap<string, RegistryValue>, name: string): RegistryValue | undefined {
  return [...values].find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1];
}

function canonical(name: string, known: readonly string[]): string | null {
  return known.find((each) => each.toLowerCase() === name.toLowerCase()) ?? null;
}

function isObject(value: unknown): value is Draft {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function emptyDraft(): Draft {
  return Object.create(null);
}
