import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BundlePayload } from '../src/shared/contracts/bundle.ts';
import { type Machine, makeMachine, type RunningAgent } from './agent-at-hub.ts';
import { publish, type StandInHub, standInAccount, standInKey, startStandInHub } from './stand-in-hub.ts';

const HOUR = 60 * 60_000;
const DOCUMENT = {
  configurationFileVersion: 2,
  theme: { locked: true, value: 'light' },
  analyticsEnabled: { locked: true, value: false },
  memoryMiB: { locked: false, value: 4096 },
};
const EXCEPTIONS = [
  { setting: 'theme', maxSeconds: 3_600 },
  { setting: 'disableUpdate', maxSeconds: 3_600 },
  { setting: 'memoryMiB', maxSeconds: 3_600 },
];

let hub: StandInHub;
let machine: Machine;
let asked: unknown[];

beforeAll(async () => {
  hub = await startStandInHub();
});
afterAll(() => hub.stop());
beforeEach(async () => {
  hub.accounts.clear();
  hub.accounts.set('ada', standInAccount('ada', ['acme']));
  hub.policies.clear();
  hub.keys = [await standInKey()];
  hub.reports.length = 0;
  hub.ended.length = 0;
  asked = [];
  machine = await makeMachine();
});
afterEach(async () => {
  hub.intercept = null;
  hub.grant = null;
  await machine.end();
  expect(machine.time.waiting()).toBe(0);
});

const seconds = () => Math.floor(machine.time.clock.wall() / 1000);
const issue = (seq: number, change: Partial<BundlePayload> = {}) =>
  publish(hub, 'ada', 'acme', seq, {
    ...{ document: DOCUMENT, exceptions: EXCEPTIONS, iat: seconds() },
    ...change,
  });

/** A hub that grants whatever it is asked for, and publishes it with the next number. */
function granting(): void {
  let seq = 10;
  hub.grant = (_user, _organization, request) => {
    asked.push(request);
    seq += 1;
    const grantedAt = new Date(machine.time.clock.wall()).toISOString();
    const until = new Date(machine.time.clock.wall() + request.seconds * 1000).toISOString();
    const { setting, value, reason } = request;
    const override = { id: randomUUID(), setting, value, reason, grantedAt, until };
    published = issue(seq, { overrides: [override] });
    return { override, seq };
  };
}
let published: Promise<void> = Promise.resolve();

async function ready(): Promise<RunningAgent> {
  granting();
  await issue(10);
  const agent = await machine.launch();
  await agent.signIn(hub, 'ada');
  expect(await agent.store()).toMatchObject({ ThemeSource: 'light' });
  return agent;
}

const request = (agent: RunningAgent, body: Record<string, unknown> = {}) =>
  agent.ask('POST', '/v1/overrides', {
    ...{ setting: 'theme', value: 'dark', seconds: 600, reason: 'Presenting in a dark room' },
    ...body,
  });
const codeOf = ({ body }: { body: unknown }) =>
  typeof body === 'object' && body !== null && 'error' in body ? body.error : null;

async function overridden(): Promise<RunningAgent> {
  const agent = await ready();
  expect((await request(agent)).status).toBe(200);
  expect(await agent.store()).toMatchObject({ ThemeSource: 'dark' });
  return agent;
}

describe('an override', () => {
  it('is asked for with a reason, takes force, is shown everywhere and stays locked', async () => {
    const agent = await ready();
    const answer = await request(agent);
    await published;
    expect(answer).toMatchObject({
      status: 200,
      body: {
        overrides: [{ setting: 'theme', value: 'dark', returnsTo: 'light', until: expect.any(String) }],
      },
    });
    expect(asked).toMatchObject([
      {
        setting: 'theme',
        value: 'dark',
        seconds: 600,
        reason: 'Presenting in a dark room',
        deviceId: expect.any(String),
      },
    ]);
    expect(await agent.store()).toMatchObject({ ThemeSource: 'dark' });
    expect(await agent.setting('theme')).toMatchObject({
      value: 'dark',
      locked: true,
      managedBy: { override: { returnsTo: 'light' } },
    });
    expect((await agent.status()).overrides).toHaveLength(1);
    expect((await agent.ask('PATCH', '/v1/settings', { set: { theme: 'light' } })).status).toBe(423);
    // An edit of the store is drift towards the overridden value.
    await writeFile(
      agent.agent.paths.store,
      JSON.stringify({ ...(await agent.store()), ThemeSource: 'system' }),
    );
    await agent.sync();
    expect(await agent.store()).toMatchObject({ ThemeSource: 'dark' });
    await expect
      .poll(() => {
        machine.time.advance(1_000);
        return hub.reports.at(-1)?.settings.find(({ id }) => id === 'theme')?.outcome;
      })
      .toBe('overridden');
    expect(hub.reports.at(-1)?.overrides).toHaveLength(1);
  });

  it('ends by itself at its time, without hub or restart, and the value returns', async () => {
    const agent = await overridden();
    hub.intercept = (_request, response) => {
      response.destroy();
      return true;
    };
    machine.time.advance(599_000);
    await agent.sync();
    expect(await agent.store()).toMatchObject({ ThemeSource: 'dark' });
    machine.time.advance(2_000);
    await expect.poll(() => agent.store()).toMatchObject({ ThemeSource: 'light' });
    expect((await agent.setting('theme')).managedBy?.override).toBeUndefined();
    expect((await agent.status()).overrides).toEqual([]);
    hub.intercept = null;
    await expect
      .poll(() => {
        machine.time.advance(30_000);
        return hub.reports.at(-1)?.reason;
      })
      .toBe('override');
    expect(hub.reports.at(-1)).toMatchObject({ overrides: [] });
  });

  it('ends by the wall clock after a sleep, in which the other stood still', async () => {
    const agent = await overridden();
    machine.time.setWallBy(HOUR);
    machine.time.advance(30_000);
    await expect.poll(() => agent.store()).toMatchObject({ ThemeSource: 'light' });
  });

  it('ends by the monotonic clock when the wall clock is set back, and does not come back with a restart', async () => {
    const agent = await overridden();
    machine.time.setWallBy(-30 * 24 * HOUR);
    machine.time.advance(601_000);
    await expect.poll(() => agent.store()).toMatchObject({ ThemeSource: 'light' });
    await agent.stop();
    const again = await machine.launch({ schedule: false });
    expect(await again.store()).toMatchObject({ ThemeSource: 'light' });
  });

  it('lasts no longer for restarts with the clock set back', async () => {
    let agent = await overridden();
    for (let run = 0; run < 2; run += 1) {
      machine.time.advance(250_000);
      await agent.stop();
      machine.time.setWallBy(-250_000);
      agent = await machine.launch({ schedule: false });
      expect(await agent.store()).toMatchObject({ ThemeSource: 'dark' });
    }
    machine.time.advance(120_000);
    await expect.poll(() => agent.store()).toMatchObject({ ThemeSource: 'light' });
  });

  it('survives a restart while its time lasts', async () => {
    const agent = await overridden();
    await agent.stop();
    machine.time.advance(120_000);
    const again = await machine.launch({ schedule: false });
    expect(await again.store()).toMatchObject({ ThemeSource: 'dark' });
    machine.time.advance(600_000);
    await expect.poll(() => again.store()).toMatchObject({ ThemeSource: 'light' });
  });

  it('ends at once when the hub revokes it, or the person ends it', async () => {
    const agent = await overridden();
    await issue(50);
    await agent.sync();
    expect(await agent.store()).toMatchObject({ ThemeSource: 'light' });
    const override = {
      id: 'g1',
      setting: 'theme',
      value: 'dark',
      until: new Date(machine.time.clock.wall() + HOUR).toISOString(),
    };
    await issue(51, { overrides: [override] });
    await agent.sync();
    expect(await agent.store()).toMatchObject({ ThemeSource: 'dark' });
    await issue(52);
    expect((await agent.ask('POST', '/v1/overrides/end', { setting: 'theme' })).status).toBe(200);
    expect(hub.ended).toEqual(['g1']);
    expect(await agent.store()).toMatchObject({ ThemeSource: 'light' });
  });

  it('leaves nothing behind in what is remembered of the policy', async () => {
    const agent = await overridden();
    await agent.stop();
    // The kept bundle is ruined: what is remembered stands in, and that is the policy's own value.
    await writeFile(agent.agent.paths.bundle, 'ruined');
    const again = await machine.launch({ schedule: false });
    expect(await again.store()).toMatchObject({ ThemeSource: 'light' });
    const state = JSON.parse(await readFile(again.agent.paths.state, 'utf8'));
    expect(state.lastGood['organization-policy']?.values?.theme ?? 'light').toBe('light');
  });
});

describe('a request for an override', () => {
  it.each([
    ['of a setting that is not locked', { setting: 'memoryMiB', value: 5000 }, 409, 'conflict'],
    ['with a value that is not one', { value: 'purple' }, 422, 'invalid_value'],
    ['of no setting', { setting: 'themes' }, 404, 'unknown_setting'],
    ['of another platform', { setting: 'wslEngineEnabled', value: true }, 422, 'not_applicable'],
    ['without a reason', { reason: ' ' }, 400, 'bad_request'],
  ])('%s is refused before the hub is asked', async (_what, body, status, code) => {
    const agent = await ready();
    const answer = await request(agent, body);
    expect([answer.status, codeOf(answer)]).toEqual([status, expect.objectContaining({ code })]);
    expect(asked).toEqual([]);
  });

  it.each([
    ['without an exception in the policy', { setting: 'analyticsEnabled', value: true }, /no exception/],
    ['for longer than the policy allows', { seconds: 7_200 }, /at most 1h/],
  ])('%s is refused by the hub, which writes it down, and without it too', async (_what, body, words) => {
    const agent = await ready();
    hub.grant = (_user, _organization, wanted) => {
      asked.push(wanted);
      return null;
    };
    const refused = { code: 'override_not_allowed', message: expect.stringMatching(words) };
    expect(await request(agent, body)).toMatchObject({ status: 403, body: { error: refused } });
    expect(asked).toMatchObject([{ reason: 'Presenting in a dark room', ...body }]);
    hub.intercept = (_request, response) => {
      response.destroy();
      return true;
    };
    expect(await request(agent, body)).toMatchObject({ status: 403, body: { error: refused } });
    expect(await agent.store()).toMatchObject({ ThemeSource: 'light', AnalyticsEnabled: false });
  });

  it('that the hub allows by now is granted, although the policy here does not say so yet', async () => {
    const agent = await ready();
    expect((await request(agent, { setting: 'analyticsEnabled', value: true })).status).toBe(200);
    expect(await agent.store()).toMatchObject({ AnalyticsEnabled: true });
  });

  it('of what the computer itself locks is refused', async () => {
    await machine.write('etc/mooring/policy.json', {
      settings: { theme: { locked: true, value: 'system' } },
    });
    granting();
    await issue(10);
    const agent = await machine.launch();
    await agent.signIn(hub, 'ada');
    const answer = await request(agent);
    expect([answer.status, codeOf(answer)]).toEqual([
      403,
      expect.objectContaining({ code: 'override_not_allowed' }),
    ]);
    expect(asked).toEqual([]);
  });

  it('that the hub refuses says so, and changes nothing', async () => {
    const agent = await ready();
    hub.grant = () => null;
    const answer = await request(agent);
    expect([answer.status, codeOf(answer)]).toEqual([
      403,
      expect.objectContaining({ code: 'override_not_allowed' }),
    ]);
    expect(await agent.store()).toMatchObject({ ThemeSource: 'light' });
  });

  it('needs the network, and a session', async () => {
    const agent = await ready();
    hub.intercept = (_request, response) => {
      response.destroy();
      return true;
    };
    expect(await request(agent)).toMatchObject({ status: 502, body: { error: { code: 'unreachable' } } });
    hub.intercept = null;
    await agent.ask('POST', '/v1/account/logout');
    expect(await request(agent)).toMatchObject({
      status: 403,
      body: { error: { code: 'sign_in_required' } },
    });
  });

  it('asks for as long as the policy allows when no time is given', async () => {
    const agent = await ready();
    expect((await request(agent, { seconds: undefined })).status).toBe(200);
    expect(asked).toMatchObject([{ seconds: 3_600 }]);
  });
});
