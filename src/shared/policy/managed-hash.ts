import type { Catalog } from '../settings/define-catalog.ts';
import type { Platform, SettingValue } from '../settings/setting.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Layer, LayerSource, Resolution } from './model.ts';

/** A setting that a document locks, and the value it locks it to; `null` when that is unset. */
export type ManagedPair = readonly [id: string, value: SettingValue | null];

/**
 * What a document locks on a platform, sorted by id: the hub's side of the managed hash (docs/delivery.md,
 * section 5).
 * @param without ids that a configuration profile overrides on the device
 */
export function managedPairs(
  layer: Layer,
  catalog: Catalog,
  platform: Platform,
  without: ReadonlySet<string> = new Set(),
): readonly ManagedPair[] {
  const pairs: ManagedPair[] = [];
  for (const { id, default: fallback } of catalog.onPlatform[platform]) {
    const mention = layer.mentions.get(id);
    if (mention?.locked !== true || without.has(id)) continue;
    pairs.push([id, mention.state === 'valid' ? mention.value : fallback]);
  }
  return sorted(pairs);
}

/** The device's side: what is in force for the ids that `layer` locks, and which of them the profile overrides. */
export function managedInForce(
  resolution: Resolution,
  layer: Layer,
): { readonly pairs: readonly ManagedPair[]; readonly overridden: readonly string[] } {
  const pairs: ManagedPair[] = [];
  const overridden: string[] = [];
  for (const { id, value, contributions } of resolution.settings.values()) {
    if (layer.mentions.get(id)?.locked !== true) continue;
    const stronger = contributions.some(({ source, outcome }) => source === PROFILE && outcome !== 'ignored');
    if (stronger && layer.source !== PROFILE) overridden.push(id);
    else pairs.push([id, value]);
  }
  return { pairs: sorted(pairs), overridden: overridden.sort() };
}

const PROFILE: LayerSource = 'configuration-profile';

/** The managed hash: a digest over the canonical JSON of the pairs. SHA-256 is passed in: shared code has no Node. */
export function managedHash<Digest>(pairs: readonly ManagedPair[], digest: (text: string) => Digest): Digest {
  return digest(canonicalJson(pairs));
}

function sorted(pairs: ManagedPair[]): readonly ManagedPair[] {
  return pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
