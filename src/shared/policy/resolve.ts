import { checkValue } from '../settings/check-value.ts';
import type { Catalog } from '../settings/define-catalog.ts';
import type { Platform, Setting, SettingValue } from '../settings/setting.ts';
import {
  type Effect,
  ignoredContribution,
  layerContribution,
  userContribution,
  type Voice,
  voicesOf,
} from './contributions.ts';
import type {
  Contribution,
  Freeze,
  LastGood,
  Layer,
  LayerSource,
  Mention,
  Problem,
  Resolution,
  ResolvedSetting,
} from './model.ts';
import { rankOf } from './precedence.ts';
import { type Choices, NO_CHOICES } from './read-choices.ts';

/** Everything a resolution depends on. */
export interface ResolveInput<C extends Catalog = Catalog> {
  readonly catalog: C;
  readonly platform: Platform;
  /** At most one for each source, in any order. A broken one counts as absent. */
  readonly layers: readonly Layer[];
  readonly choices?: Choices;
  readonly lastGood?: LastGood;
  readonly freeze?: Freeze;
}

/**
 * Resolves every setting of a platform (docs/policy.md, sections 2 and 3). Pure: equal input gives an equal
 * resolution, whatever the order of layers or keys. Never throws.
 */
export function resolve<C extends Catalog>(input: ResolveInput<C>): Resolution<C> {
  const { catalog, platform, layers, choices = NO_CHOICES, lastGood, freeze } = input;
  const resolving: Resolving = { voices: voicesOf(layers), choices, lastGood };
  const settings = new Map<string, ResolvedSetting>();
  let frozen = layers.some(({ state }) => state === 'broken');
  for (const setting of catalog.onPlatform[platform]) {
    const { resolved, winner } = resolveSetting(resolving, setting);
    const held = freeze === undefined ? resolved : hold(setting, resolved, winner, freeze);
    frozen ||= held.frozen !== undefined;
    settings.set(setting.id, Object.freeze(held));
  }
  const value = (id: string) => settings.get(id)?.value ?? null;
  return Object.freeze({
    platform,
    settings: unchangeable(settings),
    problems: problemsInOrder(layers, choices),
    frozen,
    // What the catalog promises for an id is what its own check let through.
    value: value as Resolution<C>['value'],
  });
}

interface Resolving {
  readonly voices: readonly Voice[];
  readonly choices: Choices;
  readonly lastGood: LastGood | undefined;
}

const NO_CONTRIBUTIONS: readonly Contribution[] = Object.freeze([]);

function resolveSetting(
  resolving: Resolving,
  setting: Setting,
): { readonly resolved: ResolvedSetting; readonly winner: Voice | null } {
  const { voices, choices } = resolving;
  const { id } = setting;
  const choice = choices.values.get(id);
  let winner: Voice | null = null;
  let suggestion = setting.default;
  let locked = false;
  let list: Contribution[] | null = null;
  for (const voice of voices) {
    const mention = voice.layer.mentions.get(id);
    if (mention === undefined) {
      const why = voice.layer.ignored.size === 0 ? undefined : voice.layer.ignored.get(id);
      if (why !== undefined) list = append(list, ignoredContribution(voice.source, why));
      continue;
    }
    const effect = effectOf(resolving, setting, mention, voice.source);
    if (winner === null && !voice.displaced) {
      winner = voice;
      locked = mention.locked;
      suggestion = effect.value;
    }
    list = append(list, layerContribution(voice, mention, effect, winner, choice !== undefined));
  }
  const user = userContribution(setting, choice, choices.invalid, locked ? winner : null);
  if (user !== null) list = append(list, user);
  const chosen = choice !== undefined && !locked;
  const resolved: ResolvedSetting = {
    id,
    value: chosen ? choice : suggestion,
    locked,
    source: chosen ? 'user' : (winner?.source ?? 'default'),
    suggestion,
    contributions: list === null ? NO_CONTRIBUTIONS : Object.freeze(list),
  };
  return { resolved, winner };
}

function append(list: Contribution[] | null, contribution: Contribution): Contribution[] {
  if (list === null) return [contribution];
  list.push(contribution);
  return list;
}

/** What a layer's mention comes to: its value, the last good one while that is invalid and locked, or the built-in. */
function effectOf(
  { lastGood }: Resolving,
  setting: Setting,
  { state, value, locked }: Mention,
  source: LayerSource,
): Effect {
  if (state === 'valid') return { value, kept: false };
  const good = state === 'invalid' && locked ? lastGood?.get(source)?.get(setting.id) : undefined;
  // A catalog that has changed since may no longer accept what was good then.
  const kept = good !== undefined && checkValue(setting, good).ok;
  return { value: kept ? good : setting.default, kept };
}

/**
 * While a source cannot be read and was never good, or is stale, settings that a stronger layer decides follow it;
 * every other one stays where it is (docs/policy.md, section 3).
 */
function hold(
  setting: Setting,
  resolved: ResolvedSetting,
  winner: Voice | null,
  { code, source, present }: Freeze,
): ResolvedSetting {
  if (winner !== null && winner.rank < rankOf(source)) return resolved;
  const held: SettingValue | null | undefined = present.get(setting.id);
  const keeps = held === null || (held !== undefined && checkValue(setting, held).ok);
  return { ...resolved, value: keeps ? held : resolved.value, frozen: code };
}

function problemsInOrder(layers: readonly Layer[], choices: Choices): readonly Problem[] {
  const ordered = layers.toSorted((a, b) => rankOf(a.source) - rankOf(b.source));
  return Object.freeze([...ordered.flatMap(({ problems }) => problems), ...choices.problems]);
}

/** A map that refuses to be changed by accident; `Object.freeze` alone does not reach what a map holds. */
function unchangeable<K, V>(map: Map<K, V>): ReadonlyMap<K, V> {
  const refuse = () => {
    throw new TypeError('A resolution cannot be changed; resolve again.');
  };
  for (const name of ['set', 'delete', 'clear'] as const) Object.defineProperty(map, name, { value: refuse });
  return map;
}
