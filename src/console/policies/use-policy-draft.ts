import { useMemo } from 'react';
import type { Policy } from '../../shared/contracts/hub-api.ts';
import type { Problem } from '../../shared/policy/model.ts';
import { checkText } from './check-text.ts';
import { usePolicyDrafts } from './drafts-context.tsx';

/** The document on the page: the saved one, or what was made of it. */
export interface DraftState {
  readonly text: string;
  readonly reason: string;
  readonly dirty: boolean;
  /** Entity tag of what the change was made from. */
  readonly tag: string;
  /** Revision that the change was made from. */
  readonly revision: number;
  /** Somebody else saved meanwhile: the change stays, and has to be put on top of theirs. */
  readonly overtaken: boolean;
  readonly problems: readonly Problem[];
  edit(text: string): void;
  explain(reason: string): void;
  /** Keeps the change, made from what is saved now. */
  rebase(): void;
  drop(): void;
}

/** The unsaved change of a policy. `tag`: entity tag of what is saved. */
export function usePolicyDraft(policy: Policy, tag: string): DraftState {
  const drafts = usePolicyDrafts();
  const kept = drafts.get(policy.id);
  const text = kept?.text ?? policy.text;
  const problems = useMemo(() => checkText(text), [text]);
  const base = {
    text,
    reason: kept?.reason ?? '',
    tag: kept?.tag ?? tag,
    revision: kept?.revision ?? policy.revision,
  };
  return {
    ...base,
    dirty: kept !== null,
    overtaken: kept !== null && kept.tag !== tag,
    problems,
    edit: (next) =>
      drafts.set(policy.id, next === policy.text && base.tag === tag ? null : { ...base, text: next }),
    explain: (reason) => drafts.set(policy.id, { ...base, reason }),
    rebase: () => drafts.set(policy.id, { ...base, tag, revision: policy.revision }),
    drop: () => drafts.set(policy.id, null),
  };
}
