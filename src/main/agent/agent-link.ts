import type { AgentOptions } from '../../agent/agent-options.ts';
import { connectToAgent } from '../../agent/local-api/connect.ts';
import type { LocalFetch } from '../../agent/local-api/router.ts';
import { serveAgent } from '../../agent/local-api/serve-agent.ts';
import { userPaths } from '../../agent/user-paths.ts';
import type { LocalEvent } from '../../shared/contracts/local-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { followEvents } from './follow-events.ts';

/** The agent behind the tray and the window. */
export interface AgentLink {
  /** `hosted`: it runs in this process. `attached`: one that was started without a window runs already. */
  readonly mode: 'hosted' | 'attached';
  readonly fetch: LocalFetch;
  readonly onEvent: (listener: (event: LocalEvent) => void) => () => void;
  /** The machine woke or its network came. */
  wake(): void;
  /** Hosted: settled when a surface asked the agent to stop. Attached: when it no longer answers. */
  readonly ended: Promise<void>;
  /** Ends a hosted agent; only lets go of one that runs elsewhere. */
  stop(): Promise<void>;
}

export type LinkOutcome =
  | { readonly ok: true; readonly link: AgentLink }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * Runs the agent in this process, or attaches to the one that holds this user's lock: there is one agent per user,
 * and the app shows whichever it is.
 */
export async function linkAgent(options: AgentOptions): Promise<LinkOutcome> {
  const outcome = await serveAgent(options);
  if (outcome.ok) {
    const { agent, stopRequested, stop } = outcome.served;
    const { fetch, onChange: onEvent, wake } = agent;
    return { ok: true, link: { mode: 'hosted', fetch, onEvent, wake, ended: stopRequested, stop } };
  }
  if ('refusal' in outcome) return outcome;
  const fetch = await connectToAgent(userPaths(options));
  if (fetch === null) {
    const who = outcome.heldBy === null ? 'Another program' : `Process ${outcome.heldBy.pid}`;
    return { ok: false, refusal: { code: 'conflict', ...heldElsewhere(who) } };
  }
  return { ok: true, link: attached(fetch) };
}

function attached(fetch: LocalFetch): AgentLink {
  const listeners = new Set<(event: LocalEvent) => void>();
  const leaving = new AbortController();
  const ended = followEvents(fetch, leaving.signal, (event) => {
    for (const listener of [...listeners]) listener(event);
  });
  return {
    ...{ mode: 'attached', fetch, ended },
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    // It notices a sleep by its own clocks; a sync tells it sooner.
    wake: () => void fetch(new Request('http://agent/v1/sync', { method: 'POST' })).catch(() => undefined),
    stop: async () => leaving.abort(),
  };
}

function heldElsewhere(who: string): Pick<Refusal, 'message' | 'help'> {
  return {
    message: `${who} holds the lock of this user's agent and does not answer.`,
    help: 'End it, or sign out of this computer and in again, and start Mooring once more.',
  };
}
