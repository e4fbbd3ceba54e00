import type {
  ChangeAnswer,
  ChangeRequest,
  ErrorBody,
  SettingState,
} from '../../shared/contracts/local-api.ts';
import { type JsonValue, sameJson } from '../../shared-ui/json-value.ts';
import type { Failure } from '../transport/local-client.ts';

/** What a person has changed on the page and not applied yet. */
export interface Draft {
  /** What the control shows. */
  readonly value: JsonValue;
  /** Return to the suggestion (`value`) instead of choosing it. */
  readonly reset: boolean;
  /** What has to be mended before it can be applied; `null` when it is fine as far as the page can tell. */
  readonly problem: string | null;
  /** Why the agent refused it last time; gone with the next edit. */
  readonly refusal: ErrorBody['error'] | null;
}

/** Drafts by setting. Immutable: every function here answers with new ones. */
export type Drafts = ReadonlyMap<string, Draft>;

export const NO_DRAFTS: Drafts = new Map();

/** True where the page must not offer a change. */
export function isHeld(setting: Pick<SettingState, 'locked' | 'frozen'>): boolean {
  return setting.locked || setting.frozen !== undefined;
}

/** An edit of a control. Back at the value in force, there is nothing left to apply. */
export function edit(
  drafts: Drafts,
  setting: SettingState,
  value: JsonValue,
  problem: string | null,
): Drafts {
  if (isHeld(setting)) return drafts;
  if (problem === null && sameJson(value, setting.value)) return without(drafts, setting.id);
  return withDraft(drafts, setting.id, { value, reset: false, problem, refusal: null });
}

/** The wish to follow the suggestion again. Without a choice of one's own there is nothing to return from. */
export function reset(drafts: Drafts, setting: SettingState): Drafts {
  if (isHeld(setting)) return drafts;
  if (setting.choice === undefined) return without(drafts, setting.id);
  return withDraft(drafts, setting.id, {
    value: setting.suggestion,
    reset: true,
    problem: null,
    refusal: null,
  });
}

/** The request that applies all drafts together; `null` when there are none, or one of them needs mending first. */
export function toRequest(drafts: Drafts): ChangeRequest | null {
  if (drafts.size === 0 || [...drafts.values()].some((draft) => draft.problem !== null)) return null;
  const entries = [...drafts];
  const set = entries.filter(([, draft]) => !draft.reset).map(([id, draft]) => [id, draft.value] as const);
  const resets = entries.filter(([, draft]) => draft.reset).map(([id]) => id);
  return {
    ...(set.length > 0 ? { set: Object.fromEntries(set) } : {}),
    ...(resets.length > 0 ? { reset: resets } : {}),
  };
}

/**
 * The drafts after the agent has answered: what was done is gone, what was refused carries the reason, what was
 * merely held back with it stays. `sent` are the drafts of the request, so that an edit made meanwhile is kept.
 */
export function afterAnswer(drafts: Drafts, sent: Drafts, answer: ChangeAnswer): Drafts {
  const next = new Map(drafts);
  for (const result of answer.results) {
    const draft = next.get(result.id);
    if (draft === undefined || draft !== sent.get(result.id)) continue;
    if (result.outcome === 'refused')
      next.set(result.id, { ...draft, refusal: result.error ?? answer.error ?? null });
    else if (result.outcome !== 'not_applied') next.delete(result.id);
  }
  return next;
}

/** How the last attempt to apply ended. */
export type Applied =
  | { readonly outcome: 'saved'; readonly count: number }
  | { readonly outcome: 'refused'; readonly ids: readonly string[] }
  | { readonly outcome: 'failed'; readonly failure: Failure };

/** What a person is told of the agent's answer; a full disk refuses no setting by name, and is no success either. */
export function appliedBy({ results, error }: ChangeAnswer): Applied {
  const refused = results.filter((result) => result.outcome === 'refused');
  if (refused.length > 0) return { outcome: 'refused', ids: refused.map((result) => result.id) };
  if (error !== undefined) return { outcome: 'failed', failure: { kind: 'refused', error } };
  return { outcome: 'saved', count: results.filter((result) => result.outcome === 'changed').length };
}

/**
 * The drafts after the settings were read anew: what has been locked meanwhile can no longer be applied and is
 * dropped, what is in force by now needs no applying, and what returns to the suggestion follows it. Names the ones a
 * lock took. What is only frozen waits: that ends by itself.
 */
export function afterReading(
  drafts: Drafts,
  settings: readonly SettingState[],
): { readonly drafts: Drafts; readonly overtaken: readonly string[] } {
  const byId = new Map(settings.map((setting) => [setting.id, setting]));
  const overtaken = [...drafts.keys()].filter((id) => byId.get(id)?.locked !== false);
  const done = [...drafts]
    .filter(([id, draft]) => {
      const setting = byId.get(id);
      if (setting === undefined || draft.problem !== null) return false;
      return draft.reset ? setting.choice === undefined : sameJson(draft.value, setting.value);
    })
    .map(([id]) => id);
  const gone = new Set([...overtaken, ...done]);
  const moved = [...drafts].flatMap(([id, draft]): [string, Draft][] => {
    const suggestion = byId.get(id)?.suggestion ?? null;
    if (gone.has(id) || !draft.reset || sameJson(draft.value, suggestion)) return [];
    return [[id, { ...draft, value: suggestion }]];
  });
  if (gone.size === 0 && moved.length === 0) return { drafts, overtaken };
  const next = new Map([...drafts, ...moved]);
  for (const id of gone) next.delete(id);
  return { drafts: next, overtaken };
}

/** Settings whose drafts cannot be applied as they are. */
export function withProblems(drafts: Drafts): readonly string[] {
  return [...drafts].filter(([, draft]) => draft.problem !== null).map(([id]) => id);
}

/** `drafts` without those of `others`. */
export function apartFrom(drafts: Drafts, others: Drafts): Drafts {
  return new Map([...drafts].filter(([id]) => !others.has(id)));
}

/** Those of `drafts` that are for `settings`; all of them where that is `undefined`. */
export function draftsOf(drafts: Drafts, settings: ReadonlySet<string> | undefined): Drafts {
  return settings === undefined ? drafts : new Map([...drafts].filter(([id]) => settings.has(id)));
}

function withDraft(drafts: Drafts, id: string, draft: Draft): Drafts {
  return new Map(drafts).set(id, draft);
}

function without(drafts: Drafts, id: string): Drafts {
  if (!drafts.has(id)) return drafts;
  const next = new Map(drafts);
  next.delete(id);
  return next;
}
