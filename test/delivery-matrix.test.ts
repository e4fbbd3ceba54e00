import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AgentReport } from '../src/shared/contracts/device-report.ts';
import { managedHash, managedPairs } from '../src/shared/policy/managed-hash.ts';
import { readDocument } from '../src/shared/policy/read-document.ts';
import { desktopCatalog } from '../src/shared/settings/desktop-catalog.ts';
import { type Machine, makeMachine, type RunningAgent } from './agent-at-hub.ts';
import { FAILURE_MODES, type FailureMode, failAs } from './stand-in-hub/failure-modes.ts';
import { publish, type StandInHub, standInAccount, standInKey, startStandInHub } from './stand-in-hub.ts';

/*
 * Every failure of a hub or its network, met at the first launch, while running and at a start with a kept policy:
 * what is in force, what is shown, what is reported, and that it all comes right by itself afterwards.
 */

const LIGHT = { configurationFileVersion: 2, theme: { locked: true, value: 'light' } };
const DARK = { configurationFileVersion: 2, theme: { locked: true, value: 'dark' } };

/** What a person is told to do about a policy that was refused. */
const TO_DO: Readonly<Partial<Record<FailureMode, RegExp>>> = {
  malformed: /another network.*administrator/,
  wrong_signature: /another network.*administrator/,
  rolled_back: /old state.*new number/,
};

/** What is shown of each failure: the code of the failed sync, and words a person can do something with. */
const SHOWN: Readonly<Record<Exclude<FailureMode, 'none' | 'clock_skew'>, readonly [string, RegExp]>> = {
  malformed: ['malformed', /not a signed bundle/],
  wrong_signature: ['bad_signature', /changed on the way, or forged/],
  rolled_back: ['rolled_back', /older \(1\) than one already accepted/],
  slow: ['unreachable', /no answer in time/],
  disconnecting: ['unreachable', /was not reached|broke off/],
  server_error: ['unreachable', /answered 500|HTTP 500/],
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

/** What the hub computes of a document. */
function hashOf(document: unknown): string {
  const layer = readDocument(document, 'organization-policy', desktopCatalog);
  return managedHash(managedPairs(layer, desktopCatalog, 'linux'), (text) =>
    createHash('sha256').update(text).digest('hex'),
  );
}

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
  // The hub hears that the policy it gives is in force, whole, and of no trouble that is over.
  expect(hub.reports.at(-1)).toMatchObject({
    ...{ fetchedSeq: 20, frozen: null, problems: [] },
    managedHash: hashOf(theme === 'dark' ? DARK : LIGHT),
  });
  expect((await agent.status()).problems).toEqual([]);
  expect((await agent.status()).frozen).toBe(null);
}

function isShown(mode: (typeof MODES)[number], sync: { error: unknown }): void {
  const [code, words] = SHOWN[mode];
  expect(sync.error).toMatchObject({ code, message: expect.stringMatching(words) });
}

/** The problems that every surface lists, in one text. */
function shownProblems({ problems }: Awaited<ReturnType<RunningAgent['status']>>): string {
  return problems.map(({ code, message }) => `${code} ${message}`).join();
}

/** What the hub was told meanwhile: the reason of a refusal, with what is in force all the same; else nothing. */
async function isReported(
  mode: (typeof MODES)[number],
  inForceMeanwhile: Partial<AgentReport>,
): Promise<void> {
  if (!CONTENT.includes(mode)) {
    // A hub that cannot be reached cannot be told; what it hears when it is back is looked at then.
    expect(hub.reports.filter(({ refused }) => refused !== null)).toEqual([]);
    return;
  }
  const refusal = () => hub.reports.find(({ refused }) => refused?.reason === SHOWN[mode][0]);
  await expect
    .poll(() => {
      machine.time.advance(5_000);
      return refusal();
    })
    .toBeDefined();
  expect(refusal()).toMatchObject(inForceMeanwhile);
}

const NOTHING = { fetchedSeq: null, managedHash: null, frozen: 'policy_source_broken' } as const;
const FIRST = { fetchedSeq: 10, managedHash: hashOf(LIGHT), frozen: null };

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
    expect(shownProblems(status)).toMatch(/has not received its policy yet.*mooring sync/);
    expect(shownProblems(status)).toMatch(TO_DO[mode] ?? /"mooring sync"\.$/);
    expect(await inForce(agent)).toBe('system');
    expect((await agent.ask('PATCH', '/v1/settings', { set: { theme: 'light' } })).status).toBe(503);
    await isReported(mode, NOTHING);
    await comesRight(agent, 'dark');
  });

  it('while running: the last policy stays in force', async () => {
    await publish(hub, 'ada', 'acme', 10, { document: LIGHT });
    const agent = await machine.launch();
    await agent.signIn(hub, 'ada');
    await publish(hub, 'ada', 'acme', 20, { document: DARK });
    await failAs(hub, mode);
    const answer = await agent.sync();
    expect(answer.outcome).toBe(CONTENT.includes(mode) ? 'refused' : 'failed');
    expect(answer.error?.help).toMatch(TO_DO[mode] ?? /mooring doctor/);
    const status = await agent.status();
    isShown(mode, status.sync);
    expect(shownProblems(status)).toMatch(TO_DO[mode] ?? /^$/);
    expect(status).toMatchObject({ policy: { seq: 10, stale: false }, frozen: null });
    expect(await inForce(agent)).toBe('light');
    expect((await agent.ask('PATCH', '/v1/settings', { set: { theme: 'dark' } })).status).toBe(423);
    await isReported(mode, FIRST);
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
    isShown(mode, status.sync);
    expect(shownProblems(status)).toMatch(TO_DO[mode] ?? /^$/);
    expect((await agent.ask('PATCH', '/v1/settings', { set: { theme: 'dark' } })).status).toBe(423);
    await isReported(mode, FIRST);
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

describe('a hub whose clock is ahead: numbers are only compared with each other', () => {
  const followed = async (agent: RunningAgent) => {
    expect(await inForce(agent)).toBe('dark');
    const status = await agent.status();
    expect([status.problems, status.frozen, status.sync.error]).toEqual([[], null, null]);
    await expect
      .poll(() => {
        machine.time.advance(5_000);
        return hub.reports.at(-1);
      })
      .toMatchObject({ managedHash: hashOf(DARK), frozen: null, refused: null, problems: [] });
  };

  it('is followed at the first launch', async () => {
    await bind();
    await publish(hub, 'ada', 'acme', 20, { document: DARK });
    await failAs(hub, 'clock_skew');
    const agent = await machine.launch();
    await agent.signIn(hub, 'ada');
    await followed(agent);
  });

  it('is followed while running, and by an agent that starts with a kept policy', async () => {
    await publish(hub, 'ada', 'acme', 10, { document: LIGHT });
    const agent = await machine.launch();
    await agent.signIn(hub, 'ada');
    await publish(hub, 'ada', 'acme', 20, { document: DARK });
    await failAs(hub, 'clock_skew');
    expect((await agent.sync()).outcome).toBe('updated');
    await followed(agent);
    await agent.stop();
    hub.reports.length = 0;
    // The next start meets nobody, and then a hub whose clock is still ahead.
    await failAs(hub, 'server_error', 'everything');
    const again = await machine.launch();
    expect(await inForce(again)).toBe('dark');
    await failAs(hub, 'clock_skew');
    await again.sync();
    await followed(again);
  });
});
