import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Machine, makeMachine, type RunningAgent } from './agent-at-hub.ts';
import { FAILURE_MODES, type FailureMode, failAs } from './stand-in-hub/failure-modes.ts';
import { publish, type StandInHub, standInAccount, standInKey, startStandInHub } from './stand-in-hub.ts';

/*
 * Every failure of a hub or its network, met at the first launch, while running and at a start with a kept policy:
 * what is in force, what is shown, what is reported, and that it all comes right by itself afterwards.
 */

const LIGHT = { configurationFileVersion: 2, theme: { locked: true, value: 'light' } };
const DARK = { configurationFileVersion: 2, theme: { locked: true, value: 'dark' } };

/** What is shown of each failure: the code of the failed sync, and words a person can do something with. */
const SHOWN: Readonly<Record<Exclude<FailureMode, 'none' | 'clock_skew'>, readonly [string, RegExp]>> = {
  malformed: ['malformed', /not a signed bundle/],
  wrong_signature: ['bad_signature', /changed on the way, or forged/],
  rolled_back: ['rolled_back', /older \(1\) than one already accepted/],
  slow: ['unreachable', /no answer in time/],
  disconnecting: ['unreachable', /was not reached|broke off/],
  server_error: ['unreachable', /answered 500/],
  captive_portal: ['unreachable', /web page instead of the hub/],
  redirect_loop: ['unreachable', /redirect/],
  huge_body: ['unreachable', /larger than/],
};
const CONTENT: readonly FailureMode[] = ['malformed', 'wrong_signature', 'rolled_back'];
const MODES = FAILURE_MODES.filter((mode) => mode !== 'none' && mode !== 'clock_skew');

let hub: StandInHub;
let machine: Machine;

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
  machine = await makeMachine({ hubTimeouts: { connect: 400, response: 400, total: 2_000 } });
});
afterEach(async () => {
  await failAs(hub, 'none');
  await machine.end();
  expect(machine.time.waiting()).toBe(0);
});

const bind = () =>
  machine.write('etc/mooring/policy.json', {
    ...{ hubUrl: hub.url, hubKeys: hub.keys.map(({ jwk }) => jwk), allowedOrgs: ['acme'] },
  });
const inForce = async (agent: RunningAgent) => (await agent.store()).ThemeSource;

/** The failure is over: policy and report come by themselves, within the longest back-off. */
async function comesRight(agent: RunningAgent, theme: string): Promise<void> {
  await failAs(hub, 'none');
  await expect
    .poll(async () => {
      machine.time.advance(5_000);
      return inForce(agent);
    })
    .toBe(theme);
  await expect.poll(async () => (await agent.status()).sync).toMatchObject({ state: 'idle', error: null });
  await expect
    .poll(() => {
      machine.time.advance(5_000);
      return hub.reports.at(-1)?.policy.seq;
    })
    .toBe(20);
  expect((await agent.status()).problems).toEqual([]);
  expect((await agent.status()).frozen).toBe(null);
}

function isShown(mode: (typeof MODES)[number], sync: { error: unknown }): void {
  const [code, words] = SHOWN[mode];
  expect(sync.error).toMatchObject({ code, message: expect.stringMatching(words) });
}

async function isReported(mode: (typeof MODES)[number]): Promise<void> {
  if (!CONTENT.includes(mode)) return;
  await expect
    .poll(() => {
      machine.time.advance(5_000);
      return hub.reports.map(({ refused }) => refused?.reason);
    })
    .toContain(SHOWN[mode][0]);
}

describe.each(MODES)('%s', (mode) => {
  it('at the first launch: nothing is in force, a bound device is frozen and not free', async () => {
    await bind();
    await publish(hub, 'ada', 'acme', 20, { document: DARK });
    // A number below what was seen can only be told where one was seen.
    if (mode === 'rolled_back') await seen();
    const agent = await machine.launch();
    await failAs(hub, mode);
    await agent.signIn(hub, 'ada');
    const status = await agent.status();
    expect(status).toMatchObject({
      policy: null,
      frozen: 'policy_source_broken',
      account: { state: 'signed-in' },
    });
    isShown(mode, status.sync);
    expect(await inForce(agent)).toBe('system');
    expect((await agent.ask('PATCH', '/v1/settings', { set: { theme: 'light' } })).status).toBe(503);
    await isReported(mode);
    await comesRight(agent, 'dark');
  });

  it('while running: the last policy stays in force', async () => {
    await publish(hub, 'ada', 'acme', 10, { document: LIGHT });
    const agent = await machine.launch();
    await agent.signIn(hub, 'ada');
    await publish(hub, 'ada', 'acme', 20, { document: DARK });
    await failAs(hub, mode);
    expect((await agent.sync()).outcome).toBe(CONTENT.includes(mode) ? 'refused' : 'failed');
    const status = await agent.status();
    isShown(mode, status.sync);
    expect(status).toMatchObject({ policy: { seq: 10, stale: false }, frozen: null });
    expect(await inForce(agent)).toBe('light');
    expect((await agent.ask('PATCH', '/v1/settings', { set: { theme: 'dark' } })).status).toBe(423);
    await isReported(mode);
    await comesRight(agent, 'dark');
  });

  it('at a start with a kept policy: that is in force from the first moment', async () => {
    await publish(hub, 'ada', 'acme', 10, { document: LIGHT });
    const before = await machine.launch();
    await before.signIn(hub, 'ada');
    await before.stop();
    machine.time.advance(3 * 86_400_000);
    await publish(hub, 'ada', 'acme', 20, { document: DARK });
    await failAs(hub, mode, 'everything');
    const agent = await machine.launch();
    expect(await inForce(agent)).toBe('light');
    await agent.sync();
    const status = await agent.status();
    expect(status).toMatchObject({ policy: { seq: 10 }, frozen: null, account: { state: 'signed-in' } });
    // How old it is can be seen.
    expect(machine.time.clock.wall() - Date.parse(status.policy?.fetchedAt ?? '')).toBeGreaterThan(
      2 * 86_400_000,
    );
    if (CONTENT.includes(mode)) isShown(mode, status.sync);
    else expect(status.sync.error?.code).toBe('unreachable');
    await isReported(mode);
    await comesRight(agent, 'dark');
  });
});

/** The device has seen a number, and lost the bundle with it. */
async function seen(): Promise<void> {
  await machine.write('home/.mooring/desktop/bundle.json', {
    ...{ version: 1, bundle: null, grace: null },
    highest: { [JSON.stringify([hub.url, 'ada', 'acme'])]: 5 },
  });
}

describe('a hub whose clock is ahead', () => {
  it('is followed all the same: numbers are only compared with each other', async () => {
    await publish(hub, 'ada', 'acme', 10, { document: LIGHT });
    const agent = await machine.launch();
    await agent.signIn(hub, 'ada');
    await publish(hub, 'ada', 'acme', 20, { document: DARK });
    await failAs(hub, 'clock_skew');
    expect((await agent.sync()).outcome).toBe('updated');
    expect(await inForce(agent)).toBe('dark');
    expect((await agent.status()).problems).toEqual([]);
  });
});
