import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BundlePayload, OFFLINE_BUNDLE_AUDIENCE } from '../src/shared/contracts/bundle.ts';
import { doctorAnswerSchema } from '../src/shared/contracts/local-api.ts';
import { type Machine, makeMachine, type RunningAgent } from './agent-at-hub.ts';
import {
  publish,
  type StandInHub,
  type StandInKey,
  standInAccount,
  standInKey,
  standInPayload,
  startStandInHub,
} from './stand-in-hub.ts';

const DAY = 24 * 60 * 60_000;
const LIGHT = { configurationFileVersion: 2, theme: { locked: true, value: 'light' } };
const DARK = { configurationFileVersion: 2, theme: { locked: true, value: 'dark' } };

let hub: StandInHub;
let machine: Machine;
let key: StandInKey;

beforeAll(async () => {
  hub = await startStandInHub();
});
afterAll(() => hub.stop());
beforeEach(async () => {
  hub.accounts.clear();
  hub.accounts.set('ada', standInAccount('ada', ['acme']));
  hub.accounts.set('bob', standInAccount('bob', ['acme']));
  hub.policies.clear();
  key = await standInKey();
  hub.keys = [key];
  hub.requests.length = 0;
  machine = await makeMachine();
});
afterEach(async () => {
  hub.intercept = null;
  await machine.end();
  expect(machine.time.waiting()).toBe(0);
});

const inDays = (days: number) => Math.floor((machine.time.clock.wall() + days * DAY) / 1000);
const profile = (change: Record<string, unknown> = {}) =>
  machine.write('etc/mooring/policy.json', {
    ...{ hubUrl: hub.url, hubKeys: [key.jwk], allowedOrgs: ['acme'], ...change },
  });
const payload = (change: Partial<BundlePayload> = {}): BundlePayload => ({
  ...standInPayload(hub, '*', 'acme', 100, { document: LIGHT }),
  aud: OFFLINE_BUNDLE_AUDIENCE,
  exp: inDays(30),
  ...change,
});
const exported = (change: Partial<BundlePayload> = {}, by = key) => by.sign(payload(change));
const take = (agent: RunningAgent, bundle: string) => agent.ask('POST', '/v1/policy/import', { bundle });
const policyCheck = async (agent: RunningAgent) => {
  const { checks } = doctorAnswerSchema.parse((await agent.ask('GET', '/v1/doctor')).body);
  return checks.find(({ id }) => id === 'policy');
};
const reasonOf = ({ body }: { body: unknown }) => JSON.stringify(body).match(/"code":"(\w+)"/)?.[1];

describe('a bundle by file', () => {
  it('is put in force without a hub, meets enforced sign-in, and is there again after a restart', async () => {
    await profile();
    const agent = await machine.launch();
    expect((await agent.status()).account.signIn).toMatchObject({ enforced: true, satisfied: false });
    expect((await agent.ask('PATCH', '/v1/settings', { set: { memoryMiB: 4242 } })).status).toBe(403);
    const answer = await take(agent, await exported());
    expect(answer).toMatchObject({
      status: 200,
      body: { outcome: 'updated', policy: { organization: 'acme' } },
    });
    expect(await agent.store()).toMatchObject({ ThemeSource: 'light' });
    const check = async (one: RunningAgent) => {
      expect(await one.status()).toMatchObject({
        frozen: null,
        account: { state: 'signed-out', signIn: { enforced: true, satisfied: true } },
        policy: {
          organization: 'acme',
          stale: false,
          offlineUntil: expect.any(String),
          fetchedAt: expect.any(String),
        },
      });
      expect((await one.ask('PATCH', '/v1/settings', { set: { memoryMiB: 4242 } })).status).toBe(200);
    };
    await check(agent);
    await agent.stop();
    await check(await machine.launch());
    // Nobody asked any hub anything.
    expect(hub.requests).toEqual([]);
  });

  it('counts as a successful fetch, and freezes the settings at its end until another comes', async () => {
    await profile();
    const agent = await machine.launch();
    await take(agent, await exported({ graceSeconds: 86_400 * 7 }));
    machine.time.advance(6 * DAY);
    await take(agent, await exported({ graceSeconds: 86_400 * 7, seq: 101 }));
    machine.time.advance(6 * DAY);
    await expect.poll(async () => (await agent.status()).frozen).toBe(null);
    expect(await policyCheck(agent)).toMatchObject({
      result: 'ok',
      finding: expect.stringContaining('by file'),
    });
    machine.time.advance(2 * DAY);
    await expect.poll(async () => (await agent.status()).frozen).toBe('policy_stale');
    expect(await policyCheck(agent)).toMatchObject({
      result: 'failed',
      mend: expect.stringContaining('policy import'),
    });
    expect(await agent.store()).toMatchObject({ ThemeSource: 'light' });
    await take(agent, await exported({ seq: 102, exp: inDays(5) }));
    expect((await agent.status()).frozen).toBe(null);
    machine.time.advance(5 * DAY);
    await expect.poll(async () => (await agent.status()).frozen).toBe('policy_stale');
    expect(await agent.store()).toMatchObject({ ThemeSource: 'light' });
    // Set back, the clock does not make it good again, nor lets an ended file in.
    await agent.stop();
    machine.time.setWallBy(-20 * DAY);
    const again = await machine.launch();
    expect((await again.status()).frozen).toBe('policy_stale');
    expect(reasonOf(await take(again, await exported({ seq: 103, exp: inDays(15) })))).toBe('expired');
  });

  const refusals: readonly [string, () => Promise<string>, string][] = [
    ['of another key', async () => exported({}, await standInKey()), 'unknown_key'],
    [
      'of another key that claims the id of ours',
      async () => exported({}, await standInKey(undefined, key.jwk.kid)),
      'bad_signature',
    ],
    ['of another hub', () => exported({ iss: 'https://other.example' }), 'wrong_issuer'],
    ['of an organization that is not allowed', () => exported({ org: 'beta' }), 'wrong_organization'],
    ['that is meant to be fetched', () => exported({ aud: 'mooring-agent' }), 'wrong_audience'],
    ['for something else', () => exported({ aud: 'other' }), 'wrong_audience'],
    ['that has ended', () => exported({ exp: inDays(-1) }), 'expired'],
    ['that has no end', () => exported({ exp: undefined }), 'malformed'],
    ['that is none', async () => 'not a bundle', 'malformed'],
    [
      'that says it needs no signature',
      async () => {
        const [, body] = (await exported()).split('.');
        const header = Buffer.from(
          JSON.stringify({ alg: 'none', typ: 'mooring-policy+jws', kid: key.jwk.kid }),
        );
        return `${header.toString('base64url')}.${body}.`;
      },
      'bad_signature',
    ],
  ];
  it.each(refusals)(
    '%s is refused, shown with its reason, and changes nothing',
    async (_what, make, reason) => {
      await profile();
      const agent = await machine.launch();
      await take(agent, await exported());
      const before = await readFile(agent.agent.paths.bundle, 'utf8');
      const answer = await take(agent, await make());
      expect([answer.status, reasonOf(answer)]).toEqual([422, reason]);
      expect((await agent.policy()).problems.map(({ code }) => code)).toContain(reason);
      expect(await readFile(agent.agent.paths.bundle, 'utf8')).toBe(before);
      expect(await agent.store()).toMatchObject({ ThemeSource: 'light' });
    },
  );

  it('that is older than what is in force, by file or fetched, is refused', async () => {
    await profile();
    await publish(hub, 'ada', 'acme', 200, { document: LIGHT });
    const agent = await machine.launch();
    await agent.signIn(hub, 'ada');
    expect((await agent.status()).policy?.seq).toBe(200);
    expect(reasonOf(await take(agent, await exported({ seq: 199, document: DARK })))).toBe('rolled_back');
    expect((await take(agent, await exported({ seq: 201, document: DARK }))).status).toBe(200);
    expect(await agent.store()).toMatchObject({ ThemeSource: 'dark' });
    expect(reasonOf(await take(agent, await exported({ seq: 200 })))).toBe('rolled_back');
  });

  it.each([
    ['hubKeys', { hubKeys: undefined }],
    ['hubUrl', { hubUrl: undefined }],
    ['allowedOrgs', { allowedOrgs: undefined }],
  ])('is refused where the profile does not give %s', async (_what, change) => {
    await profile(change);
    const agent = await machine.launch();
    expect(await take(agent, await exported())).toMatchObject({
      status: 403,
      body: { error: { code: 'forbidden' } },
    });
    expect((await agent.status()).policy).toBe(null);
  });

  it('for one user is theirs alone', async () => {
    await profile();
    await publish(hub, 'ada', 'acme', 50, { document: LIGHT });
    const agent = await machine.launch();
    await agent.signIn(hub, 'ada');
    expect(reasonOf(await take(agent, await exported({ sub: 'bob' })))).toBe('wrong_subject');
    expect((await take(agent, await exported({ sub: 'ada', document: DARK }))).status).toBe(200);
    expect(await agent.store()).toMatchObject({ ThemeSource: 'dark' });
    // Another person signs in, whose own first bundle is still to come: in force, but not theirs to see.
    hub.intercept = (request, response) => {
      if (!request.url?.startsWith('/v1/agent/policy')) return false;
      response.writeHead(503).end();
      return true;
    };
    await agent.signIn(hub, 'bob');
    expect((await agent.status()).policy).toBe(null);
    expect((await agent.setting('theme')).managedBy?.label).toBe('the policy of the account before');
    hub.intercept = null;
    await publish(hub, 'bob', 'acme', 60, { document: LIGHT });
    await agent.sync();
    expect(await agent.store()).toMatchObject({ ThemeSource: 'light' });
  });

  it('altered on disk is found at the next start: settings freeze where they are', async () => {
    await profile();
    const agent = await machine.launch();
    await take(agent, await exported());
    await agent.stop();
    const kept = JSON.parse(await readFile(agent.agent.paths.bundle, 'utf8'));
    kept.bundle.jws = await (await standInKey(undefined, key.jwk.kid)).sign(
      payload({ document: DARK, seq: 500 }),
    );
    await writeFile(agent.agent.paths.bundle, JSON.stringify(kept));
    const again = await machine.launch();
    expect(await again.store()).toMatchObject({ ThemeSource: 'light' });
    expect(await again.status()).toMatchObject({ frozen: 'policy_source_broken', policy: null });
    expect((await again.policy()).problems.map(({ code }) => code)).toContain('bad_signature');
  });
});

describe('choices of the user', () => {
  it('survive every sign-out and every change of account', async () => {
    await publish(hub, 'ada', 'acme', 10, { document: DARK });
    await publish(hub, 'bob', 'acme', 20, { document: { configurationFileVersion: 2 } });
    const agent = await machine.launch();
    await agent.ask('PATCH', '/v1/settings', { set: { theme: 'light', memoryMiB: 4242 } });
    await agent.signIn(hub, 'ada');
    expect(await agent.store()).toMatchObject({ ThemeSource: 'dark', MemoryMiB: 4242 });
    await agent.ask('POST', '/v1/account/logout');
    expect(await agent.store()).toMatchObject({ ThemeSource: 'light', MemoryMiB: 4242 });
    expect((await agent.status()).policy).toBe(null);
    await agent.signIn(hub, 'ada');
    expect(await agent.store()).toMatchObject({ ThemeSource: 'dark' });
    await agent.signIn(hub, 'bob');
    expect(await agent.store()).toMatchObject({ ThemeSource: 'light', MemoryMiB: 4242 });
    expect((await agent.status()).policy?.seq).toBe(20);
  });
});
