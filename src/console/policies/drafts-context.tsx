import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react';

/** An unsaved change of a policy's document. */
export interface PolicyDraft {
  readonly text: string;
  readonly reason: string;
  /** Entity tag of what it was made from. */
  readonly tag: string;
}

/** Unsaved changes by policy, kept above the pages so that looking elsewhere loses none of them. */
export interface PolicyDrafts {
  get(policyId: string): PolicyDraft | null;
  set(policyId: string, draft: PolicyDraft | null): void;
}

const DraftsContext = createContext<PolicyDrafts | null>(null);

/** Holds the drafts of everything below, and has the browser ask before they are lost. */
export function PolicyDraftsProvider({ children }: { readonly children: ReactNode }) {
  const [drafts, setDrafts] = useState<ReadonlyMap<string, PolicyDraft>>(new Map());
  const dirty = drafts.size > 0;
  useEffect(() => {
    if (!dirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [dirty]);
  const state = useMemo<PolicyDrafts>(
    () => ({
      get: (id) => drafts.get(id) ?? null,
      set: (id, draft) =>
        setDrafts((before) => {
          const next = new Map(before);
          if (draft === null) next.delete(id);
          else next.set(id, draft);
          return next;
        }),
    }),
    [drafts],
  );
  return <DraftsContext value={state}>{children}</DraftsContext>;
}

/** The unsaved changes of policies. */
export function usePolicyDrafts(): PolicyDrafts {
  const drafts = use(DraftsContext);
  if (drafts === null) throw new Error('usePolicyDrafts outside PolicyDraftsProvider');
  return drafts;
}
