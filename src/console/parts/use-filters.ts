import { useCallback } from 'react';
import { useSearchParams } from 'wouter';

/** What a list shows, kept in the address: it survives a reload and can be sent to others. */
export interface Filters {
  get(name: string): string;
  /** An empty value leaves the address. Another filter begins at the first page again. */
  set(name: string, value: string): void;
}

/** The filters of the address. Typing does not fill the browser's history; turning a page does. */
export function useFilters(): Filters {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (name: string, value: string) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          if (value === '') next.delete(name);
          else next.set(name, value);
          if (name !== 'cursor') next.delete('cursor');
          return next;
        },
        { replace: name !== 'cursor' },
      ),
    [setParams],
  );
  return { get: (name) => params.get(name) ?? '', set };
}
