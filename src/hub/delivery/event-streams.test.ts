import type { ServerResponse } from 'node:http';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Announcement } from '../database/announcements.ts';
import type { Db } from '../database/connection.ts';
import { createEventStreams, type EventStreams } from './event-streams.ts';
import type { AgentStream } from './stream-registry.ts';

/* The streams of one process, with time and the database in the test's hands. */

const START = Date.parse('2026-01-02T03:04:05Z');
let now = START;
let streams: EventStreams;
let announce: (announcement: Announcement) => void;
let asked: { readonly told: ReadonlyMap<string, number>; answer(seq: number): void; fail(): void }[];
const errors: unknown[] = [];
/** For whom a bundle was signed before they asked. */
let signed: string[] = [];
/** Who was looked at again, question by question; the answer to those questions. */
let renewed: (readonly string[])[] = [];
let renewing = Promise.resolve();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
  now = START;
  asked = [];
  errors.length = 0;
  signed = [];
  renewed = [];
  renewing = Promise.resolve();
  standing = [];
  streams = createEventStreams({
    db: answering(() => standing),
    clock: { now: () => now },
    announcements: {
      subscribe: (listener) => {
        announce = listener;
        return () => undefined;
      },
    },
    prepare: (_organization, told) =>
      new Promise((resolve, reject) => {
        asked.push({
          told,
          answer: (seq) =>
            resolve(
              new Map([...told.keys()].map((user) => [user, { seq, sign: () => void signed.push(user) }])),
            ),
          fail: () => reject(new Error('the database is away')),
        });
      }),
    renew: (bearers) => {
      renewed.push(bearers.map(({ userId }) => userId));
      return renewing;
    },
    random: () => 0.5,
    onError: (error) => errors.push(error),
  });
});
afterEach(() => {
  streams.drain();
  vi.useRealTimers();
});

/** What the database says of a stream; who may go on is asked of a real one in events.test.ts. */
let standing: readonly object[] = [];

/** A database that answers every question with these rows. */
function answering(rows: () => readonly object[]): Db {
  const answer = async () => ({ rows: [...rows()] });
  const driver = Object.assign(new DummyDriver(), {
    acquireConnection: async () => ({ executeQuery: answer, streamQuery: async function* () {} }),
  });
  return new Kysely({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => driver,
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}

/** A stream of its own user, and what was written to it. */
function open(
  user: string,
  more: { readonly endsAt?: number; readonly backlog?: number; readonly since?: number } = {},
) {
  const written: string[] = [];
  let destroyed = false;
  const response = {
    write: (text: string) => written.push(text),
    end: (text: string) => written.push(text),
    once: () => undefined,
    destroy: () => {
      destroyed = true;
    },
    writableLength: more.backlog ?? 0,
    writableEnded: false,
  };
  const stream: AgentStream = {
    response: response as unknown as ServerResponse,
    bearer: {
      ...{ userId: user, sessionId: 's', sessionExpiresAt: new Date(more.endsAt ?? START + 86_400_000) },
      proof: { authorization: `Bearer ${user}`, idHash: '', endsAt: START },
    },
    ...{ organizationId: 'acme', told: 1 },
  };
  streams.open(stream, more.since ?? streams.changes);
  const endNow = () => {
    response.writableEnded = true;
  };
  return { written, isDestroyed: () => destroyed, end: endNow };
}

function pass(ms: number): void {
  now += ms;
  vi.advanceTimersByTime(ms);
}
/** Whatever has been answered is followed. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
const everybody = () => announce({ channel: 'mooring_sequences', payload: '{"organization":"acme"}' });

describe('a heartbeat', () => {
  it('is a comment each 25 seconds, neither sooner nor later', () => {
    const { written } = open('ada');
    pass(24_999);
    expect(written).toEqual([]);
    pass(1);
    expect(written).toEqual([':\n\n']);
    pass(24_999);
    expect(written).toHaveLength(1);
    pass(1);
    expect(written).toEqual([':\n\n', ':\n\n']);
  });

  it('finds the session at its end, and the reader that takes nothing', () => {
    const ending = open('ada', { endsAt: START + 30_000 });
    const stuck = open('bob', { backlog: 65 * 1024 });
    pass(50_000);
    expect(ending.written.at(-1)).toContain('signed_out');
    expect(streams.size).toBe(1);
    expect([stuck.isDestroyed(), stuck.written]).toEqual([true, []]);
  });
});

it('what changed while a stream was being opened is told to it', async () => {
  const before = streams.changes;
  announce({ channel: 'mooring_sequences', payload: '{"organization":"acme","user":"ada","seq":9}' });
  standing = [{ n: 1, session: true, member: true, seq: 9 }];
  const { written } = open('ada', { since: before });
  await expect.poll(() => asked.length).toBe(1);
  asked[0]?.answer(9);
  await expect.poll(() => written).toEqual(['id: 9\nevent: policy\ndata: {"seq":9}\n\n']);
});

describe('a change for a whole organization', () => {
  it('reaches the first before the last are asked about, and everybody in the end, once', async () => {
    const all = Array.from({ length: 600 }, (_, index) => open(`user ${index}`));
    const told = () => all.filter(({ written }) => written.length > 0).length;
    const asking = async (count: number) => {
      while (asked.length < count) await settled();
    };
    everybody();
    expect(asked.map(({ told }) => told.size)).toEqual([64]);
    asked[0]?.answer(7);
    await asking(2);
    expect([told(), asked[1]?.told.size]).toEqual([64, 500]);
    asked[1]?.answer(7);
    await settled();
    // A few at a time: whoever was told can come before the next are told.
    expect(told()).toBeGreaterThan(64);
    expect(told()).toBeLessThan(564);
    // Announced again meanwhile: who is still to be asked about is asked about once.
    everybody();
    for (const index of [2, 3]) {
      await asking(index + 1);
      asked[index]?.answer(7);
    }
    while (told() < 600) await settled();
    for (const { written } of all) expect(written).toEqual(['id: 7\nevent: policy\ndata: {"seq":7}\n\n']);
    expect(new Set(signed).size).toBe(600);
  });

  it('is told once those who will come for it have been looked at again, all with one question', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    renewing = promise;
    const all = [open('ada'), open('bob')];
    everybody();
    asked[0]?.answer(7);
    await settled();
    expect(renewed).toEqual([['ada', 'bob']]);
    expect(all.map(({ written }) => written.length)).toEqual([0, 0]);
    resolve();
    await settled();
    expect(all.map(({ written }) => written.length)).toEqual([1, 1]);
  });

  it('leaves a stream alone that ended while its news were read', async () => {
    const ended = open('ada');
    const kept = open('bob');
    everybody();
    ended.end();
    asked[0]?.answer(7);
    await settled();
    expect([ended.written.length, kept.written.length]).toEqual([0, 1]);
  });

  it('is told later when the database is away, in a second', async () => {
    const { written } = open('ada');
    everybody();
    asked[0]?.fail();
    await settled();
    expect([written.length, errors.length]).toEqual([0, 1]);
    pass(1_000);
    expect(asked).toHaveLength(2);
    asked[1]?.answer(9);
    await settled();
    expect(written).toHaveLength(1);
  });

  it('that a stream was told already is not told again, nor what is older', async () => {
    const { written } = open('ada');
    announce({ channel: 'mooring_sequences', payload: '{"organization":"acme","user":"ada","seq":9}' });
    announce({ channel: 'mooring_sequences', payload: '{"organization":"acme","user":"ada","seq":9}' });
    announce({ channel: 'mooring_sequences', payload: '{"organization":"acme","user":"ada","seq":8}' });
    everybody();
    asked[0]?.answer(9);
    await settled();
    expect(written).toEqual(['id: 9\nevent: policy\ndata: {"seq":9}\n\n']);
  });
});
