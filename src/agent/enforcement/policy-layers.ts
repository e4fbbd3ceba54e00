import type { FreezeCode, LastGood, Layer, LayerSource, Mention } from '../../shared/policy/model.ts';
import { rankOf } from '../../shared/policy/precedence.ts';
import { checkValue } from '../../shared/settings/check-value.ts';
import type { Catalog } from '../../shared/settings/define-catalog.ts';
import type { SettingValue } from '../../shared/settings/setting.ts';
import { checkedValues } from './checked-values.ts';
import type { EnforcementInputs, LayerInput } from './model.ts';
import type { GoodContent, LastGoodContent, PolicyState } from './policy-state.ts';

/** The layers in force, after last good content has stepped in for what cannot be read. */
export interface LayersInForce {
  readonly layers: readonly Layer[];
  readonly lastGood: LastGood;
  readonly usingLastGood: ReadonlySet<LayerSource>;
  /** The strongest source in trouble for which nothing can stand in; `null`: nothing is frozen. */
  readonly freeze: { readonly code: FreezeCode; readonly source: LayerSource } | null;
  /** To be remembered. */
  readonly remembered: LastGoodContent;
}

/** Where the organization's grace period freezes when no layer of the hub is there: all that the hub could decide. */
const STRONGEST_OF_HUB: LayerSource = 'user-policy';

/**
 * Puts last good content in the place of broken sources (docs/policy.md section 3), and remembers what is good now.
 * A source that is gone is forgotten, so that a file that comes back broken does not revive a policy that was
 * withdrawn: then settings freeze where they are.
 */
export function layersInForce(
  inputs: EnforcementInputs,
  before: LastGoodContent,
  catalog: Catalog,
): LayersInForce {
  const layers: Layer[] = [];
  const lastGood = new Map<LayerSource, ReadonlyMap<string, SettingValue>>();
  const usingLastGood = new Set<LayerSource>();
  const remembered: PolicyState['lastGood'] = {};
  const troubles: { readonly code: FreezeCode; readonly source: LayerSource }[] = [];
  for (const input of inputs.layers) {
    const { source } = input.layer;
    const known = before[source];
    const good = known?.scope === input.scope ? known : undefined;
    const mentions = input.layer.state === 'ok' ? input.layer.mentions : rememberedMentions(good, catalog);
    if (good !== undefined) lastGood.set(source, checkedValues(good.values, catalog));
    if (mentions === null) {
      layers.push(input.layer);
      troubles.push({ code: 'policy_source_broken', source });
      continue;
    }
    if (input.layer.state === 'broken') usingLastGood.add(source);
    layers.push({ ...input.layer, state: 'ok', mentions });
    // An override ends; what is remembered of the source must not outlive it.
    remembered[source] = remember(input, input.overridden?.beneath.mentions ?? mentions, good);
  }
  if (inputs.stale) troubles.push({ code: 'policy_stale', source: staleSource(inputs.layers) });
  const freeze = troubles.toSorted((a, b) => rankOf(a.source) - rankOf(b.source))[0] ?? null;
  return { layers, lastGood, usingLastGood, freeze, remembered };
}

function staleSource(layers: readonly LayerInput[]): LayerSource {
  const ofHub = layers.find(
    ({ layer: { source } }) => source === 'user-policy' || source === 'organization-policy',
  );
  return ofHub?.layer.source ?? STRONGEST_OF_HUB;
}

function remember(
  input: LayerInput,
  mentions: ReadonlyMap<string, Mention>,
  good: GoodContent | undefined,
): GoodContent {
  const values: GoodContent['values'] = { ...good?.values };
  for (const [id, mention] of mentions) if (mention.state === 'valid') values[id] = mention.value;
  return { scope: input.scope, mentions: Object.fromEntries(mentions), values };
}

function rememberedMentions(
  good: GoodContent | undefined,
  catalog: Catalog,
): ReadonlyMap<string, Mention> | null {
  if (good === undefined) return null;
  const mentions = new Map<string, Mention>();
  for (const [id, { value, state, locked }] of Object.entries(good.mentions)) {
    const setting = catalog.byId.get(id);
    if (setting === undefined) continue;
    const checked = state === 'valid' ? checkValue(setting, value) : null;
    // The catalog may be another version's: a value it no longer takes stays mentioned, and locked.
    if (checked?.ok === true) mentions.set(id, { value: checked.value, state: 'valid', locked });
    else if (locked || setting.group !== null)
      mentions.set(id, { value: null, state: state === 'absent' ? 'absent' : 'invalid', locked });
  }
  return mentions;
}
