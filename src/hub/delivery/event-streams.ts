import { setTimeout as wait } from 'node:timers';
import { EVENT_HEARTBEAT_SECONDS } from '../../shared/contracts/agent-api.ts';
import type { Clock } from '../clock.ts';
import type { Announcements } from '../database/announcements.ts';
import type { Db } from '../database/connection.ts';
import { readSequenceAnnouncement } from './sequence-announcement.ts';
import { type AgentStream, beat, createStreamRegistry, end, nudge } from './stream-registry.ts';
import { readStanding } from './stream-standing.ts';

export interface EventStreamOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly announcements: Announcements;
  /** Prepares what these members are about to fetch; called before they are nudged together. */
  readonly prepare: (organizationId: string, userIds: readonly string[]) => Promise<void>;
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

/** A hub that restarts is not stampeded: its agents come back spread over this long. */
const RETRY_FROM_MS = 1_000;
const RETRY_SPREAD_MS = 14_000;
const RETRY_LONGEST_MS = RETRY_FROM_MS + RETRY_SPREAD_MS;
/** Nobody has that many devices; somebody may try to fill the hub's memory. */
const STREAMS_OF_ONE_USER = 32;

export function createEventStreams(options: EventStreamOptions): EventStreams {
  const { db, clock, announcements, prepare, random, onError } = options;
  const registry = createStreamRegistry();
  const due = new Set<AgentStream>();
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
      while (due.size > 0 && !draining) {
        const some = [...due];
        due.clear();
        try {
          await tell(some);
        } catch (error) {
          onError(error);
          for (const stream of some) due.add(stream);
          retry ??= wait(() => {
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
  const tell = async (streams: readonly AgentStream[]): Promise<void> => {
    const standing = await readStanding(db, streams, new Date(clock.now()));
    const news = standing.filter(([stream, now]) => now.kind === 'open' && now.seq > stream.told);
    const byOrganization = Map.groupBy(news, ([stream]) => stream.organizationId);
    for (const [organizationId, members] of byOrganization) {
      const userIds = [...new Set(members.map(([stream]) => stream.userId))];
      // Only a saving: without it each member's fetch asks for itself.
      if (userIds.length > 1) await prepare(organizationId, userIds).catch(onError);
    }
    for (const [stream, now] of standing) {
      if (now.kind === 'open') nudge(stream, now.seq);
      else close(stream, now.reason);
    }
  };
  const lookAt = (streams: Iterable<AgentStream>): void => {
    for (const stream of streams) due.add(stream);
    void look();
  };

  const unsubscribe = announcements.subscribe(({ channel, payload }) => {
    changes += 1;
    switch (channel) {
      case 'mooring_sequences': {
        const changed = readSequenceAnnouncement(payload);
        if (changed === null) return lookAt(registry.all());
        const { organization, user, seq } = changed;
        if (user === undefined || seq === undefined) {
          return lookAt([...registry.all()].filter((stream) => stream.organizationId === organization));
        }
        for (const stream of registry.ofUser(user)) {
          if (stream.organizationId === organization) nudge(stream, seq);
        }
        return;
      }
      case 'mooring_access':
        return lookAt(registry.ofUser(payload));
      case 'connected':
        return lookAt(registry.all());
      default:
        return;
    }
  });
  // One timer for all: ten thousand would cost more than the streams.
  const heartbeat = setInterval(() => {
    const now = clock.now();
    for (const stream of registry.all()) {
      if (stream.endsAt <= now) close(stream, 'signed_out');
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
      const [oldest, ...others] = registry.ofUser(stream.userId);
      if (oldest !== undefined && others.length >= STREAMS_OF_ONE_USER)
        close(oldest, 'draining', RETRY_LONGEST_MS);
      stream.response.once('close', () => {
        registry.remove(stream);
        due.delete(stream);
      });
      if (since !== changes) lookAt([stream]);
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
