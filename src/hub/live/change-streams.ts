import { setTimeout as wait } from 'node:timers';
import { z } from 'zod';
import {
  CHANGE_EVENT,
  type Change,
  LOOK_BACK_MS,
  STREAM_END_EVENT,
} from '../../shared/contracts/hub-changes.ts';
import type { Announcement, Announcements } from '../database/announcements.ts';
import type { Role } from '../database/schema.ts';
import { createRecentChanges, type RecentChanges } from './recent-changes.ts';

/** One open page that wants to hear of changes. */
export interface ChangeStream {
  readonly organizationId: string;
  /** Who listens: an account or an API token. */
  readonly listener: string;
  /** What they may do at present; rejects when they may not listen any more. */
  readonly check: () => Promise<Role>;
  readonly write: (text: string) => void;
  readonly end: () => void;
}

/** The open pages of this process, told of changes through the announcements of the database. */
export interface ChangeStreams {
  readonly size: number;
  /** Returns how to leave. */
  open(stream: ChangeStream, role: Role): () => void;
  /** Ends every stream: the hub stops. */
  drain(): void;
}

export interface ChangeStreamsOptions {
  readonly announcements: Announcements;
  readonly heartbeatMs?: number;
  /** How long changes are collected before they are told. */
  readonly gatherMs?: number;
  /** What a stream that opens is told at once. */
  readonly recent?: RecentChanges;
}

const HEARTBEAT_MS = 25_000;
/** A storm of reports or a provisioning run becomes a few events. */
const GATHER_MS = 150;
/** Tabs of one person; the oldest is asked to stay away. */
const STREAMS_OF_ONE_LISTENER = 20;

/** What members hear of: all that may change their own settings. */
const MEMBER_TOPICS: ReadonlySet<string> = new Set(['policy', 'member', 'team', 'organization', 'scim', '*']);
/** What editors hear of beside that; everything else is for owners alone. */
const EDITOR_TOPICS: ReadonlySet<string> = new Set([
  ...MEMBER_TOPICS,
  'device',
  'rollout',
  'override',
  'access',
]);
/** After these somebody may have lost what let them listen. */
const ACCESS_TOPICS: ReadonlySet<string> = new Set([
  'member',
  'token',
  'scim',
  'organization',
  'account',
  '*',
]);

const announcedSchema = z.object({ organization: z.string(), topic: z.string() });

/** Which kinds of change a role is told of. */
function hears(role: Role, topic: string): boolean {
  if (role === 'owner') return true;
  return (role === 'editor' ? EDITOR_TOPICS : MEMBER_TOPICS).has(topic);
}

interface Listening {
  readonly stream: ChangeStream;
  role: Role;
}

export function createChangeStreams(options: ChangeStreamsOptions): ChangeStreams {
  const { announcements, heartbeatMs = HEARTBEAT_MS, gatherMs = GATHER_MS } = options;
  const recent = options.recent ?? createRecentChanges({ keepMs: LOOK_BACK_MS });
  const open = new Map<string, Set<Listening>>();
  const gathered = new Map<string, Set<string>>();
  let flushing: NodeJS.Timeout | undefined;

  const leave = (each: Listening): void => {
    const others = open.get(each.stream.organizationId);
    others?.delete(each);
    if (others?.size === 0) open.delete(each.stream.organizationId);
  };
  const close = (each: Listening): void => {
    leave(each);
    each.stream.write(`event: ${STREAM_END_EVENT}\ndata: {}\n\n`);
    each.stream.end();
  };
  /** False: they may not listen any more, and were sent away. */
  const checked = async (each: Listening): Promise<boolean> => {
    try {
      each.role = await each.stream.check();
      return true;
    } catch {
      close(each);
      return false;
    }
  };
  const tell = ({ stream, role }: Listening, topics: Iterable<string>): void => {
    const heard = [...topics].filter((topic) => hears(role, topic));
    if (heard.length > 0) stream.write(eventOf({ topics: heard }));
  };
  const flush = async (): Promise<void> => {
    flushing = undefined;
    const news = [...gathered];
    gathered.clear();
    for (const [organizationId, topics] of news) {
      const doubtful = [...topics].some((topic) => ACCESS_TOPICS.has(topic));
      for (const each of [...(open.get(organizationId) ?? [])]) {
        if (doubtful && !(await checked(each))) continue;
        tell(each, topics);
      }
    }
  };
  const gather = (organizationId: string, topic: string): void => {
    if (!open.has(organizationId)) return;
    const topics = gathered.get(organizationId);
    if (topics === undefined) gathered.set(organizationId, new Set([topic]));
    else topics.add(topic);
    flushing ??= wait(() => void flush(), gatherMs);
  };
  const hear = ({ channel, payload }: Announcement): void => {
    if (channel === 'mooring_changes') {
      const said = readAnnounced(payload);
      if (said === null) return;
      recent.note(said.organization, said.topic);
      gather(said.organization, said.topic);
    } else if (channel === 'connected') {
      recent.noteUnheard();
      for (const organizationId of open.keys()) gather(organizationId, '*');
    } else if (channel === 'mooring_access') {
      for (const each of everyone()) if (each.stream.listener === payload) void checked(each);
    }
  };
  const everyone = (): Listening[] => [...open.values()].flatMap((some) => [...some]);
  const unsubscribe = announcements.subscribe(hear);
  // A session that only runs out is announced by nobody.
  const heartbeat = setInterval(() => {
    for (const each of everyone())
      void checked(each).then((may) => (may ? each.stream.write(':\n\n') : undefined));
  }, heartbeatMs);

  return {
    get size() {
      return everyone().length;
    },
    open(stream, role) {
      const each: Listening = { stream, role };
      const others = open.get(stream.organizationId) ?? new Set();
      open.set(stream.organizationId, others.add(each));
      // The page began to read before this: what changed in between it would never hear of.
      tell(each, recent.of(stream.organizationId));
      const own = everyone().filter(({ stream: { listener } }) => listener === stream.listener);
      const [oldest] = own;
      if (oldest !== undefined && own.length > STREAMS_OF_ONE_LISTENER) close(oldest);
      return () => leave(each);
    },
    drain() {
      unsubscribe();
      clearInterval(heartbeat);
      clearTimeout(flushing);
      // Without the farewell: pages come back by themselves when the hub is there again.
      for (const each of everyone()) {
        leave(each);
        each.stream.end();
      }
    },
  };
}

function eventOf(change: Change): string {
  return `event: ${CHANGE_EVENT}\ndata: ${JSON.stringify(change)}\n\n`;
}

function readAnnounced(payload: string): z.infer<typeof announcedSchema> | null {
  try {
    return announcedSchema.parse(JSON.parse(payload));
  } catch {
    return null;
  }
}
