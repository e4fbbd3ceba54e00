import { useCallback } from 'react';
import { useLocation } from 'wouter';
import { useHistoryState } from 'wouter/use-browser-location';
import { z } from 'zod';

const stateSchema = z.object({ deleted: z.object({ id: z.uuid(), name: z.string() }) });

/** What was deleted a moment ago, by this page or the one before it. */
export type JustDeleted = z.infer<typeof stateSchema>['deleted'];

/** It is kept with the place in the history: a reload still offers to undo it, and another page does not. */
export function useJustDeleted(): {
  readonly deleted: JustDeleted | null;
  /** Goes to the page where it can be undone; left out, that is this one. */
  tell(deleted: JustDeleted, page?: string): void;
  forget(): void;
} {
  const [here, go] = useLocation();
  const state: unknown = useHistoryState();
  const read = stateSchema.safeParse(state);
  const tell = useCallback(
    ({ id, name }: JustDeleted, page?: string) => {
      const state = { deleted: { id, name } };
      if (page === undefined) go(`${here}${window.location.search}`, { replace: true, state });
      else go(page, { state });
    },
    [go, here],
  );
  const forget = useCallback(
    () => go(`${here}${window.location.search}`, { replace: true, state: null }),
    [go, here],
  );
  return { deleted: read.success ? read.data.deleted : null, tell, forget };
}
