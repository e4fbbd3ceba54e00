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
  readonly reasons: Reasons;
}

/** What a layer's mention of a setting comes to. */
export interface Effect {
  readonly value: SettingValue | null;
  /** True when the last good value stands in for one that cannot be used. */
  readonly kept: boolean;
}

/** The sentences in which a source is named; made once, for a resolution may need thousands. */
interface Reasons {
  readonly stronger: string;
  readonly locksIt: string;
  readonly enforces: string;
  readonly suggests: string;
  readonly keeps: string;
  readonly fallsBack: string;
  readonly absent: string;
}

const DISPLACED =
  "The user has a policy of their own, so the organization's default policy is not considered.";
const CHOSEN = 'It is not locked, and the user chose a value of their own.';
const USER_WINS = 'No policy locks it, and the user chose this value.';

function reasonsOf(source: LayerSource): Reasons {
  const title = titleOf(source);
  const subject = title.charAt(0).toUpperCase() + title.slice(1);
  return {
    stronger: `${subject} is stronger and decides it.`,
    locksIt: `${subject} locks it.`,
    enforces: `${subject} is the strongest that mentions it, and locks it.`,
    suggests: `${subject} is the strongest that mentions it; it is not locked, and the user has not chosen.`,
    keeps: `${subject} locks it with a value that cannot be used, so its last good value stays.`,
    fallsBack: `${subject} gives it a value that cannot be used, so the built-in default applies.`,
    absent: `${subject} decides it without giving a value, so the built-in default applies.`,
  };
}

const REASONS = new Map(LAYER_RANKS.map(({ source }) => [source, reasonsOf(source)]));

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
    const reasons = REASONS.get(source);
    if (layer === undefined || reasons === undefined) continue;
    const displaced = onlyWithout !== undefined && bySource.has(onlyWithout);
    voices.push({ source, rank: rankOf(source), layer, displaced, reasons });
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
  const { source, reasons } = voice;
  const { locked } = mention;
  if (voice.displaced) return contribution(source, effect.value, locked, 'ignored', DISPLACED);
  if (voice !== winner) {
    return contribution(source, effect.value, locked, 'overridden', winner?.reasons.stronger ?? '');
  }
  if (chosen && !locked) return contribution(source, effect.value, locked, 'overridden', CHOSEN);
  return contribution(source, effect.value, locked, 'wins', whyItWins(reasons, mention, effect));
}

function whyItWins(reasons: Reasons, { state, locked }: Mention, { kept }: Effect): string {
  if (state === 'valid') return locked ? reasons.enforces : reasons.suggests;
  if (state === 'absent') return reasons.absent;
  return kept ? reasons.keeps : reasons.fallsBack;
}

/** What a layer that speaks of a setting without deciding it contributed: nothing, and why. */
export function ignoredContribution(source: LayerSource, why: string): Contribution {
  return contribution(source, null, false, 'ignored', why);
}

/** What the user contributed; `null` when there is no choice. */
export function userContribution(
  setting: Setting,
  choice: SettingValue | undefined,
  invalid: ReadonlyMap<string, string>,
  lockedBy: Voice | null,
): Contribution | null {
  if (choice !== undefined) {
    if (lockedBy === null) return contribution('user', choice, false, 'wins', USER_WINS);
    return contribution('user', choice, false, 'ignored', lockedBy.reasons.locksIt);
  }
  const why = invalid.size === 0 ? undefined : invalid.get(setting.id);
  return why === undefined
    ? null
    : contribution('user', null, false, 'ignored', `The chosen value is not valid. ${why}`);
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
