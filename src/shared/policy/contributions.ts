import type { Setting, SettingValue } from '../settings/setting.ts';
import type { Contribution, Layer, LayerSource, Mention, ValueSource } from './model.ts';
import { LAYER_RANKS, rankOf, titleOf } from './precedence.ts';

/** A layer that takes part in a resolution, with what does not depend on the setting worked out once. */
export interface Voice {
  readonly source: LayerSource;
  readonly rank: number;
  readonly layer: Layer;
  /** True when another layer keeps this one from counting at all: it is heard, and decides nothing. */
  readonly displaced: boolean;
  readonly verdicts: Verdicts;
}

/** What a layer's mention of a setting comes to. */
export interface Effect {
  readonly value: SettingValue | null;
  /** True when the last good value stands in for one that cannot be used. */
  readonly kept: boolean;
}

/** What may become of what a source says. */
interface Verdict {
  readonly source: ValueSource;
  readonly outcome: Contribution['outcome'];
  readonly reason: string;
  /** Most settings are switches, which say the same few things over and over: off and on, each open and locked. */
  readonly switches: readonly Contribution[];
}

/** Every verdict on one source; made once, for a resolution needs hundreds. */
interface Verdicts {
  readonly displaced: Verdict;
  readonly chosen: Verdict;
  readonly enforces: Verdict;
  readonly suggests: Verdict;
  readonly keeps: Verdict;
  readonly fallsBack: Verdict;
  readonly absent: Verdict;
  /** By the source that is stronger. */
  readonly overridden: ReadonlyMap<LayerSource, Verdict>;
  /** On the user's choice, where this source locks it. */
  readonly locksIt: Verdict;
}

function verdict(source: ValueSource, outcome: Contribution['outcome'], reason: string): Verdict {
  const say = (value: boolean, locked: boolean) => Object.freeze({ source, value, locked, outcome, reason });
  const switches = [say(false, false), say(false, true), say(true, false), say(true, true)];
  return { source, outcome, reason, switches };
}

const DISPLACED =
  "The user has a policy of their own, so the organization's default policy is not considered.";
const CHOSEN = 'It is not locked, and the user chose a value of their own.';
const USER_WINS = verdict('user', 'wins', 'No policy locks it, and the user chose this value.');

function subjectOf(source: LayerSource): string {
  const title = titleOf(source);
  return title.charAt(0).toUpperCase() + title.slice(1);
}

function verdictsOn(source: LayerSource): Verdicts {
  const subject = subjectOf(source);
  const wins = (rest: string) => verdict(source, 'wins', `${subject} ${rest}`);
  const overridden = LAYER_RANKS.map(
    (stronger) =>
      [
        stronger.source,
        verdict(source, 'overridden', `${subjectOf(stronger.source)} is stronger and decides it.`),
      ] as const,
  );
  return {
    displaced: verdict(source, 'ignored', DISPLACED),
    chosen: verdict(source, 'overridden', CHOSEN),
    enforces: wins('is the strongest that mentions it, and locks it.'),
    suggests: wins('is the strongest that mentions it; it is not locked, and the user has not chosen.'),
    keeps: wins('locks it with a value that cannot be used, so its last good value stays.'),
    fallsBack: wins('gives it a value that cannot be used, so the built-in default applies.'),
    absent: wins('decides it without giving a value, so the built-in default applies.'),
    overridden: new Map(overridden),
    locksIt: verdict('user', 'ignored', `${subject} locks it.`),
  };
}

const VERDICTS = new Map(LAYER_RANKS.map(({ source }) => [source, verdictsOn(source)]));

/**
 * The layers that can be read, strongest first, whatever their order was. Selection is applied here: a layer that
 * counts only without another one is displaced by it.
 */
export function voicesOf(layers: readonly Layer[]): readonly Voice[] {
  const readable = layers.filter(({ state }) => state === 'ok');
  const bySource = new Map(readable.map((layer) => [layer.source, layer]));
  const voices: Voice[] = [];
  for (const { source, onlyWithout } of LAYER_RANKS) {
    const layer = bySource.get(source);
    const verdicts = VERDICTS.get(source);
    if (layer === undefined || verdicts === undefined) continue;
    const displaced = onlyWithout !== undefined && bySource.has(onlyWithout);
    voices.push({ source, rank: rankOf(source), layer, displaced, verdicts });
  }
  return voices;
}

/** What a layer contributed, where it mentions the setting. */
export function layerContribution(
  voice: Voice,
  mention: Mention,
  effect: Effect,
  winner: Voice | null,
  chosen: boolean,
): Contribution {
  return contribution(verdictOn(voice, mention, effect, winner, chosen), effect.value, mention.locked);
}

function verdictOn(
  { displaced, source, verdicts }: Voice,
  { state, locked }: Mention,
  { kept }: Effect,
  winner: Voice | null,
  chosen: boolean,
): Verdict {
  if (displaced || winner === null) return verdicts.displaced;
  if (winner.source !== source) return verdicts.overridden.get(winner.source) ?? verdicts.displaced;
  if (chosen && !locked) return verdicts.chosen;
  if (state === 'valid') return locked ? verdicts.enforces : verdicts.suggests;
  if (state === 'absent') return verdicts.absent;
  return kept ? verdicts.keeps : verdicts.fallsBack;
}

/** What a layer that speaks of a setting without deciding it contributed: nothing, and why. */
export function ignoredContribution(source: LayerSource, reason: string): Contribution {
  return Object.freeze({ source, value: null, locked: false, outcome: 'ignored', reason });
}

/** What the user contributed; `null` when there is no choice. */
export function userContribution(
  setting: Setting,
  choice: SettingValue | undefined,
  invalid: ReadonlyMap<string, string>,
  lockedBy: Voice | null,
): Contribution | null {
  if (choice !== undefined) {
    return contribution(lockedBy === null ? USER_WINS : lockedBy.verdicts.locksIt, choice, false);
  }
  const why = invalid.size === 0 ? undefined : invalid.get(setting.id);
  if (why === undefined) return null;
  const reason = `The chosen value is not valid. ${why}`;
  return Object.freeze({ source: 'user', value: null, locked: false, outcome: 'ignored', reason });
}

function contribution(
  { source, outcome, reason, switches }: Verdict,
  value: SettingValue | null,
  locked: boolean,
): Contribution {
  const known = typeof value === 'boolean' ? switches[(value ? 2 : 0) + (locked ? 1 : 0)] : undefined;
  return known ?? Object.freeze({ source, value, locked, outcome, reason });
}
