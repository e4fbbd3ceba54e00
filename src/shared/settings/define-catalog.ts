import { type ContainerNode, documentGrammar, type GroupNode } from './document-grammar.ts';
import { PLATFORMS, type Platform, type Setting } from './setting.ts';
import type { ValueById } from './value-type.ts';

/**
 * All settings that the engine knows, with the indexes everything else reads. Every part of the engine takes the
 * catalog as a parameter, so that whoever embeds it can load another one; value types follow from it.
 */
export interface Catalog<S extends Setting = Setting> {
  /** In the order in which they are shown. */
  readonly settings: readonly S[];
  readonly categories: readonly string[];
  readonly byId: ReadonlyMap<string, S>;
  /** By store key in lower case: readers of the store match names without case. */
  readonly byStoreKey: ReadonlyMap<string, S>;
  readonly onPlatform: Readonly<Record<Platform, readonly S[]>>;
  /** Grammar of the policy document. */
  readonly document: ContainerNode;
  readonly groups: ReadonlyMap<string, GroupNode>;
}

/** The registrations of a catalog, as a union. */
export type SettingOf<C extends Catalog> = C['settings'][number];
/** The ids of a catalog's settings. */
export type SettingId<C extends Catalog> = SettingOf<C>['id'];
/** Type of the value of one setting of a catalog, without `null`. */
export type ValueOf<C extends Catalog, Id extends SettingId<C>> = ValueById<SettingOf<C>, Id>;

/** The registrations contradict each other: a fault of the catalog's author, found when it is loaded. */
export class CatalogError extends Error {
  readonly conflicts: readonly string[];
  constructor(conflicts: readonly string[]) {
    super(`The catalog cannot be used: ${conflicts.join('; ')}`);
    this.name = 'CatalogError';
    this.conflicts = conflicts;
  }
}

/**
 * Makes a catalog out of registrations.
 * @throws CatalogError naming every id, store key or path that two settings claim.
 */
export function defineCatalog<const S extends Setting>(settings: readonly S[]): Catalog<S> {
  const conflicts: string[] = [];
  const byId = new Map<string, S>();
  const byStoreKey = new Map<string, S>();
  for (const setting of settings) {
    if (byId.has(setting.id)) conflicts.push(`${setting.id}: this id is registered twice`);
    byId.set(setting.id, setting);
    const key = setting.storeKey.toLowerCase();
    const owner = byStoreKey.get(key);
    if (owner !== undefined)
      conflicts.push(`${setting.id}: store key ${setting.storeKey} belongs to ${owner.id}`);
    byStoreKey.set(key, setting);
  }
  const grammar = documentGrammar(settings);
  conflicts.push(...grammar.conflicts);
  if (conflicts.length > 0) throw new CatalogError(conflicts);
  const on = (platform: Platform) => settings.filter((setting) => setting.platforms.includes(platform));
  const [mac, windows, linux] = PLATFORMS.map(on);
  return Object.freeze({
    settings: Object.freeze([...settings]),
    categories: Object.freeze([...new Set(settings.map((setting) => setting.category))]),
    byId,
    byStoreKey,
    onPlatform: { mac: mac ?? [], windows: windows ?? [], linux: linux ?? [] },
    document: grammar.root,
    groups: grammar.groups,
  });
}
