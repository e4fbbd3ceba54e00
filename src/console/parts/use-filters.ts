import { use, useCallback } from 'react';
import { useSearchParams } from 'wouter';
import { ListName } from './list-name.ts';

/** What a list shows, kept in the address: it survives a reload and can be sent to others. */
export interface Filters {
  get(name: string): string;
  /** An empty value leaves the address. Another filter begins at the first page again. */
  set(name: string, value: string): void;
  /** Takes everything of the list out of the address. */
  drop(): void;
  /** Whether anything of the list stands in the address. */
  readonly some: boolean;
}

/**
 * The filters of the address. Typing does not fill the browser's history; turning a page does. A page with several lists
 * names them: `name`, or what the list around says.
 */
export function useFilters(name?: string): Filters {
  const [params, setParams] = useSearchParams();
  const around = use(ListName);
  const list = name ?? around;
  const before = list === '' ? '' : `${list}.`;
  const set = useCallback(
    (filter: string, value: string) =>
      setParams(
        (present) => {
          const next = new URLSearchParams(present);
          if (value === '') next.delete(before + filter);
          else next.set(before + filter, value);
          if (filter !== 'cursor') next.delete(`${before}cursor`);
          return next;
        },
        { replace: filter !== 'cursor' },
      ),
    [setParams, before],
  );
  const some = [...params.keys()].some((each) => isOf(before, each));
  const drop = useCallback(
    () =>
      setParams((present) => new URLSearchParams([...present].filter(([each]) => !isOf(before, each))), {
        replace: true,
      }),
    [setParams, before],
  );
  return { get: (filter) => params.get(before + filter) ?? '', set, drop, some };
}

/** Whether a part of the address belongs to the list whose parts begin so. */
function isOf(before: string, name: string): boolean {
  return before === '' ? !name.includes('.') : name.startsWith(before);
}
