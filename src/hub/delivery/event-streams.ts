import { EVENT_HEARTBEAT_SECONDS } from '../../shared/contracts/agent-api.ts';
import type { Clock } from '../clock.ts';
import type { Announcements } from '../database/announcements.ts';
import type { Db } from '../database/connection.ts';
import type { AgentBearer } from '../identity/agent-access.ts';
import type { News } from './bundles.ts';
import { readSequenceAnnouncement } from './sequence-announcement.ts';
import { type AgentStream, beat, createStreamRegistry, end, nudge } from './stream-registry.ts';
import { readStanding } from './stream-standing.ts';

export interface EventStreamOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly announcements: Announcements;
  /** What those members are about to fetch whose numbers are above what they were told, by user. */
  readonly prepare: (
    organizationId: string,
    told: ReadonlyMap<string, number>,
  ) => Promise<ReadonlyMap<string, News>>;
  /** Lets those of these bearers who are still good be answered from memory for a moment: they are about to come. */
  readonly renew: (bearers: readonly AgentBearer[]) => Promise<void>;
  /** From 0 up to 1, as `Math.random`. */
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
}

/** Every open event stream of this process: they only nudge (docs/delivery.md section 2). */
export interface EventStreams {
  readonly size: number;
  /**
   * Takes over a stream whose head is written. What changed while its caller was asking the database is told here.
   * @param since `changes` from before the database was asked
   */
  open(stream: AgentStream, since: number): void;
  /** Counts announcements. */
  readonly changes: number;
  /** True once `drain` was called: nothing may be opened any more. */
  readonly draining: boolean;
  /** Tells every stream to come back later, each at a time of its own, and ends it. */
  drain(): void;
}

/** What is asked of the database about a stream: whether there is news for it, or also whether it may go on. */
type Question = 'news' | 'standing';

/** A hub that restarts is not stampeded: its agents come back spread over this long. */
const RETRY_FROM_MS = 1_000;
const RETRY_SPREAD_MS = 14_000;
const RETRY_LONGEST_MS = RETRY_FROM_MS + RETRY_SPREAD_MS;
/**
 * The first are served while the next are still being asked about: whoever comes back at once for what they were told
 * of is not queued behind a whole fleet, and the fleet does not come in one moment.
 */
const ASKED_FIRST = 64;
const ASKED_TOGETHER = 500;
/** So many are told, and their bundles signed, between two looks at who has come. */
const TOLD_AT_ONCE = 16;
/** Nobody has that many devices; somebody may try to fill the hub's memory. */
const STREAMS_OF_ONE_USER = 32;

export function createEventStreams(options: EventStreamOptions): EventStreams {
  const { db, clock, announcements, prepare, renew, random, onError } = options;
  const registry = createStreamRegistry();
  const due = new Map<AgentStream, Question>();
  let changes = 0;
  let draining = false;
  let asking = false;
  let retry: NodeJS.Timeout | undefined;

  const close = (stream: AgentStream, reason: 'signed_out' | 'not_member' | 'draining', retryMs?: number) => {
    registry.remove(stream);
    due.delete(stream);
    end(stream, reason, retryMs);
  };
  /** Asks the database about streams; one question at a time, so a storm of changes becomes few questions. */
  const look = async (): Promise<void> => {
    if (asking || draining) return;
    asking = true;
    try {
      for (let most = ASKED_FIRST; due.size > 0 && !draining; most = ASKED_TOGETHER) {
        const some = [...due].slice(0, most);
        for (const [stream] of some) due.delete(stream);
        try {
          await tell(some);
        } catch (error) {
          onError(error);
          for (const [stream, question] of some) ask(stream, question);
          retry ??= setTimeout(() => {
            retry = undefined;
            void look();
          }, 1_000);
          return;
        }
      }
    } finally {
      asking = false;
    }
  };
  const tell = async (questions: readonly (readonly [AgentStream, Question])[]): Promise<void> => {
    const doubted = questions.flatMap(([stream, question]) => (question === 'standing' ? [stream] : []));
    const curious = questions.flatMap(([stream, question]) => (question === 'news' ? [stream] : []));
    if (doubted.length > 0) {
      for (const [stream, now] of await readStanding(db, doubted, new Date(clock.now()))) {
        if (now.kind === 'ended') close(stream, now.reason);
        else if (now.seq > stream.told) curious.push(stream);
      }
    }
    for (const [organizationId, streams] of Map.groupBy(curious, (stream) => stream.organizationId)) {
      const told = new Map<string, number>();
      for (const { bearer, told: seq } of streams) {
        told.set(bearer.userId, Math.min(seq, told.get(bearer.userId) ?? seq));
      }
      const [news] = await Promise.all([
        prepare(organizationId, told),
        renew(streams.map(({ bearer }) => bearer)),
      ]);
      await tellNews(streams, news);
    }
  };
  /** Who may have been signed out is looked at whole; a mere question for news must not hide that. */
  const ask = (stream: AgentStream, question: Question): void => {
    if (due.get(stream) !== 'standing') due.set(stream, question);
  };
  const lookAt = (streams: Iterable<AgentStream>, question: Question): void => {
    for (const stream of streams) ask(stream, question);
    void look();
  };

  const unsubscribe = announcements.subscribe(({ channel, payload }) => {
    changes += 1;
    switch (channel) {
      case 'mooring_sequences': {
        const changed = readSequenceAnnouncement(payload);
        if (changed === null) return lookAt(registry.all(), 'standing');
        const { organization, user, seq } = changed;
        if (user === undefined || seq === undefined) {
          const members = [...registry.all()].filter((stream) => stream.organizationId === organization);
          return lookAt(members, 'news');
        }
        for (const stream of registry.ofUser(user)) {
          if (stream.organizationId === organization) nudge(stream, seq);
        }
        return;
      }
      case 'mooring_access':
        return lookAt(registry.ofUser(payload), 'standing');
      case 'connected':
        return lookAt(registry.all(), 'standing');
      default:
        return;
    }
  });
  // One timer for all: ten thousand would cost more than the streams.
  const heartbeat = setInterval(() => {
    const now = clock.now();
    for (const stream of registry.all()) {
      if (stream.bearer.sessionExpiresAt.getTime() <= now) close(stream, 'signed_out');
      else beat(stream);
    }
  }, EVENT_HEARTBEAT_SECONDS * 1000);

  return {
    get size() {
      return registry.size;
    },
    get changes() {
      return changes;
    },
    get draining() {
      return draining;
    },
    open(stream, since) {
      registry.add(stream);
      const [oldest, ...others] = registry.ofUser(stream.bearer.userId);
      if (oldest !== undefined && others.length >= STREAMS_OF_ONE_USER)
        close(oldest, 'draining', RETRY_LONGEST_MS);
      stream.response.once('close', () => {
        registry.remove(stream);
        due.delete(stream);
      });
      if (since !== changes) lookAt([stream], 'standing');
    },
    drain() {
      draining = true;
      unsubscribe();
      clearInterval(heartbeat);
      clearTimeout(retry);
      for (const stream of [...registry.all()]) {
        close(stream, 'draining', RETRY_FROM_MS + random() * RETRY_SPREAD_MS);
      }
    },
  };
}

/**
 * A few at a time, each time with as many turns of the event loop: a turn takes in one new connection, so whoever was
 * told is served before the last are told, and the fleet has work while the hub signs.
 */
async function tellNews(streams: readonly AgentStream[], news: ReadonlyMap<string, News>): Promise<void> {
  for (let from = 0; from < streams.length; from += TOLD_AT_ONCE) {
    const some = streams.slice(from, from + TOLD_AT_ONCE);
    for (const stream of some) nudge(stream, news.get(stream.bearer.userId)?.seq ?? stream.told);
    for (const { bearer } of some) news.get(bearer.userId)?.sign();
    await turns(some.length);
  }
}

/** Lets the event loop turn so many times; one promise for all of them. */
function turns(count: number): Promise<void> {
  return new Promise((resolve) => {
    const turn = (left: number): unknown => (left === 0 ? resolve() : setImmediate(turn, left - 1));
    turn(count);
  });
}
