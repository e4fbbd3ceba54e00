import { notifyManager, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useSyncExternalStore } from 'react';
import type { Failure, Resource, ResourceValue } from '../transport/local-client.ts';
import { useAgent } from './agent-context.tsx';

/** Something of the agent's on its way to the page. Once read it stays shown, also while the agent is away. */
export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: T; readonly refreshing: boolean; refresh(): void }
  | { readonly state: 'failed'; readonly failure: Failure; refresh(): void };

/** Carries a failure through the query cache, which knows only thrown errors. */
class ReadFailed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.kind);
    this.failure = failure;
  }
}

/** Reads a resource and follows it: whoever uses it is drawn again when an event made it stale. */
export function useResource<Name extends Resource>(name: Name): Loaded<ResourceValue<Name>> {
  const { client } = useAgent();
  const query = useQuery({
    queryKey: [name],
    queryFn: async ({ signal }): Promise<ResourceValue<Name>> => {
      const answer = await client.read[name](signal);
      if (!answer.ok) throw new ReadFailed(answer.failure);
      return answer.value;
    },
  });
  const refresh = useCallback(() => void query.refetch(), [query.refetch]);
  if (query.data !== undefined)
    return { state: 'ready', value: query.data, refreshing: query.isFetching, refresh };
  if (query.error instanceof ReadFailed) return { state: 'failed', failure: query.error.failure, refresh };
  if (query.error !== null) return { state: 'failed', failure: { kind: 'unreadable' }, refresh };
  return { state: 'loading' };
}

/**
 * Why something that is shown could not be read again, and is old therefore; `null` while everything is as it was read
 * last. An agent that is away is not told here: the connection tells that.
 */
export function useRereadFailure(): Failure | null {
  const cache = useQueryClient().getQueryCache();
  const subscribe = useCallback(
    (changed: () => void) => cache.subscribe(notifyManager.batchCalls(changed)),
    [cache],
  );
  const failure = () => {
    const failures = cache.findAll({ type: 'active' }).flatMap(({ state }) => {
      if (state.data === undefined || !(state.error instanceof ReadFailed)) return [];
      const { failure } = state.error;
      return failure.kind === 'refused' || failure.kind === 'unreadable' ? [failure] : [];
    });
    return failures[0] ?? null;
  };
  return useSyncExternalStore(subscribe, failure);
}

/** Marks resources as stale after a request of this page changed them, without waiting for the event. */
export function useRefreshResources(): (...names: Resource[]) => Promise<void> {
  const queries = useQueryClient();
  return useCallback(
    async (...names) => {
      await Promise.all(names.map((name) => queries.invalidateQueries({ queryKey: [name] })));
    },
    [queries],
  );
}
