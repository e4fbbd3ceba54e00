import type { Catalog, SettingId, ValueOf } from '../settings/define-catalog.ts';
import type { Platform, SettingValue } from '../settings/setting.ts';

/** Where a layer comes from, strongest first in `PRECEDENCE` (docs/policy.md, section 2). */
export type LayerSource = 'configuration-profile' | 'user-policy' | 'organization-policy' | 'admin-settings';

/** Where an effective value comes from. */
export type ValueSource = LayerSource | 'user' | 'default';

/** Every code a problem in a document, a profile or a machine file can carry (docs/policy.md, sections 3, 5 and 7). */
export type ProblemCode =
  | 'byte_order_mark'
  | 'lenient_json'
  | 'malformed'
  | 'empty'
  | 'encoding'
  | 'too_large'
  | 'wrong_type'
  | 'invalid_value'
  | 'unsupported_version'
  | 'newer_version'
  | 'unknown_key'
  | 'duplicate_key'
  | 'legacy_shape'
  | 'unreadable'
  | 'untrusted_file';

/** One thing wrong in a document. All are collected; none stops the reading of the rest. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** The layer, or `choices` for the user's own file, or `sign-in` for the files of enforced sign-in. */
  readonly source: LayerSource | 'choices' | 'sign-in' | 'store';
  /** Dotted path in the document; empty for the document as a whole. */
  readonly path: string;
  readonly code: ProblemCode;
  /** What is wrong, where (line and column for syntax), and how to mend it. */
  readonly message: string;
  /** 1-based, where known. */
  readonly line?: number;
  readonly column?: number;
}

/** What one document says about one setting. */
export interface Mention {
  /** `null` unless `state` is `valid`. */
  readonly value: SettingValue | null;
  /** `absent`: locked without a value, or left out of a group. `invalid`: there, but not acceptable. */
  readonly state: 'valid' | 'absent' | 'invalid';
  readonly locked: boolean;
}

/** One policy document after reading: what it says about which setting, for every platform. */
export interface Layer {
  readonly source: LayerSource;
  /** `broken`: nothing of it applies, and it must never be taken for "no policy". */
  readonly state: 'ok' | 'broken';
  /** By setting id. The strongest layer that mentions a setting decides its value and its lock. */
  readonly mentions: ReadonlyMap<string, Mention>;
  /** Settings that the document speaks of without deciding them, with the reason. */
  readonly ignored: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/**
 * The last values of each source that were good, by setting id: what a locked setting keeps when its value in the
 * document becomes invalid.
 */
export type LastGood = ReadonlyMap<LayerSource, ReadonlyMap<string, SettingValue>>;

/** Why settings are held where they are, and where that is. */
export interface Freeze {
  readonly code: FreezeCode;
  /** The strongest source in trouble: settings that a stronger layer decides keep following it. */
  readonly source: LayerSource;
  /** Present value by setting id; a setting without one resolves as if nothing were frozen. */
  readonly present: ReadonlyMap<string, SettingValue | null>;
}

/** What one layer, or the user's choice, had to say about a setting and what became of it. */
export interface Contribution {
  readonly source: ValueSource;
  /** `null` where the layer locks without a value and the built-in default is unset. */
  readonly value: SettingValue | null;
  readonly locked: boolean;
  readonly outcome: 'wins' | 'overridden' | 'ignored';
  /** Plain words: why it won, by what it was overridden, or why it was ignored. */
  readonly reason: string;
}

/** Why changes are refused although no layer locks the setting (docs/policy.md, section 3; docs/delivery.md, section 4). */
export type FreezeCode = 'policy_source_broken' | 'policy_stale';

/** The result for one setting. */
export interface ResolvedSetting {
  readonly id: string;
  /** `null`: unset, or host dependent; then not in the store. */
  readonly value: SettingValue | null;
  readonly locked: boolean;
  readonly source: ValueSource;
  /** What `reset` returns to: the winning suggestion, else the built-in default. */
  readonly suggestion: SettingValue | null;
  /** Present when the setting is held at its present value because a source is broken or stale. */
  readonly frozen?: FreezeCode;
  /** Strongest first; the user's choice, where there is one, comes last. */
  readonly contributions: readonly Contribution[];
}

/** The frozen outcome of resolving all layers and choices for one platform. */
export interface Resolution<C extends Catalog = Catalog> {
  readonly platform: Platform;
  /** Every setting that applies on the platform, in the catalog's order. */
  readonly settings: ReadonlyMap<string, ResolvedSetting>;
  /** Problems of every layer and of the choices, in precedence order. */
  readonly problems: readonly Problem[];
  /** True while any setting is frozen, or a source is broken. */
  readonly frozen: boolean;
  /** The effective value, typed by the catalog; `null` when it is unset or does not apply on the platform. */
  readonly value: <Id extends SettingId<C>>(id: Id) => ValueOf<C, Id> | null;
}
