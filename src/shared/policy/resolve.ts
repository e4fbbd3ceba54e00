import { checkValue } from '../settings/check-value.ts';
import type { Catalog } from '../settings/define-catalog.ts';
import type { Platform, Setting, SettingValue } from '../settings/setting.ts';
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
  ValueSource,
} from './model.ts';
import { LAYER_RANKS, rankOf, titleOf } from './precedence.ts';
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
  const { catalog, platform, choices = NO_CHOICES, freeze } = input;
  const layers = consideredLayers(input.layers);
  const resolving: Resolving = { layers, choices, lastGood: input.lastGood, freeze };
  const settings = new Map<string, ResolvedSetting>();
  let anyFrozen = input.layers.some(({ state }) => state === 'broken');
  for (const setting of catalog.onPlatform[platform]) {
    const resolved = resolveSetting(resolving, setting);
    if (resolved.frozen !== undefined) anyFrozen = true;
    settings.set(setting.id, resolved);
  }
  const value = (id: string) => settings.get(id)?.value ?? null;
  return Object.freeze({
    platform,
    settings: unchangeable(settings),
    problems: problemsInOrder(input.layers, choices),
    frozen: anyFrozen,
    // What the catalog promises for an id is what its own check let through.
    value: value as Resolution<C>['value'],
  });
}

/** A layer with what selection said about it. */
interface ConsideredLayer {
  readonly layer: Layer;
  /** Set when another layer keeps it from counting at all. */
  readonly displacedBy: LayerSource | null;
}

interface Resolving {
  readonly layers: readonly ConsideredLayer[];
  readonly choices: Choices;
  readonly lastGood: LastGood | undefined;
  readonly freeze: Freeze | undefined;
}

function consideredLayers(layers: readonly Layer[]): readonly ConsideredLayer[] {
  const bySource = new Map(
    layers.filter(({ state }) => state === 'ok').map((layer) => [layer.source, layer]),
  );
  const considered: ConsideredLayer[] = [];
  for (const { source, onlyWithout } of LAYER_RANKS) {
    const layer = bySource.get(source);
    if (layer === undefined) continue;
    const displaced = onlyWithout !== undefined && bySource.has(onlyWithout);
    considered.push({ layer, displacedBy: displaced ? onlyWithout : null });
  }
  return considered;
}

const NO_CONTRIBUTIONS: readonly Contribution[] = Object.freeze([]);

/** The strongest layer that mentions a setting: it decides value and lock. */
interface Decision {
  readonly source: LayerSource;
  readonly mention: Mention;
}

function decide(layers: readonly ConsideredLayer[], id: string): Decision | null {
  for (const { layer, displacedBy } of layers) {
    const mention = displacedBy === null ? layer.mentions.get(id) : undefined;
    if (mention !== undefined) return { source: layer.source, mention };
  }
  return null;
}

function resolveSetting(resolving: Resolving, setting: Setting): ResolvedSetting {
  const { choices, freeze } = resolving;
  const decision = decide(resolving.layers, setting.id);
  const locked = decision?.mention.locked === true;
  const choice = choices.values.get(setting.id);
  const suggestion =
    decision === null ? setting.default : effective(resolving, setting, decision.mention, decision.source);
  const resolved: ResolvedSetting = {
    id: setting.id,
    value: choice !== undefined && !locked ? choice : suggestion,
    locked,
    source: choice !== undefined && !locked ? 'user' : (decision?.source ?? 'default'),
    suggestion,
    contributions: contributions(resolving, setting, decision),
  };
  return Object.freeze(freeze === undefined ? resolved : hold(setting, resolved, decision, freeze));
}

/** What a layer's mention comes to: its value, the last good one while that is invalid and locked, or the built-in. */
function effective(
  resolving: Resolving,
  setting: Setting,
  mention: Mention,
  source: LayerSource,
): SettingValue | null {
  if (mention.state === 'valid') return mention.value;
  if (mention.state === 'absent' || !mention.locked) return setting.default;
  return lastGoodValue(resolving, setting, source) ?? setting.default;
}

function lastGoodValue(resolving: Resolving, setting: Setting, source: LayerSource): SettingValue | null {
  const value = resolving.lastGood?.get(source)?.get(setting.id);
  // A catalog that has changed since may no longer accept what was good then.
  return value !== undefined && checkValue(setting, value).ok ? value : null;
}

function contributions(
  resolving: Resolving,
  setting: Setting,
  decision: Decision | null,
): readonly Contribution[] {
  const choice = resolving.choices.values.get(setting.id);
  const invalid = resolving.choices.invalid.get(setting.id);
  let list: Contribution[] | null = null;
  for (const { layer, displacedBy } of resolving.layers) {
    const mention = layer.mentions.get(setting.id);
    const why = mention === undefined && layer.ignored.size > 0 ? layer.ignored.get(setting.id) : undefined;
    if (mention === undefined && why === undefined) continue;
    list ??= [];
    if (mention === undefined) list.push(contribution(layer.source, null, false, 'ignored', why ?? ''));
    else
      list.push(
        ofLayer(resolving, setting, { source: layer.source, mention }, displacedBy, decision, choice),
      );
  }
  const user = ofUser(choice, invalid, decision);
  if (user !== null) list = [...(list ?? []), user];
  return list === null ? NO_CONTRIBUTIONS : Object.freeze(list);
}

function ofLayer(
  resolving: Resolving,
  setting: Setting,
  { source, mention }: Decision,
  displacedBy: LayerSource | null,
  decision: Decision | null,
  choice: SettingValue | undefined,
): Contribution {
  const { locked } = mention;
  const value = effective(resolving, setting, mention, source);
  if (displacedBy !== null) return contribution(source, value, locked, 'ignored', DISPLACED);
  if (source !== decision?.source) {
    return contribution(source, value, locked, 'overridden', STRONGER.get(decision?.source) ?? '');
  }
  if (!locked && choice !== undefined) return contribution(source, value, locked, 'overridden', CHOSEN);
  return contribution(source, value, locked, 'wins', whyItWins(resolving, setting, mention, source));
}

function ofUser(
  choice: SettingValue | undefined,
  invalid: string | undefined,
  decision: Decision | null,
): Contribution | null {
  if (choice === undefined) {
    if (invalid === undefined) return null;
    return contribution('user', null, false, 'ignored', `The chosen value is not valid. ${invalid}`);
  }
  if (decision?.mention.locked !== true) return contribution('user', choice, false, 'wins', USER_WINS);
  return contribution('user', choice, false, 'ignored', LOCKED_BY.get(decision.source) ?? '');
}

function contribution(
  source: ValueSource,
  value: SettingValue | null,
  locked: boolean,
  outcome: Contribution['outcome'],
  reason: string,
): Contribution {
  return Object.freeze({ source, value, locked, outcome, reason });
}

const DISPLACED =
  "The user has a policy of their own, so the organization's default policy is not considered.";
const CHOSEN = 'It is not locked, and the user chose a value of their own.';
const USER_WINS = 'No policy locks it, and the user chose this value.';
const sentence = (source: ValueSource, rest: string) => {
  const title = titleOf(source);
  return `${title.charAt(0).toUpperCase()}${title.slice(1)} ${rest}`;
};
const bySource = (rest: string): ReadonlyMap<ValueSource | undefined, string> =>
  new Map(LAYER_RANKS.map(({ source }) => [source, sentence(source, rest)]));
const STRONGER = bySource('is stronger and decides it.');
const LOCKED_BY = bySource('locks it.');
const ENFORCES = bySource('is the strongest that mentions it, and locks it.');
const SUGGESTS = bySource(
  'is the strongest that mentions it; it is not locked, and the user has not chosen.',
);
const INVALID_KEEPS = bySource('locks it with a value that cannot be used, so its last good value stays.');
const INVALID_DEFAULT = bySource('gives it a value that cannot be used, so the built-in default applies.');
const ABSENT = bySource('decides it without giving a value, so the built-in default applies.');

function whyItWins(resolving: Resolving, setting: Setting, mention: Mention, source: LayerSource): string {
  const { state, locked } = mention;
  if (state === 'absent') return ABSENT.get(source) ?? '';
  if (state === 'valid') return (locked ? ENFORCES : SUGGESTS).get(source) ?? '';
  const kept = locked && lastGoodValue(resolving, setting, source) !== null;
  return (kept ? INVALID_KEEPS : INVALID_DEFAULT).get(source) ?? '';
}

/**
 * While a source cannot be read and was never good, or is stale, settings that a stronger layer decides follow it;
 * every other one stays where it is (docs/policy.md, section 3).
 */
function hold(
  setting: Setting,
  resolved: ResolvedSetting,
  decision: Decision | null,
  freeze: Freeze,
): ResolvedSetting {
  if (decision !== null && rankOf(decision.source) < rankOf(freeze.source)) return resolved;
  const present = freeze.present.get(setting.id);
  const keeps = present === null || (present !== undefined && checkValue(setting, present).ok);
  return { ...resolved, value: keeps ? present : resolved.value, frozen: freeze.code };
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
