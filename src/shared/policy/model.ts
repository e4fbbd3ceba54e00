import type { Platform, SettingValue } from '../settings/setting.ts';

/** Where a layer comes from, strongest first in `PRECEDENCE` (policy.md section 2). */
export type LayerSource = 'configuration-profile' | 'user-policy' | 'organization-policy' | 'admin-settings';

/** Where an effective value comes from. */
export type ValueSource = LayerSource | 'user' | 'default';

/** Every code a problem in a document, a profile or a machine file can carry (policy.md sections 3, 5 and 7). */
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

/** Why changes are refused although no layer locks the setting (policy.md section 3, delivery.md section 4). */
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
export interface Resolution {
  readonly platform: Platform;
  readonly settings: ReadonlyMap<string, ResolvedSetting>;
  /** Problems of every layer and of the choices, in precedence order. */
  readonly problems: readonly Problem[];
  /** True while any setting is frozen, or a source is broken. */
  readonly frozen: boolean;
}
