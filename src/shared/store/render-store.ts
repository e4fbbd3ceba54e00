import type { Resolution } from '../policy/model.ts';
import type { Catalog } from '../settings/define-catalog.ts';
import type { SettingValue } from '../settings/setting.ts';
import { toStore } from './store-value.ts';

/** Keys that the catalog does not know, as they were found: other programs' own. */
export type UnknownKeys = ReadonlyMap<string, unknown>;

/**
 * Content of `settings-store.json` by key, sorted (docs/policy.md, section 5): every setting of the platform that has
 * a value, and what other programs keep there. A foreign key that equals one of the catalog's but for case is that
 * key, for readers match names without case, and is left out.
 */
export function storeEntries(
  resolution: Resolution,
  catalog: Catalog,
  unknownKeys: UnknownKeys = new Map(),
): ReadonlyMap<string, unknown> {
  const entries: [string, unknown][] = [];
  for (const { id, value } of resolution.settings.values()) {
    const setting = catalog.byId.get(id);
    if (setting !== undefined && value !== null) entries.push([setting.storeKey, toStore(setting, value)]);
  }
  for (const [key, value] of unknownKeys) {
    if (!catalog.byStoreKey.has(key.toLowerCase())) entries.push([key, value]);
  }
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** `settings-store.json` as text: two-space indent, keys sorted, final newline, no byte-order mark. */
export function renderStore(
  resolution: Resolution,
  catalog: Catalog,
  unknownKeys: UnknownKeys = new Map(),
): string {
  // Written key by key: an object would move keys that look like numbers to the front.
  const lines = [...storeEntries(resolution, catalog, unknownKeys)].map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value, null, 2).replaceAll('\n', '\n  ')}`,
  );
  return lines.length === 0 ? '{}\n' : `{\n${lines.join(',\n')}\n}\n`;
}

/** The known part of the content as an object, as `mooring policy resolve` prints it. */
export function storeObject(
  resolution: Resolution,
  catalog: Catalog,
): Readonly<Record<string, SettingValue>> {
  const object: Record<string, SettingValue> = Object.create(null);
  for (const { id, value } of resolution.settings.values()) {
    const setting = catalog.byId.get(id);
    if (setting !== undefined && value !== null) object[setting.storeKey] = toStore(setting, value);
  }
  const sorted: Record<string, SettingValue> = Object.create(null);
  for (const key of Object.keys(object).sort()) {
    const value = object[key];
    if (value !== undefined) sorted[key] = value;
  }
  return sorted;
}
