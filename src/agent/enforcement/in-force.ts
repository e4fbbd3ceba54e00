import type { ManagedBy } from '../../shared/contracts/local-api.ts';
import type { Problem, Resolution } from '../../shared/policy/model.ts';
import { resolve } from '../../shared/policy/resolve.ts';
import { sameValue } from '../../shared/settings/check-value.ts';
import type { Catalog } from '../../shared/settings/define-catalog.ts';
import type { Platform, SettingValue } from '../../shared/settings/setting.ts';
import { maskedJson } from '../local-api/json-of.ts';
import { checkedValues } from './checked-values.ts';
import { asChoices, type ChoiceBook } from './choice-book.ts';
import { managingSource } from './managed-since.ts';
import type { EnforcementInputs } from './model.ts';
import { type LayersInForce, layersInForce } from './policy-layers.ts';
import type { PolicyState } from './policy-state.ts';

/** Everything that decides the settings at one moment, and what came of it: an immutable snapshot, swapped whole. */
export interface InForce {
  readonly inputs: EnforcementInputs;
  readonly book: ChoiceBook;
  readonly layers: LayersInForce;
  readonly resolution: Resolution;
}

/** Resolves inputs and choices, with what the state remembers of broken sources. */
export function bringInForce(
  on: { readonly catalog: Catalog; readonly platform: Platform },
  inputs: EnforcementInputs,
  book: ChoiceBook,
  state: Pick<PolicyState, 'lastGood' | 'present'>,
): InForce {
  const layers = layersInForce(inputs, state.lastGood, on.catalog);
  const resolution = resolve({
    ...on,
    layers: layers.layers,
    choices: asChoices(book),
    lastGood: layers.lastGood,
    ...(layers.freeze === null
      ? {}
      : { freeze: { ...layers.freeze, present: presentValues(state, on.catalog) } }),
  });
  return { inputs, book, layers, resolution };
}

/** `null` is a value here: a setting that was unset is held unset. */
function presentValues(
  { present }: Pick<PolicyState, 'present'>,
  catalog: Catalog,
): ReadonlyMap<string, SettingValue | null> {
  const unset = Object.keys(present).filter((id) => present[id] === null);
  return new Map<string, SettingValue | null>([
    ...checkedValues(present, catalog),
    ...unset.map((id) => [id, null] as const),
  ]);
}

/** The same resolution with further problems, such as those of files of ours. */
export function withProblems(resolution: Resolution, more: readonly Problem[]): Resolution {
  return more.length === 0
    ? resolution
    : Object.freeze({ ...resolution, problems: Object.freeze([...resolution.problems, ...more]) });
}

/** Who manages a setting: locks it, or suggests its value; `null` where no layer does. */
export function managedBy(
  { inputs, resolution }: InForce,
  since: PolicyState['managed'],
  id: string,
): ManagedBy | null {
  const resolved = resolution.settings.get(id);
  const source = resolved === undefined ? null : managingSource(resolved);
  const input = inputs.layers.find(({ layer }) => layer.source === source);
  if (source === null || input === undefined) return null;
  const decided = Object.hasOwn(since, id) ? since[id] : undefined;
  const granted = input.overridden?.by.find((each) => each.setting === id);
  const returnsTo = input.overridden?.beneath.mentions.get(id)?.value;
  return {
    source,
    ...input.origin,
    ...(decided === undefined ? {} : { since: decided.since }),
    ...(granted === undefined
      ? {}
      : { override: { id: granted.id, until: granted.until, returnsTo: maskedJson(returnsTo ?? null) } }),
  };
}

/** The settings that surfaces have to show anew. */
export function changedSettings(before: Resolution | null, after: Resolution): readonly string[] {
  return [...after.settings.values()]
    .filter((now) => {
      const then = before?.settings.get(now.id);
      return (
        then === undefined ||
        then.locked !== now.locked ||
        then.source !== now.source ||
        then.frozen !== now.frozen ||
        !sameValue(then.value, now.value) ||
        !sameValue(then.suggestion, now.suggestion)
      );
    })
    .map(({ id }) => id);
}
