import type { LocalFetch } from '../../agent/local-api/router.ts';
import type { LocalEvent } from '../../shared/contracts/local-api.ts';
import type { AgentLink, LinkOutcome } from './agent-link.ts';

/** The agent for as long as the app runs, whichever process it is in by then. */
export interface KeptLink {
  /** Rejects while no agent answers. */
  readonly fetch: LocalFetch;
  readonly onEvent: (listener: (event: LocalEvent) => void) => () => void;
  mode(): AgentLink['mode'] | null;
  wake(): void;
  /** Links for the first time; a refusal is the caller's to tell. */
  start(): Promise<LinkOutcome>;
  stop(): Promise<void>;
}

export interface KeptLinkOptions {
  readonly link: () => Promise<LinkOutcome>;
  /** The agent in this process was told to stop by `mooring agent stop`. */
  readonly onStopRequested: () => void;
  /** The agent came or went. */
  readonly onMoved: () => void;
  readonly after: (ms: number, act: () => void) => () => void;
}

const TRY_AGAIN_MS = 2_000;

/** An agent in another process may end at any time: then this process becomes its host. */
export function keepLinked({ link, onStopRequested, onMoved, after }: KeptLinkOptions): KeptLink {
  const listeners = new Set<(event: LocalEvent) => void>();
  let current: AgentLink | null = null;
  let cancel = (): void => {};
  let stopping = false;
  let linking: Promise<LinkOutcome | null> = Promise.resolve(null);

  const linkNow = (): Promise<LinkOutcome> => {
    const outcome = link();
    // Where it fails, whoever asked for it hears why.
    linking = outcome.catch(() => null);
    return outcome;
  };
  const announce = (event: LocalEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  const take = (next: AgentLink): void => {
    current = next;
    next.onEvent(announce);
    void next.ended.then(() => {
      if (stopping || current !== next) return;
      if (next.mode === 'hosted') return onStopRequested();
      current = null;
      onMoved();
      again(0);
    });
    onMoved();
    // Whoever followed the agent before must read everything anew.
    for (const type of ['account', 'status'] as const) announce({ type });
  };
  const again = (ms: number): void => {
    cancel = after(ms, () => {
      if (stopping) return;
      linkNow().then(
        (outcome) => {
          if (stopping) return;
          if (outcome.ok) take(outcome.link);
          else again(TRY_AGAIN_MS);
        },
        () => (stopping ? undefined : again(TRY_AGAIN_MS)),
      );
    });
  };

  return {
    fetch: async (request) => {
      if (current === null) throw new Error('no agent answers');
      return current.fetch(request);
    },
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    mode: () => current?.mode ?? null,
    wake: () => current?.wake(),
    start: async () => {
      const outcome = await linkNow();
      if (outcome.ok && !stopping) take(outcome.link);
      return outcome;
    },
    stop: async () => {
      stopping = true;
      cancel();
      // One that is only starting would hold its lock and its socket until this process is gone.
      const outcome = await linking;
      if (outcome?.ok === true && outcome.link !== current) await outcome.link.stop();
      await current?.stop();
    },
  };
}
