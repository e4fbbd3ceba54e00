import { once } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../../test/manual-clock.ts';
import type { AccessToken } from '../account/account-service.ts';
import type { HubStreamAnswer, HubStreamRequest } from './hub-stream.ts';
import { createPolicyEvents, type PolicyEvents } from './policy-events.ts';

/*
 * The pace of the stream, at a hub that answers as a test says. That it works at a real one, through real
 * connections, is test/push.test.ts.
 */

const OWNER = {
  hubUrl: 'https://hub',
  issuer: 'https://hub',
  userId: 'ada',
  organization: 'acme',
  memberships: [],
};

let time: ReturnType<typeof manualClock>;
let opened: HubStreamRequest[];
let answer: () => HubStreamAnswer;
let token: (rejected?: string) => AccessToken;
let signedIn: boolean;
let events: PolicyEvents;
let ends: number;
/** What chance says next; 1 where the test does not care. */
let moments: number[];

const refusal = (status: number, headers: Record<string, string> = {}): HubStreamAnswer => ({
  ...{ ok: true, status, headers, text: null },
});
const said = (...lines: string[]): HubStreamAnswer => ({
  ...{ ok: true, status: 200, headers: {} },
  text: (async function* () {
    yield* lines;
  })(),
});

beforeEach(() => {
  time = manualClock();
  opened = [];
  ends = 0;
  moments = [];
  signedIn = true;
  answer = () => refusal(503);
  token = () => ({ ok: true, token: 'token' });
  events = createPolicyEvents({
    http: {
      stream: async (request) => {
        opened.push(request);
        return answer();
      },
    },
    account: {
      owner: () => (signedIn ? OWNER : null),
      state: () => ({
        state: signedIn ? 'signed-in' : 'signed-out',
        account: null,
        sessionStorage: 'memory',
      }),
      accessToken: async (rejected) => token(rejected),
    },
    clock: time.clock,
    random: () => moments.shift() ?? 1,
    highestSeq: () => 7,
    onNudge: () => {},
    onEnd: () => {
      ends += 1;
    },
    onState: () => {},
  });
});

/** How long after the last attempt the next one comes, in milliseconds. */
async function untilNext(): Promise<number> {
  await expect.poll(() => time.waiting()).toBe(1);
  const before = opened.length;
  const from = time.clock.monotonic();
  while (time.waiting() > 0) time.advance(10);
  await expect.poll(() => opened.length).toBe(before + 1);
  return time.clock.monotonic() - from;
}

describe('reconnecting', () => {
  it('waits within a window that doubles with each failure, up to five minutes', async () => {
    events.start();
    const waits: number[] = [];
    for (let failure = 0; failure < 8; failure += 1) waits.push(await untilNext());
    expect(waits).toEqual([5_250, 10_250, 20_250, 40_250, 80_250, 160_250, 300_250, 300_250]);
    await events.stop();
  });

  it('comes back at a moment of its own within the window: a fleet does not come in step', async () => {
    moments = [0, 0.5, 0.25];
    events.start();
    const waits = [await untilNext(), await untilNext(), await untilNext()];
    expect(waits).toEqual([250, 5_250, 5_250]);
    await events.stop();
  });

  it('begins with the short window again after a stream that lived', async () => {
    events.start();
    await untilNext();
    answer = () => said(':\n\n');
    await untilNext();
    expect(await untilNext()).toBe(5_250);
    await events.stop();
  });

  it('heeds what the hub asks for: `retry:` of a stream, `Retry-After` of a refusal', async () => {
    answer = () => said('retry: 60000\n\n');
    events.start();
    expect(await untilNext()).toBe(65_000);
    answer = () => refusal(429, { 'retry-after': '600' });
    await untilNext();
    expect(await untilNext()).toBeGreaterThanOrEqual(600_000);
    await events.stop();
  });

  it('asks the schedule to look after the session when the hub says that it ended, and does not insist', async () => {
    answer = () => said('event: end\ndata: {"reason":"signed_out"}\n\n');
    events.start();
    await untilNext();
    await untilNext();
    expect(ends).toBeGreaterThanOrEqual(2);
    expect(await untilNext()).toBeGreaterThan(10_000);
    answer = () => said('event: end\ndata: {"reason":"draining"}\n\n');
    await untilNext();
    const before = ends;
    expect(await untilNext()).toBe(5_250);
    expect(ends).toBe(before);
    await events.stop();
  });
});

describe('silence', () => {
  it('is borne for two heartbeats of the hub and fifteen seconds, by either clock, and no longer', async () => {
    answer = () => ({
      ...{ ok: true, status: 200, headers: {} },
      text: (async function* () {
        yield ':\n\n';
        await once(opened.at(-1)?.signal ?? new EventTarget(), 'abort');
      })(),
    });
    for (const pass of [time.advance, time.setWallBy]) {
      events.start();
      await expect.poll(() => opened.length === 1 && events.state()).toBe('connected');
      pass(65_000);
      events.check();
      expect(events.state()).toBe('connected');
      pass(1);
      events.check();
      expect(events.state()).toBe('connecting');
      // It may be a whole fleet whose network went: each comes back at a moment of its own.
      expect(await untilNext()).toBe(5_250);
      await events.stop();
      opened = [];
    }
  });
});

describe('opening', () => {
  it('says who asks, for what, and from where on', async () => {
    events.start();
    await expect.poll(() => opened.length).toBe(1);
    expect(opened[0]?.url.href).toBe('https://hub/v1/agent/events?org=acme');
    expect(opened[0]?.headers).toMatchObject({ authorization: 'Bearer token', 'last-event-id': '7' });
    await events.stop();
  });

  it('tries once more with another token where the first is refused, not more often', async () => {
    answer = () => refusal(401);
    token = (rejected) => ({ ok: true, token: rejected === undefined ? 'first' : 'second' });
    events.start();
    await expect.poll(() => time.waiting()).toBe(1);
    expect(opened.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
    await events.stop();
  });

  it('leaves nothing behind: signed out, or stopped while connecting or waiting', async () => {
    events.start();
    await expect.poll(() => time.waiting()).toBe(1);
    signedIn = false;
    events.review();
    expect([time.waiting(), events.state()]).toEqual([0, 'off']);
    signedIn = true;
    events.review();
    expect(events.state()).toBe('connecting');
    await events.stop();
    expect(opened.every(({ signal }) => signal.aborted)).toBe(true);
    expect([time.waiting(), events.state()]).toEqual([0, 'off']);
  });
});
