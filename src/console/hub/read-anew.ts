import type { Query, QueryClient } from '@tanstack/react-query';

/**
 * Reads anew what is shown. What is being read at this moment may have been answered before the change: it is left to
 * end, because readings that every change broke off would never end while much happens, and is then read once more.
 */
export async function readAnew(queries: QueryClient, concerned: (query: Query) => boolean): Promise<void> {
  const underWay = new Set(
    queries.getQueryCache().findAll({ predicate: concerned, fetchStatus: 'fetching' }),
  );
  await queries.invalidateQueries({ predicate: concerned }, { cancelRefetch: false });
  if (underWay.size === 0) return;
  await queries.invalidateQueries({ predicate: (query) => underWay.has(query) }, { cancelRefetch: false });
}
