import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BundlePayload } from '../src/shared/contracts/bundle.ts';
import { type Machine, makeMachine, type RunningAgent } from './agent-at-hub.ts';
import {
  publish,
  type StandInHub,
  type StandInStream,
  standInAccount,
  standInKey,
  startStandInHub,
} from './stand-in-hub.ts';

/** Longer than any reconnect after one failure waits. */
const RECONNECTED = 10_000;

let hub: StandInHub;
let machine: Machine;

beforeAll(async () => {
  hub = await startStandInHub();
});
afterAll(() => hub.stop());
beforeEach(async () => {
  hub.accounts.clear();
  hub.accounts.set('ada', standInAccount('ada', ['acme', 'beta']));
  hub.accounts.set('bob', standInAccount('bob', ['acme']));
  hub.policies.clear();
  hub.keys = [await standInKey()];
  hub.requests.length = 0;
  machine = await makeMachine();
});
afterEach(async () => {
  hub.intercept = null;
  await machine.end();
  await expect.poll(() => hub.streams.length).toBe(0);
  expect(machine.time.waiting()).toBe(0);
});

const theme = (value: string): Partial<BundlePayload> => ({
  document: { configurationFileVersion: 2, theme: { locked: true, value } },
});
const policyFetches = () => hub.requests.filter((each) => each === 'GET /v1/agent/policy').length;
const seqOf = async (agent: RunningAgent) => (await agent.status()).policy?.seq;

/** Time goes on a little, and what is looked at follows; for polling. */
function passing<T>({ time }: Machine, ms: number, seen: T): T {
  time.advance(ms);
  return seen;
}

/** The only stream that is open. */
async function stream(): Promise<StandInStream> {
  await expect.poll(() => hub.streams.length).toBe(1);
  const [only] = hub.streams;
  if (only === undefined) throw new Error('no stream');
  return only;
}

async function following(): Promise<RunningAgent> {
  await publish(hub, 'ada', 'acme', 10, theme('light'));
  const agent = await machine.launch();
  await agent.signIn(hub, 'ada');
  await stream();
  await expect.poll(() => seqOf(agent)).toBe(10);
  await expect
    .poll(async () => (await agent.status()).sync)
    .toMatchObject({ push: 'connected', state: 'idle' });
  return agent;
}

/** Lets every planned fetch happen, and end. */
async function settle(agent: RunningAgent): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    machine.time.advance(300);
    await expect.poll(async () => (await agent.status()).sync.state).not.toBe('fetching');
  }
}

describe('a nudge', () => {
  it('brings a change into force without anybody asking, while the poll is an hour away', async () => {
    const agent = await following();
    expect(await agent.store()).toMatchObject({ ThemeSource: 'light' });
    await publish(hub, 'ada', 'acme', 11, theme('dark'));
    (await stream()).nudge(11);
    await expect.poll(() => passing(machine, 300, agent.store())).toMatchObject({ ThemeSource: 'dark' });
    expect(await seqOf(agent)).toBe(11);
  });

  it('does nothing when its number is held, however often and in whatever order it comes', async () => {
    const agent = await following();
    await settle(agent);
    const before = policyFetches();
    const open = await stream();
    for (const seq of [10, 9, 10, 3, 10]) open.nudge(seq);
    open.send(
      'event: policy\ndata: not json\n\nevent: policy\ndata: {"seq":"11"}\n\nevent: other\ndata: {"seq":99}\n\n',
    );
    // What comes after them has been read after them.
    await publish(hub, 'ada', 'acme', 11);
    open.nudge(11);
    await expect.poll(() => passing(machine, 300, seqOf(agent))).toBe(11);
    expect(policyFetches()).toBe(before + 1);
  });

  it('that comes as one of a storm costs no more than a fetch or two', async () => {
    const agent = await following();
    await settle(agent);
    const before = policyFetches();
    await publish(hub, 'ada', 'acme', 1_000);
    const open = await stream();
    for (let seq = 11; seq <= 1_000; seq += 1) open.nudge(seq);
    for (let seq = 1_000; seq > 10; seq -= 1) open.nudge(seq);
    await expect.poll(() => passing(machine, 300, seqOf(agent))).toBe(1_000);
    await settle(agent);
    expect(policyFetches() - before).toBeLessThanOrEqual(2);
  });

  it('that is lost is made good by the poll', async () => {
    const agent = await following();
    await publish(hub, 'ada', 'acme', 11);
    machine.time.advance(67 * 60_000);
    await expect.poll(() => seqOf(agent)).toBe(11);
  });

  it('cannot put a forged or older bundle in force: policy comes by fetching alone', async () => {
    const agent = await following();
    await publish(hub, 'ada', 'acme', 9, theme('dark'));
    (await stream()).nudge(11);
    await expect.poll(() => passing(machine, 300, policyProblems(agent))).toContain('rolled_back');
    expect(await agent.store()).toMatchObject({ ThemeSource: 'light' });
  });
});

const policyProblems = async (agent: RunningAgent) => (await agent.policy()).problems.map(({ code }) => code);

describe('the stream', () => {
  it('is resumed from the number that is held, after a delay, and misses nothing', async () => {
    const agent = await following();
    (await stream()).end();
    await expect.poll(() => hub.streams.length).toBe(0);
    await expect.poll(async () => (await agent.status()).sync.push).toBe('connecting');
    await publish(hub, 'ada', 'acme', 11);
    expect(hub.streams).toHaveLength(0);
    machine.time.advance(RECONNECTED);
    expect((await stream()).lastEventId).toBe('10');
    await expect.poll(() => passing(machine, 300, seqOf(agent))).toBe(11);
  });

  it('is taken for dead and opened anew when nothing is heard, as after a sleep', async () => {
    const agent = await following();
    const first = await stream();
    // Heartbeats keep it.
    for (let beat = 0; beat < 6; beat += 1) {
      first.send(':\n\n');
      await settle(agent);
      machine.time.advance(25_000);
    }
    expect(hub.streams).toEqual([first]);
    machine.time.setWallBy(10 * 60_000);
    machine.time.advance(30_000);
    machine.time.advance(RECONNECTED);
    await expect.poll(() => hub.streams.length === 1 && hub.streams[0] !== first).toBe(true);
  });

  it('of a captive portal, a redirect or an endless line is given up, and the agent goes on', async () => {
    const answers = [
      ['text/html', 200, '<html>Please pay</html>'],
      ['text/event-stream', 302, ''],
      ['text/event-stream', 200, `data: ${'x'.repeat(100_000)}`],
    ] as const;
    let tries = 0;
    hub.intercept = (request, response) => {
      if (!request.url?.startsWith('/v1/agent/events')) return false;
      const answer = answers[tries];
      tries += 1;
      if (answer === undefined) return false;
      const [type, status, body] = answer;
      response.writeHead(status, { 'content-type': type, location: 'http://127.0.0.1:9/' });
      response.write(body);
      if (status !== 200) response.end();
      return true;
    };
    await publish(hub, 'ada', 'acme', 10);
    const agent = await machine.launch();
    await agent.signIn(hub, 'ada');
    await expect.poll(() => passing(machine, 1_000, hub.streams.length)).toBe(1);
    await expect.poll(async () => (await agent.status()).sync.push).toBe('connected');
  });

  it('follows the account: another organization, signing out, another person', async () => {
    await publish(hub, 'ada', 'beta', 30);
    const agent = await following();
    expect((await agent.ask('POST', '/v1/account/organization', { organization: 'beta' })).status).toBe(200);
    await expect.poll(() => hub.streams.map(({ organization }) => organization)).toEqual(['beta']);
    await agent.ask('POST', '/v1/account/logout');
    await expect.poll(() => hub.streams.length).toBe(0);
    expect((await agent.status()).sync.push).toBe('off');
    await publish(hub, 'bob', 'acme', 40);
    await agent.signIn(hub, 'bob');
    await expect.poll(() => hub.streams.map(({ userId }) => userId)).toEqual(['bob']);
  });

  it('that the hub ends because the session is over leaves the policy in force and says "sign in again"', async () => {
    const agent = await following();
    await hub.endSessions();
    const ending = await stream();
    ending.send('event: end\ndata: {"reason":"signed_out"}\n\n');
    ending.end();
    // The access token of this stand-in outlives the session; an hour later it does not.
    machine.time.advance(67 * 60_000);
    await expect.poll(async () => (await agent.status()).account.state).toBe('sign-in-again');
    expect(await agent.store()).toMatchObject({ ThemeSource: 'light' });
    await expect.poll(async () => (await agent.status()).sync.push).toBe('off');
    await agent.signIn(hub, 'ada');
    await expect.poll(() => hub.streams.length).toBe(1);
  });
});

describe('two agents of one user', () => {
  it('both hear, each fetches for itself', async () => {
    const other = await makeMachine();
    try {
      const first = await following();
      const second = await other.launch();
      await second.signIn(hub, 'ada');
      await expect.poll(() => hub.streams.length).toBe(2);
      await publish(hub, 'ada', 'acme', 11, theme('dark'));
      for (const open of hub.streams) open.nudge(11);
      await expect.poll(() => passing(machine, 300, first.store())).toMatchObject({ ThemeSource: 'dark' });
      await expect.poll(() => passing(other, 300, second.store())).toMatchObject({ ThemeSource: 'dark' });
    } finally {
      await other.end();
    }
  });
});
