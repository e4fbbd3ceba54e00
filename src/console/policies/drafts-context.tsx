import { createContext, type ReactNode, use, useMemo, useState } from 'react';
import { z } from 'zod';
import { useHere } from '../organization-context.tsx';
import { keepInTab, nameInTab, readFromTab } from '../parts/kept-in-tab.ts';

const draftSchema = z.object({
  text: z.string(),
  reason: z.string(),
  /** Entity tag of what it was made from. */
  tag: z.string(),
  /** Revision that it was made from. */
  revision: z.int(),
});
const draftsSchema = z.array(z.tuple([z.string(), draftSchema]));

/** An unsaved change of a policy's document. */
export type PolicyDraft = Readonly<z.infer<typeof draftSchema>>;

/** Unsaved changes by policy, kept above the pages so that looking elsewhere loses none of them. */
export interface PolicyDrafts {
  get(policyId: string): PolicyDraft | null;
  set(policyId: string, draft: PolicyDraft | null): void;
}

const DraftsContext = createContext<PolicyDrafts | null>(null);

/** Holds the drafts of everything below; they are there again after a reload, also of a page that has no network. */
export function PolicyDraftsProvider({ children }: { readonly children: ReactNode }) {
  const { caller, organization } = useHere();
  const name = nameInTab(caller.id, `${organization.id} policies`);
  const [drafts, setDrafts] = useState<ReadonlyMap<string, PolicyDraft>>(
    () => new Map(readFromTab(name, draftsSchema) ?? []),
  );
  const state = useMemo<PolicyDrafts>(
    () => ({
      get: (id) => drafts.get(id) ?? null,
      set: (id, draft) =>
        setDrafts((before) => {
          const next = new Map(before);
          if (draft === null) next.delete(id);
          else next.set(id, draft);
          keepInTab(name, next.size === 0 ? null : [...next]);
          return next;
        }),
    }),
    [drafts, name],
  );
  return <DraftsContext value={state}>{children}</DraftsContext>;
}

/** The unsaved changes of policies. */
export function usePolicyDrafts(): PolicyDrafts {
  const drafts = use(DraftsContext);
  if (drafts === null) throw new Error('usePolicyDrafts outside PolicyDraftsProvider');
  return drafts;
}
