import type { LayerSource, ValueSource } from './model.ts';

/** One rank of the precedence. */
export interface Rank<Source extends ValueSource = ValueSource> {
  readonly rank: number;
  readonly source: Source;
  /** How messages name it, in the middle of a sentence. */
  readonly title: string;
  readonly rule: string;
  /** The layer is considered only when this one is absent: selection, not merge. */
  readonly onlyWithout?: LayerSource;
}

/** Who decides, strongest first: the one place that knows the order (docs/policy.md, section 2). */
export const PRECEDENCE = [
  {
    rank: 1,
    source: 'configuration-profile',
    title: 'the configuration profile',
    rule: 'Device management; it wins for the keys that it sets.',
  },
  {
    rank: 2,
    source: 'user-policy',
    title: "the user's policy",
    rule: 'The policy assigned to this user in the organization, directly or through a team.',
  },
  {
    rank: 3,
    source: 'organization-policy',
    title: "the organization's default policy",
    rule: 'Considered only when the user has no policy of their own.',
    onlyWithout: 'user-policy',
  },
  {
    rank: 4,
    source: 'admin-settings',
    title: 'the file admin-settings.json',
    rule: 'The local file; overridden key by key by the ranks above.',
  },
  { rank: 5, source: 'user', title: "the user's choice", rule: 'Only for settings that no layer locks.' },
  { rank: 6, source: 'default', title: 'the built-in default', rule: 'From the catalog.' },
] as const satisfies readonly Rank[];

/** The ranks that are layers: everything stronger than the user's choice. */
export const LAYER_RANKS: readonly Rank<LayerSource>[] = PRECEDENCE.filter(
  (rank) => rank.source !== 'user' && rank.source !== 'default',
);

const RANKS = new Map<ValueSource, Rank>(PRECEDENCE.map((rank) => [rank.source, rank]));

/** Rank of a source, 1 is the strongest. */
export function rankOf(source: ValueSource): number {
  return RANKS.get(source)?.rank ?? PRECEDENCE.length;
}

/** How messages name a source. */
export function titleOf(source: ValueSource): string {
  return RANKS.get(source)?.title ?? source;
}
