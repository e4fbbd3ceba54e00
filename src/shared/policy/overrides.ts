import { checkValue } from '../settings/check-value.ts';
import type { Catalog } from '../settings/define-catalog.ts';
import type { Layer, Mention } from './model.ts';

/** A granted override as far as the engine is concerned: which value stands in for the document's. */
export interface Override {
  readonly setting: string;
  readonly value: unknown;
}

/**
 * The hub's layer with the overrides that are in force now (docs/delivery.md, section 6): a setting that the layer
 * locks stays locked, at the override's value. One that the layer does not lock needs none and is left alone, and so
 * is one whose value the catalog does not accept. Agent and hub both use this, so that their hashes agree.
 */
export function withOverrides(layer: Layer, overrides: readonly Override[], catalog: Catalog): Layer {
  if (layer.state !== 'ok' || overrides.length === 0) return layer;
  const mentions = new Map<string, Mention>(layer.mentions);
  for (const { setting: id, value } of overrides) {
    const setting = catalog.byId.get(id);
    if (setting === undefined || mentions.get(id)?.locked !== true) continue;
    const checked = checkValue(setting, value);
    if (checked.ok) mentions.set(id, { value: checked.value, state: 'valid', locked: true });
  }
  return { ...layer, mentions };
}
