import { useMemo, useState } from 'react';
import { memberJobCreationSchema } from '../../shared/contracts/hub-member-jobs.ts';
import type { Chosen } from './BulkBar.tsx';

/** Which members are chosen. The choice holds across pages of the list and ends when another filter is set. */
export function useChosen(filter: { readonly [name: string]: string }) {
  const named = JSON.stringify(filter);
  const [kept, setKept] = useState<{ readonly filter: string; readonly chosen: Chosen }>(() => none(named));
  const chosen = kept.filter === named ? kept.chosen : none(named).chosen;
  const has = useMemo<ReadonlySet<string>>(
    () => new Set(chosen.kind === 'some' ? chosen.userIds : []),
    [chosen],
  );
  return {
    chosen,
    /** Those that are chosen one by one. */
    has,
    choose: (userIds: readonly string[], on: boolean) => {
      const others = [...has].filter((id) => !userIds.includes(id));
      setKept({
        filter: named,
        chosen: { kind: 'some', userIds: on ? [...others, ...userIds] : others },
      });
    },
    /** Everyone whom the filter finds. */
    matching: (count: number) => {
      const set = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ''));
      const { matching } = memberJobCreationSchema.parse({ action: { kind: 'remove' }, matching: set });
      setKept({ filter: named, chosen: { kind: 'matching', filter: matching ?? {}, count } });
    },
    none: () => setKept(none(named)),
  };
}

function none(filter: string): { readonly filter: string; readonly chosen: Chosen } {
  return { filter, chosen: { kind: 'some', userIds: [] } };
}
