import { type LocalEvent, localEventSchema } from '../../shared/contracts/local-api.ts';
import type { Carrier } from './carrier.ts';

/** How the page stands to the agent. */
export type Connection = 'connecting' | 'live' | 'lost' | 'session-ended';

export interface LiveEventsOptions {
  readonly carrier: Carrier;
  onConnection(connection: Connection): void;
  /** `null`: subscribed anew, so anything may have changed meanwhile. */
  onEvent(event: LocalEvent | null): void;
  /** Milliseconds before attempt `n` (0 after a loss), given by whoever wants other delays than the usual. */
  readonly delay?: (attempt: number) => number;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;

const usualDelay = (attempt: number) =>
  Math.min(FIRST_DELAY_MS * 2 ** attempt, LONGEST_DELAY_MS) * (0.8 + Math.random() * 0.4);

/** Follows the agent's events, reconnecting for ever with growing delays. Returns how to stop, and how to hurry. */
export function followLiveEvents(options: LiveEventsOptions): { stop(): void; retryNow(): void } {
  const { carrier, onConnection, onEvent, delay = usualDelay } = options;
  const stopping = new AbortController();
  let hurry = () => {};
  const wait = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async () => {
    let attempt = 0;
    onConnection('connecting');
    while (!stopping.signal.aborted) {
      const status = await followOnce(carrier, stopping.signal, {
        open: () => {
          attempt = 0;
          onConnection('live');
          onEvent(null);
        },
        data: (text) => {
          const event = readEvent(text);
          if (event !== null) onEvent(event);
        },
      });
      if (stopping.signal.aborted) return;
      if (status === 401) return onConnection('session-ended');
      onConnection('lost');
      await wait(delay(attempt));
      attempt += 1;
    }
  };
  void run();
  return {
    stop: () => {
      stopping.abort();
      hurry();
    },
    retryNow: () => hurry(),
  };
}

async function followOnce(
  carrier: Carrier,
  signal: AbortSignal,
  listener: Parameters<Carrier['follow']>[0],
): Promise<number | null> {
  try {
    return await carrier.follow(listener, signal);
  } catch {
    return null;
  }
}

// An event of a kind this page does not know says nothing it could use: a newer agent may send some.
function readEvent(text: string): LocalEvent | null {
  try {
    const parsed = localEventSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
