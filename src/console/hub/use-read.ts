import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { z } from 'zod';
import { askHub, type Failure, type HubRequest } from './hub-client.ts';
import { useHub } from './hub-context.tsx';

/** Something of the hub's on its way to the page. Once read it stays shown, also while the hub is away. */
export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: T; readonly tag: string | null; readonly refreshing: boolean }
  | { readonly state: 'failed'; readonly failure: Failure; retry(): void };

/** Carries a failure through the query cache, which knows only thrown errors. */
class ReadFailed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.kind);
    this.failure = failure;
  }
}

/**
 * Reads and keeps what was read; the page before stays until the next one is here. The address with its query is
 * what names it.
 */
export function useRead<Schema extends z.ZodType>(
  request: Pick<HubRequest<Schema>, 'path' | 'query' | 'answer'>,
  options: {
    readonly keep?: boolean;
    readonly enabled?: boolean;
    /** Read again at this distance (milliseconds) for as long as this holds of what was read. */
    readonly again?: { readonly everyMs: number; readonly while: (value: z.output<Schema>) => boolean };
  } = {},
): Loaded<z.output<Schema>> {
  const { note } = useHub();
  const query = useQuery<{ readonly value: z.output<Schema>; readonly tag: string | null }>({
    queryKey: [request.path, request.query ?? {}],
    enabled: options.enabled ?? true,
    ...(options.keep === true ? { placeholderData: keepPreviousData } : {}),
    refetchInterval: ({ state }) =>
      options.again !== undefined && state.data !== undefined && options.again.while(state.data.value)
        ? options.again.everyMs
        : false,
    queryFn: async ({ signal }) => {
      const answer = await askHub({ ...request, signal });
      note(answer.ok ? null : answer.failure);
      if (!answer.ok) throw new ReadFailed(answer.failure);
      return { value: answer.value, tag: answer.tag };
    },
  });
  const retry = useCallback(() => void query.refetch(), [query.refetch]);
  if (query.data !== undefined) return { state: 'ready', ...query.data, refreshing: query.isFetching };
  if (query.error !== null) {
    const failure: Failure = query.error instanceof ReadFailed ? query.error.failure : { kind: 'unreadable' };
    return { state: 'failed', failure, retry };
  }
  return { state: 'loading' };
}
