import { type Query, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useCallback, useMemo, useState } from 'react';
import type { z } from 'zod';
import { STALE_MS } from './follow-changes.ts';
import { type Answer, askHub, type Failure, type HubRequest } from './hub-client.ts';
import { readAnew } from './read-anew.ts';

/** How the hub is reached at present. */
export type Reach = 'good' | 'offline' | 'signed-out';

/** What pages need of the hub beside reading. */
export interface Hub {
  readonly reach: Reach;
  /** Told of every answer, so that one place knows how things stand. */
  note(failure: Failure | null): void;
  /** Sends a change; afterwards everything on the page is read anew. */
  send<Schema extends z.ZodType>(request: HubRequest<Schema>): Promise<Answer<z.output<Schema>>>;
  /** Reads everything on the page anew. */
  refresh(): Promise<void>;
  /** Reads anew what came from paths of the API that `concerned` names. */
  reread(concerned: (path: string) => boolean): Promise<void>;
}

const HubContext = createContext<Hub | null>(null);

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { staleTime: STALE_MS, retry: false, networkMode: 'always' } },
  });
}

/** Whether what was read follows the changes: an answer to a question stays until it is asked again. */
function follows({ meta }: Query): boolean {
  return meta?.still !== true;
}

/** Connects everything below to the hub that served the page. */
export function HubProvider({ children }: { readonly children: ReactNode }) {
  const [queries] = useState(createQueryClient);
  const [reach, setReach] = useState<Reach>('good');
  const note = useCallback((failure: Failure | null) => {
    if (failure?.kind === 'offline' || failure?.kind === 'signed-out') setReach(failure.kind);
    else setReach('good');
  }, []);
  const refresh = useCallback(() => readAnew(queries, follows), [queries]);
  const reread = useCallback<Hub['reread']>(
    (concerned) => readAnew(queries, (query) => follows(query) && concerned(String(query.queryKey[0]))),
    [queries],
  );
  const send = useCallback<Hub['send']>(
    async (request) => {
      const answer = await askHub(request);
      note(answer.ok ? null : answer.failure);
      if (answer.ok) await readAnew(queries, follows);
      return answer;
    },
    [note, queries],
  );
  const hub = useMemo(() => ({ reach, note, send, refresh, reread }), [reach, note, send, refresh, reread]);
  return (
    <QueryClientProvider client={queries}>
      <HubContext value={hub}>{children}</HubContext>
    </QueryClientProvider>
  );
}

/** The hub this page talks to. */
export function useHub(): Hub {
  const hub = use(HubContext);
  if (hub === null) throw new Error('useHub outside HubProvider');
  return hub;
}
