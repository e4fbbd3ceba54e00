import { LOCAL_ROUTES, type LocalRoute } from '../../shared/contracts/local-api.ts';
import type { CarriedAnswer, Carrier, StreamListener } from './carrier.ts';

/** What every page of the dashboard reads first. */
const FIRST_READ = ['status', 'settings', 'catalog'] as const satisfies readonly LocalRoute[];
type FirstRead = (typeof FIRST_READ)[number];

/** What was answered before the page is drawn. */
export type FirstAnswers = ReadonlyMap<FirstRead, CarriedAnswer>;

/** A carrier that has asked before it is told to. */
export interface AheadCarrier extends Carrier {
  /**
   * The answers to what every page reads first, once all are there or `patience` is over. Each is given once: a read
   * that comes later asks the agent. One that came too late is left for the first read of its kind; one that an event
   * has made old is nowhere.
   */
  first(patience: Promise<unknown>): Promise<FirstAnswers>;
}

/**
 * Subscribes to the agent's events and reads what every page needs first, before the page is drawn: the agent works
 * while the browser does. The first that follows gets the stream that is already there, with all it missed; the first
 * read of each kind gets its answer, unless an event or a change has made it old meanwhile.
 */
export function askAhead(carrier: Carrier): AheadCarrier {
  const ahead = new Map<string, Ahead>();
  const asked = Promise.withResolvers<void>();
  const early = followEarly(carrier, {
    open: () => {
      for (const name of FIRST_READ) ahead.set(LOCAL_ROUTES[name].path, ask(carrier, name));
      asked.resolve();
    },
    data: () => ahead.clear(),
  });
  const arrived = async (): Promise<void> => {
    await Promise.race([asked.promise, early.ended]);
    await Promise.allSettled([...ahead.values()].map(({ coming }) => coming));
  };
  return {
    first: async (patience) => {
      await Promise.race([arrived(), patience]);
      const taken = new Map<FirstRead, CarriedAnswer>();
      for (const [path, { name, here }] of ahead) {
        if (here === null) continue;
        taken.set(name, here);
        ahead.delete(path);
      }
      return taken;
    },
    send: (request) => {
      if (request.method !== 'GET') ahead.clear();
      const coming = ahead.get(request.path)?.coming;
      ahead.delete(request.path);
      return coming ?? carrier.send(request);
    },
    follow: (listener, signal) => early.handOver(listener, signal) ?? carrier.follow(listener, signal),
  };
}

/** A read that was asked for before anybody wanted it. */
interface Ahead {
  readonly name: FirstRead;
  readonly coming: Promise<CarriedAnswer>;
  /** Its answer, once it is there. */
  here: CarriedAnswer | null;
}

function ask(carrier: Carrier, name: FirstRead): Ahead {
  const { method, path } = LOCAL_ROUTES[name];
  const coming = carrier.send({ method, path });
  const ahead: Ahead = { name, coming, here: null };
  // Whoever takes it hears of its failure; where nobody does, nothing is lost.
  coming.then(
    (answer) => {
      ahead.here = answer;
    },
    () => {},
  );
  return ahead;
}

/** A stream that runs before anybody listens to it. */
interface EarlyStream {
  /** Settles when the stream ends, however it does; never rejects. */
  readonly ended: Promise<unknown>;
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
  return {
    ended: ended.catch(() => {}),
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
