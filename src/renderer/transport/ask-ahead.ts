import { LOCAL_ROUTES } from '../../shared/contracts/local-api.ts';
import type { CarriedAnswer, Carrier, StreamListener } from './carrier.ts';

/** What every page of the dashboard reads first. */
const FIRST_READ = [
  LOCAL_ROUTES.status.path,
  LOCAL_ROUTES.settings.path,
  LOCAL_ROUTES.catalog.path,
] as const satisfies readonly string[];

/**
 * Subscribes to the agent's events and reads what every page needs first, before the page is drawn: the agent works
 * while the browser does. The first that follows gets the stream that is already there, with all it missed; the first
 * read of each kind gets its answer, unless an event or a change has made it old meanwhile.
 */
export function askAhead(carrier: Carrier): Carrier {
  const ahead = new Map<string, Promise<CarriedAnswer>>();
  const early = followEarly(carrier, {
    open: () => {
      for (const path of FIRST_READ) {
        const answer = carrier.send({ method: 'GET', path });
        // Whoever takes it hears of its failure; where nobody does, nothing is lost.
        answer.catch(() => {});
        ahead.set(path, answer);
      }
    },
    data: () => ahead.clear(),
  });
  return {
    send: (request) => {
      if (request.method !== 'GET') ahead.clear();
      const answer = ahead.get(request.path);
      ahead.delete(request.path);
      return answer ?? carrier.send(request);
    },
    follow: (listener, signal) => early.handOver(listener, signal) ?? carrier.follow(listener, signal),
  };
}

/** A stream that runs before anybody listens to it. */
interface EarlyStream {
  /** Gives it to the first who asks, from its beginning; `null` for everybody after. */
  handOver(listener: StreamListener, signal: AbortSignal): Promise<number> | null;
}

/** `first` hears of everything before the one who listens. */
function followEarly(carrier: Carrier, first: StreamListener): EarlyStream {
  const stopping = new AbortController();
  const missed: ((listener: StreamListener) => void)[] = [];
  let taken = false;
  let listening: StreamListener | null = null;
  const tell = (what: (listener: StreamListener) => void) => {
    what(first);
    if (listening === null) missed.push(what);
    else what(listening);
  };
  const ended = carrier.follow(
    { open: () => tell((each) => each.open()), data: (text) => tell((each) => each.data(text)) },
    stopping.signal,
  );
  ended.catch(() => {});
  return {
    handOver: (listener, signal) => {
      if (taken) return null;
      taken = true;
      if (signal.aborted) stopping.abort();
      else signal.addEventListener('abort', () => stopping.abort(), { once: true });
      for (const what of missed.splice(0)) what(listener);
      listening = listener;
      return ended;
    },
  };
}
