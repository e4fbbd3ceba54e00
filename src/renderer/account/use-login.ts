import { useCallback, useEffect, useState } from 'react';
import type { LoginAnswer } from '../../shared/contracts/local-api.ts';
import { useAgent } from '../agent/agent-context.tsx';
import { useRefreshResources } from '../agent/use-resource.ts';
import type { Answer, Failure } from '../transport/local-client.ts';

/** How long the agent may hold one question about the sign-in before it answers "still waiting". */
const WAIT_MS = 20_000;
/** Pause before asking again where the agent answers at once, and where it could not be reached. */
const PAUSE_MS = 1_000;

type LoginState =
  | { readonly state: 'idle' | 'starting' }
  | { readonly state: 'waiting'; readonly login: LoginAnswer }
  | { readonly state: 'failed'; readonly failure: Failure };

export type Login = LoginState & {
  /** `hub` empty: the address set by the administrator. `trustKey`: a key of the hub that the person compared. */
  start(method: 'browser' | 'device', hub: string, trustKey?: string): void;
  startOver(): void;
};

/** One sign-in, from the click to its end; the agent does it, this follows. */
export function useLogin(): Login {
  const { client } = useAgent();
  const refresh = useRefreshResources();
  const [state, setState] = useState<LoginState>({ state: 'idle' });
  const waitingFor = state.state === 'waiting' ? state.login.id : null;

  const take = useCallback(
    (answer: Answer<LoginAnswer>) => {
      setState(stateAfter(answer));
      if (answer.ok && answer.value.state === 'done') void refresh('account', 'status', 'settings', 'policy');
    },
    [refresh],
  );

  useEffect(() => {
    if (waitingFor === null) return;
    const leaving = new AbortController();
    const follow = async () => {
      while (!leaving.signal.aborted) {
        const answer = await client.loginProgress(waitingFor, WAIT_MS, leaving.signal);
        if (leaving.signal.aborted) return;
        const ended = answer.ok ? answer.value.state !== 'waiting' : answer.failure.kind !== 'offline';
        if (ended) return take(answer);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    };
    void follow();
    return () => leaving.abort();
  }, [client, take, waitingFor]);

  return {
    ...state,
    start: (method, hub, trustKey) => {
      setState({ state: 'starting' });
      const chosen = { ...(hub === '' ? {} : { hub }), ...(trustKey === undefined ? {} : { trustKey }) };
      void client.login({ method, ...chosen }).then(take);
    },
    startOver: () => setState({ state: 'idle' }),
  };
}

function stateAfter(answer: Answer<LoginAnswer>): LoginState {
  if (!answer.ok) return { state: 'failed', failure: answer.failure };
  const login = answer.value;
  if (login.state === 'waiting') return { state: 'waiting', login };
  if (login.state === 'done') return { state: 'idle' };
  return {
    state: 'failed',
    failure: login.error === undefined ? { kind: 'unreadable' } : { kind: 'refused', error: login.error },
  };
}
