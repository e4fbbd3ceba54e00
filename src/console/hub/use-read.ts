import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { z } from 'zod';
import { askHub, type Failure, type HubRequest } from './hub-client.ts';
import { useHub } from './hub-context.tsx';

/**
 * Something of the hub's on its way to the page. Once read it stays shown, also while it cannot be read again:
 * `useFailedRereading` says so, once for the page.
 */
export type Loaded<T> =
  | { readonly state: 'loading' }
  | {
      readonly state: 'ready';
      readonly value: T;
      readonly tag: string | null;
      /** What is shown answers the question before this one, whose answer is on its way. */
      readonly before: boolean;
    }
  | { readonly state: 'failed'; readonly failure: Failure; retry(): void };

/** Carries a failure through the query cache, which knows only thrown errors. */
class ReadFailed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.kind);
    this.failure = failure;
  }
}

/** What a reading of the query cache failed for. */
export function failureOfReading(error: Error): Failure {
  return error instanceof ReadFailed ? error.failure : { kind: 'unreadable' };
}

/** A question that is too long for an address. Nothing changes by it, and it is asked again only by another `turn`. */
export interface Question {
  readonly body: object;
  readonly turn: number;
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
    /** Sent by `POST` with the query in its body. */
    readonly question?: Question | undefined;
    /** Read again at this distance (milliseconds) for as long as this holds of what was read. */
    readonly again?: { readonly everyMs: number; readonly while: (value: z.output<Schema>) => boolean };
  } = {},
): Loaded<z.output<Schema>> {
  const { note } = useHub();
  const { question } = options;
  const query = useQuery<{ readonly value: z.output<Schema>; readonly tag: string | null }>({
    queryKey: [request.path, request.query ?? {}, ...(question === undefined ? [] : [question])],
    meta: { still: question !== undefined },
    enabled: options.enabled ?? true,
    ...(options.keep === true ? { placeholderData: keepPreviousData } : {}),
    refetchInterval: ({ state }) =>
      options.again !== undefined && state.data !== undefined && options.again.while(state.data.value)
        ? options.again.everyMs
        : false,
    queryFn: async ({ signal }) => {
      const answer = await askHub({
        ...(question === undefined ? request : posted(request, question)),
        signal,
      });
      note(answer.ok ? null : answer.failure);
      if (!answer.ok) throw new ReadFailed(answer.failure);
      return { value: answer.value, tag: answer.tag };
    },
  });
  const retry = useCallback(() => void query.refetch(), [query.refetch]);
  if (query.data !== undefined) return { state: 'ready', ...query.data, before: query.isPlaceholderData };
  if (query.error !== null) return { state: 'failed', failure: failureOfReading(query.error), retry };
  return { state: 'loading' };
}

function posted<Schema extends z.ZodType>(
  { path, query, answer }: Pick<HubRequest<Schema>, 'path' | 'query' | 'answer'>,
  { body }: Question,
): HubRequest<Schema> {
  const asked = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== '');
  return { method: 'POST', path, body: { ...body, ...Object.fromEntries(asked) }, answer };
}
