import { EventSourceParserStream } from 'eventsource-parser/stream';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { policyNudgeSchema, streamEndSchema } from '../../shared/contracts/agent-api.ts';
import {
  createAccount,
  createTestOrganization,
  hubForFile,
  OPERATOR,
  signInDesktop,
  startTestHub,
  type TestAccount,
  type TestHub,
} from '../identity/test-hub.ts';
import { removeMember } from '../organizations/member-service.ts';
import { setDefaultPolicy } from '../policies/assignment-service.ts';
import { createPolicy, updatePolicy } from '../policies/policy-service.ts';

const { database, hub } = hubForFile();
/** A second process of the hub: what changes through one is told by the other. */
let other: TestHub;
let ada: TestAccount;
let bob: TestAccount;
let acme: { readonly id: string; readonly name: string };
let policyId: string;
let token: string;
let open: EventReader[] = [];

interface EventReader {
  readonly response: Response;
  /** The next event of the stream; `null` at its end. */
  next(): Promise<{ event: string | undefined; id: string | undefined; data: string } | null>;
  readonly retries: readonly number[];
  stop(): void;
}

async function listen(
  options: { at?: TestHub; bearer?: string; org?: string; lastEventId?: string } = {},
): Promise<EventReader> {
  const { at = hub, bearer = token, org = 'acme', lastEventId } = options;
  const stopping = new AbortController();
  const response = await fetch(`${at.url}/v1/agent/events?org=${org}`, {
    headers: {
      authorization: `Bearer ${bearer}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    signal: stopping.signal,
  });
  const retries: number[] = [];
  const events = response.body
    ?.pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream({ onRetry: (retry) => retries.push(retry) }))
    .getReader();
  const reader: EventReader = {
    response,
    retries,
    next: async () => {
      const read = await events?.read();
      if (read === undefined || read.done) return null;
      const { event, id, data } = read.value;
      return { event, id, data };
    },
    stop: () => stopping.abort(),
  };
  open.push(reader);
  return reader;
}

async function nextSeq(reader: EventReader): Promise<number> {
  const event = await reader.next();
  expect(event?.event).toBe('policy');
  const { seq } = policyNudgeSchema.parse(JSON.parse(event?.data ?? ''));
  expect(event?.id).toBe(String(seq));
  return seq;
}

async function seqOf(userId: string): Promise<number> {
  const { rows } = await sql<{ seq: number }>`
    select seq from bundle_sequences where organization_id = ${acme.id} and user_id = ${userId}`.execute(
    database.db,
  );
  return rows[0]?.seq ?? 0;
}

const save = (memory: number) =>
  updatePolicy(
    database.db,
    OPERATOR,
    { organizationId: acme.id, policyId, version: null },
    { document: { memoryMiB: { locked: true, value: memory } }, reason: '' },
  );

beforeAll(async () => {
  other = await startTestHub(database, { publicUrl: hub.url });
  ada = await createAccount(database, 'ada@acme.example');
  bob = await createAccount(database, 'bob@acme.example');
  acme = await createTestOrganization(database, 'acme', [ada, bob]);
  await createTestOrganization(database, 'globex', [bob]);
  const made = await createPolicy(database.db, OPERATOR, acme.id, {
    name: 'Standard',
    description: '',
    document: {},
    reason: '',
  });
  policyId = made.id;
  await setDefaultPolicy(database.db, OPERATOR, acme.id, policyId);
  token = (await signInDesktop(hub, ada.email)).tokens.access_token;
});
afterAll(async () => {
  await other?.stop();
});
afterEach(() => {
  for (const reader of open) reader.stop();
  open = [];
});

describe('GET /v1/agent/events', () => {
  it('says where policy stands, then nudges on every change, from whichever process', async () => {
    const here = await listen();
    const there = await listen({ at: other });
    expect(here.response.headers.get('content-type')).toBe('text/event-stream');
    const first = await nextSeq(here);
    expect(first).toBe(await seqOf(ada.id));
    expect(await nextSeq(there)).toBe(first);
    await save(2048);
    const second = await nextSeq(here);
    expect(second).toBeGreaterThan(first);
    expect(await nextSeq(there)).toBe(second);
    expect(second).toBe(await seqOf(ada.id));
    expect(here.retries).toEqual([5000]);
  });

  it('resumes by Last-Event-ID: silent when nothing was missed, at once when something was', async () => {
    const present = await seqOf(ada.id);
    const missedNothing = await listen({ lastEventId: String(present) });
    const missedOne = await listen({ lastEventId: String(present - 1) });
    expect(await nextSeq(missedOne)).toBe(present);
    await save(4096);
    // Its first event is the new one: the old was not repeated.
    expect(await nextSeq(missedNothing)).toBe(await seqOf(ada.id));
  });

  it.each(['x', '-1', '99999999999999999999', '9'.repeat(15), '1.5'])(
    'is not silenced by Last-Event-ID %s',
    async (lastEventId) => {
      const reader = await listen({ lastEventId });
      expect(await nextSeq(reader)).toBe(await seqOf(ada.id));
    },
  );

  it('refuses whoever has no session, names no organization, or is no member of it', async () => {
    expect((await listen({ bearer: 'x'.repeat(43) })).response.status).toBe(401);
    expect((await listen({ org: '' })).response.status).toBe(400);
    expect((await listen({ org: '%00' })).response.status).toBe(400);
    const foreign = await listen({ org: 'globex' });
    const missing = await listen({ org: 'nowhere' });
    expect([foreign.response.status, missing.response.status]).toEqual([403, 403]);
  });

  it('ends with the session, in every process, and leaves other sessions of the user alone', async () => {
    const signedIn = await signInDesktop(hub, ada.email);
    const bearer = signedIn.tokens.access_token;
    const kept = [await listen(), await listen({ at: other })];
    const ended = [await listen({ bearer }), await listen({ bearer, at: other })];
    for (const reader of [...kept, ...ended]) await nextSeq(reader);
    await sql`delete from device_sessions where id =
      (select id from device_sessions where user_id = ${ada.id} order by created_at desc limit 1)`.execute(
      database.db,
    );
    for (const reader of ended) {
      const event = await reader.next();
      expect(event?.event).toBe('end');
      expect(streamEndSchema.parse(JSON.parse(event?.data ?? ''))).toEqual({ reason: 'signed_out' });
      expect(await reader.next()).toBeNull();
    }
    await save(8192);
    for (const reader of kept) expect(await nextSeq(reader)).toBe(await seqOf(ada.id));
  });

  it('gives nothing more, in any process, to whoever was signed out between the nudge and the fetch', async () => {
    const bearer = (await signInDesktop(hub, ada.email)).tokens.access_token;
    const statusAt = async ({ url }: TestHub) =>
      (await fetch(`${url}/v1/agent/policy?org=acme`, { headers: { authorization: `Bearer ${bearer}` } }))
        .status;
    const processes = [
      { at: hub, reader: await listen({ bearer }) },
      { at: other, reader: await listen({ bearer, at: other }) },
    ];
    for (const { at, reader } of processes) {
      await nextSeq(reader);
      expect(await statusAt(at)).toBe(200);
    }
    await save(7168);
    for (const { reader } of processes) expect(await nextSeq(reader)).toBe(await seqOf(ada.id));
    // Bearer and new bundle are both in memory by now.
    await sql`delete from device_sessions where id =
      (select id from device_sessions where user_id = ${ada.id} order by created_at desc limit 1)`.execute(
      database.db,
    );
    for (const { at, reader } of processes) {
      expect((await reader.next())?.event).toBe('end');
      expect(await statusAt(at)).toBe(401);
    }
  });

  it('ends with the membership', async () => {
    const bearer = (await signInDesktop(hub, bob.email)).tokens.access_token;
    const reader = await listen({ bearer, at: other });
    const elsewhere = await listen({ bearer, org: 'globex' });
    await nextSeq(reader);
    await nextSeq(elsewhere);
    await removeMember(database.db, OPERATOR, acme.id, bob.id);
    const event = await reader.next();
    expect(streamEndSchema.parse(JSON.parse(event?.data ?? ''))).toEqual({ reason: 'not_member' });
    expect(await reader.next()).toBeNull();
    expect((await listen({ bearer })).response.status).toBe(403);
    // The other organization's stream goes on.
    await sql`update bundle_sequences set seq = seq + 1 where user_id = ${bob.id}`.execute(database.db);
    await nextSeq(elsewhere);
  });

  it('misses nothing that changed while the connection for announcements was broken', async () => {
    const readers = [await listen(), await listen({ at: other })];
    for (const reader of readers) await nextSeq(reader);
    const listeners = async () => {
      const { rows } = await sql<{ pid: number }>`select pid from pg_stat_activity
        where application_name = 'mooring-hub listener' and datname = current_database()`.execute(
        database.db,
      );
      return rows.map(({ pid }) => pid);
    };
    const before = await listeners();
    expect(before.length).toBeGreaterThanOrEqual(2);
    await sql`select pg_terminate_backend(pid) from unnest(${before}::int[]) as pid`.execute(database.db);
    await expect.poll(async () => (await listeners()).filter((pid) => before.includes(pid))).toEqual([]);
    await save(5120);
    for (const reader of readers) expect(await nextSeq(reader)).toBe(await seqOf(ada.id));
    // And it hears again.
    await expect.poll(async () => (await listeners()).length).toBe(before.length);
    await save(6144);
    for (const reader of readers) expect(await nextSeq(reader)).toBe(await seqOf(ada.id));
  });

  it('tells everybody once when a hub stops, with a time to come back that spreads them', async () => {
    const stopping = await startTestHub(database, { publicUrl: hub.url });
    const readers = await Promise.all(Array.from({ length: 20 }, () => listen({ at: stopping })));
    for (const reader of readers) await nextSeq(reader);
    const stopped = stopping.stop();
    for (const reader of readers) {
      const event = await reader.next();
      expect(streamEndSchema.parse(JSON.parse(event?.data ?? ''))).toEqual({ reason: 'draining' });
      expect(await reader.next()).toBeNull();
    }
    await stopped;
    const retries = readers.map((reader) => reader.retries.at(-1) ?? 0);
    expect(new Set(retries).size).toBeGreaterThan(10);
    expect(Math.min(...retries)).toBeGreaterThanOrEqual(1_000);
    expect(Math.max(...retries)).toBeLessThanOrEqual(15_000);
  });

  it('keeps only so many streams of one user: the oldest makes room', async () => {
    const first = await listen();
    await nextSeq(first);
    for (let opened = 0; opened < 32; opened += 1) await listen();
    const event = await first.next();
    expect(streamEndSchema.parse(JSON.parse(event?.data ?? ''))).toEqual({ reason: 'draining' });
    expect(await first.next()).toBeNull();
  });
});
