import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { LocalEvent } from '../../shared/contracts/local-api.ts';
import type { FirstAnswers } from '../transport/ask-ahead.ts';
import type { Carrier } from '../transport/carrier.ts';
import { type Connection, followLiveEvents } from '../transport/live-events.ts';
import {
  createLocalClient,
  type LocalClient,
  type Resource,
  readResource,
} from '../transport/local-client.ts';
import { createReadGate } from '../transport/read-gate.ts';

/** What pages need of the agent: the client, how it is reached now, and how to ask again. */
export interface Agent {
  readonly client: LocalClient;
  readonly connection: Connection;
  /** Reconnects at once and reads everything again. */
  retryNow(): void;
}

const AgentContext = createContext<Agent | null>(null);

/** What an event makes stale. */
const STALE: { readonly [Type in LocalEvent['type']]: readonly Resource[] } = {
  settings: ['settings', 'status', 'policy', 'overrides'],
  status: ['status', 'policy', 'account', 'overrides'],
  account: ['account', 'status', 'settings', 'policy', 'overrides'],
  drift: ['policy', 'status'],
};

/** So long reads wait for the events; without them a page is better old than empty. */
const PATIENCE_MS = 1_000;

const NOTHING: FirstAnswers = new Map();

// `first` is there from the beginning. Events say when to read again, so nothing is read on a guess; and loopback
// works without any network.
function createQueryClient(first: FirstAnswers): QueryClient {
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        retry: false,
        networkMode: 'always',
        refetchOnWindowFocus: false,
      },
    },
  });
  for (const [name, answer] of first) {
    const read = readResource(name, answer);
    // What was refused or is no answer is asked for again, by whoever has words for it.
    if (read.ok) queries.setQueryData([name], read.value);
  }
  return queries;
}

/**
 * Reads a resource again, or all of them. One that is being read for the first time is asked for anew as well: its
 * answer may have been made before the event, and the cache alone would let it pass for fresh.
 */
async function readAnew(queries: QueryClient, resource?: Resource): Promise<void> {
  const which = resource === undefined ? {} : { queryKey: [resource] };
  // Only that one: to cancel any other would tell whoever waits for it that it has been read, and is as it was.
  await queries.cancelQueries({ ...which, predicate: ({ state }) => state.data === undefined });
  await queries.invalidateQueries(which);
}

/** Connects everything below to the agent behind `carrier` and follows its events. */
export function AgentProvider({
  carrier,
  first = NOTHING,
  onSessionEnded,
  children,
}: {
  readonly carrier: Carrier;
  /** What is known already, and not asked for again until an event says so. */
  readonly first?: FirstAnswers | undefined;
  readonly onSessionEnded: () => void;
  readonly children: ReactNode;
}) {
  const [queries] = useState(() => createQueryClient(first));
  const [gate] = useState(createReadGate);
  const client = useMemo(
    () => createLocalClient(gate.guard(carrier), onSessionEnded),
    [gate, carrier, onSessionEnded],
  );
  const [connection, setConnection] = useState<Connection>('connecting');
  const live = useRef<{ stop(): void; retryNow(): void } | null>(null);

  useEffect(() => {
    const patience = setTimeout(gate.open, PATIENCE_MS);
    const following = followLiveEvents({
      carrier,
      onConnection: (now) => {
        setConnection(now);
        if (now === 'lost' || now === 'session-ended') gate.open();
      },
      onEvent: (event) => {
        if (event === null) {
          if (gate.isOpen()) void readAnew(queries);
          return gate.open();
        }
        for (const resource of STALE[event.type]) void readAnew(queries, resource);
      },
    });
    live.current = following;
    return () => {
      clearTimeout(patience);
      following.stop();
    };
  }, [carrier, queries, gate]);

  useEffect(() => {
    if (connection === 'session-ended') onSessionEnded();
  }, [connection, onSessionEnded]);

  const retryNow = useCallback(() => {
    live.current?.retryNow();
    void queries.invalidateQueries();
  }, [queries]);
  const agent = useMemo(() => ({ client, connection, retryNow }), [client, connection, retryNow]);
  return (
    <QueryClientProvider client={queries}>
      <AgentContext value={agent}>{children}</AgentContext>
    </QueryClientProvider>
  );
}

/** The agent this page talks to. */
export function useAgent(): Agent {
  const agent = use(AgentContext);
  if (agent === null) throw new Error('useAgent outside AgentProvider');
  return agent;
}
