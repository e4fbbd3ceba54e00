import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AccountService } from '../src/agent/account/account-service.ts';
import { createAccountService } from '../src/agent/account/create-account-service.ts';
import { createHubHttp } from '../src/agent/delivery/create-hub-http.ts';
import { createPolicyDelivery } from '../src/agent/delivery/create-policy-delivery.ts';
import type { HubHttp } from '../src/agent/delivery/hub-http.ts';
import { createHubKeyTrust } from '../src/agent/delivery/hub-key-trust.ts';
import type { PolicyDelivery } from '../src/agent/delivery/policy-delivery.ts';
import { endOtherSessions } from '../src/hub/account/own-sessions.ts';
import { updateConnection } from '../src/hub/connections/connection-service.ts';
import { rotateSigningKey } from '../src/hub/delivery/signing-keys.ts';
import { createBrowser } from '../src/hub/identity/test-browser.ts';
import {
  createAccount,
  createTestOrganization,
  hubForFile,
  OPERATOR,
  PASSWORD,
  type TestAccount,
  typeCredentials,
} from '../src/hub/identity/test-hub.ts';
import { endSignIns } from '../src/hub/organizations/end-sign-ins.ts';
import { revokeCredentials } from '../src/hub/organizations/link-account.ts';
import { removeMember } from '../src/hub/organizations/member-service.ts';
import { createSetupLink } from '../src/hub/organizations/setup-links.ts';
import { listSignIns } from '../src/hub/organizations/sign-ins.ts';
import { setDefaultPolicy } from '../src/hub/policies/assignment-service.ts';
import { createPolicy, updatePolicy } from '../src/hub/policies/policy-service.ts';
import { forgetDevice, listDevices } from '../src/hub/reports/device-service.ts';
import { acceptReport } from '../src/hub/reports/report-service.ts';
import { sampleReport } from '../src/hub/reports/test-report.ts';
import { createTestSso, verifyDomain } from '../src/hub/sso/test-sso-hub.ts';
import { type SessionEnd, sessionEndSchema } from '../src/shared/contracts/agent-api.ts';
import { SESSION_ENDED } from '../src/shared/text/session-ends.ts';
import { manualClock } from './manual-clock.ts';
import { memoryKeychain } from './memory-keychain.ts';

/*
 * The agent's sign-in and delivery against the hub itself: its pages, its tokens, its signed bundles. What a hub must
 * not do is tested against a stand-in, beside the code.
 */

/** Longer than the hub's access tokens live. */
const TOKEN_AGE_MS = 11 * 60_000;

const { database, hub } = hubForFile();
let ada: TestAccount;
let bob: TestAccount;
let acme: { readonly id: string; readonly name: string };
let folder: string;
let time: ReturnType<typeof manualClock>;
let keychain: ReturnType<typeof memoryKeychain>;
/** So many answers of the token endpoint are received by the network, and not by the agent. */
let lostAnswers = 0;
/** So far is this device's clock from that of the hub, which is in the same process: set while no request is under way. */
let clockWrongMs = 0;

interface Desktop {
  readonly account: AccountService;
  readonly delivery: PolicyDelivery;
  stop(): Promise<void>;
}
const desktops: Desktop[] = [];

/** The agent's clock for the libraries that read it themselves. */
function setClockWrongBy(ms: number): void {
  vi.restoreAllMocks();
  clockWrongMs = ms;
  const now = Date.now;
  if (ms !== 0) vi.spyOn(Date, 'now').mockImplementation(() => now() + ms);
}
async function byHubTime<T>(step: () => Promise<T>): Promise<T> {
  const wrong = clockWrongMs;
  setClockWrongBy(0);
  try {
    return await step();
  } finally {
    setClockWrongBy(wrong);
  }
}

async function launch(): Promise<Desktop> {
  const direct = createHubHttp({
    userAgent: 'Mooring/test',
    clock: time.clock,
    managedProxy: () => null,
    environment: {},
    systemProxy: async () => null,
    extraCaFile: () => null,
  });
  const http: HubHttp = {
    ...direct,
    async request(request) {
      const answer = await byHubTime(() => direct.request(request));
      if (lostAnswers === 0 || !request.url.pathname.endsWith('/token')) return answer;
      lostAnswers -= 1;
      return { ok: false, failure: { kind: 'unreachable', message: 'lost', maybeSent: true } };
    },
  };
  const trust = createHubKeyTrust({ keysFile: join(folder, 'keys.json'), http, profileKeys: () => null });
  const account = await createAccountService({
    recordFile: join(folder, 'account.json'),
    ...{ http, trust, keychain },
    opener: async () => false,
    clock: time.clock,
    deviceName: 'test-device',
    defaultHubUrl: hub.url,
    managedHubUrl: () => null,
    allowedOrganizations: () => null,
    signInEnforced: () => false,
  });
  const delivery = createPolicyDelivery({
    bundleFile: join(folder, 'bundle.json'),
    ...{ account, http, trust },
    clock: time.clock,
    random: () => 0.5,
    signInEnforced: () => false,
  });
  const desktop = {
    account,
    delivery,
    async stop() {
      await delivery.stop();
      await account.stop();
    },
  };
  desktops.push(desktop);
  await delivery.start();
  return desktop;
}

/** Signs in as a person does: types address and password into the hub's pages. */
async function signIn({ account }: Desktop, { email }: TestAccount, password = PASSWORD) {
  const started = await account.login({ method: 'browser', openBrowser: true });
  if (!('url' in started)) throw new Error(started.message);
  const browser = createBrowser(hub.url);
  await typeCredentials(browser, started.url, email, password);
  const callback = browser.left();
  const page = callback === undefined ? null : await (await fetch(callback)).text();
  return { page, progress: await account.loginProgress(started.id, 0) };
}

const bundleOf = ({ delivery }: Desktop) => delivery.state().bundle?.payload ?? null;
/** The hub's caches follow a change a moment later. */
const syncUntil = (desktop: Desktop, outcome: string) =>
  expect.poll(async () => (await desktop.delivery.sync()).outcome, { timeout: 10_000 }).toBe(outcome);

beforeAll(async () => {
  ada = await createAccount(database, 'ada@acme.example');
  bob = await createAccount(database, 'bob@acme.example');
  acme = await createTestOrganization(database, 'acme', [ada, bob]);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-sign-in-'));
  time = manualClock(Date.now());
  keychain = memoryKeychain();
});
afterEach(async () => {
  for (const desktop of desktops.splice(0)) await desktop.stop();
  lostAnswers = 0;
  setClockWrongBy(0);
  await rm(folder, { recursive: true, force: true });
});

describe('signing in at the hub', () => {
  it('by its pages in the browser, and out again', async () => {
    const desktop = await launch();
    const { page, progress } = await signIn(desktop, ada);
    expect(page).toContain('You are signed in');
    expect(progress).toMatchObject({ state: 'done' });
    expect(desktop.account.state()).toMatchObject({
      state: 'signed-in',
      sessionStorage: 'keychain',
      account: {
        userId: ada.id,
        email: ada.email,
        organization: 'acme',
        sessionExpiresAt: expect.any(String),
      },
    });
    const sessions = async () => {
      const { rows } = await database.pool.query(
        'select device_name from device_sessions where user_id = $1',
        [ada.id],
      );
      return rows;
    };
    expect(await sessions()).toEqual([{ device_name: 'test-device' }]);
    await desktop.account.logout();
    expect(await sessions()).toEqual([]);
    expect(keychain.entries.size).toBe(0);
  });

  it('not with a wrong password', async () => {
    const desktop = await launch();
    const { page, progress } = await signIn(desktop, ada, 'wrong');
    expect(page).toBeNull();
    expect(progress).toMatchObject({ state: 'waiting' });
    expect(desktop.account.state().state).toBe('signed-out');
  });

  it('with a code typed on another device', async () => {
    const desktop = await launch();
    const started = await desktop.account.login({ method: 'device', openBrowser: false });
    if (!('url' in started)) throw new Error(started.message);
    const browser = createBrowser(hub.url);
    const confirm = await browser.submit(await browser.get(started.url), {
      user_code: started.userCode ?? '',
    });
    expect(confirm.body).toContain('test-device');
    const form = await browser.submit(confirm, { confirm: 'yes' }, ({ fields }) => 'user_code' in fields);
    await browser.submit(await browser.submit(form, { email: bob.email }), { password: PASSWORD });
    const ended = desktop.account.loginProgress(started.id, 60_000);
    time.advance(5_000);
    expect(await ended).toMatchObject({ state: 'done' });
    expect(desktop.account.state()).toMatchObject({ state: 'signed-in', account: { userId: bob.id } });
  });
});

describe('the session at the hub', () => {
  it('is refreshed, survives restarts and lost answers, and ends when the hub ends it', async () => {
    const first = await launch();
    await signIn(first, ada);
    for (let turn = 0; turn < 3; turn += 1) {
      time.advance(TOKEN_AGE_MS);
      expect(await first.account.accessToken()).toMatchObject({ ok: true });
    }
    await first.stop();
    const desktop = await launch();
    // Only what is asked for here asks the token endpoint.
    await desktop.delivery.stop();
    expect(await desktop.account.accessToken()).toMatchObject({ ok: true });
    time.advance(TOKEN_AGE_MS);
    lostAnswers = 1;
    expect(await desktop.account.accessToken()).toMatchObject({ ok: true });
    time.advance(TOKEN_AGE_MS);
    lostAnswers = 2;
    expect(await desktop.account.accessToken()).toMatchObject({
      ok: false,
      refusal: { code: 'unreachable' },
    });
    expect(await desktop.account.accessToken()).toMatchObject({ ok: true });
    expect(await desktop.account.refresh()).toBeNull();

    await database.pool.query('delete from device_sessions where user_id = $1', [ada.id]);
    time.advance(TOKEN_AGE_MS);
    expect(await desktop.account.accessToken()).toMatchObject({
      ok: false,
      refusal: { code: 'sign_in_required' },
    });
    expect(desktop.account.state()).toMatchObject({ state: 'sign-in-again', account: { userId: ada.id } });
  });
});

describe('a device whose clock is wrong', () => {
  const DAYS = 86_400_000;
  it.each([
    ['ahead', 40 * DAYS],
    ['behind', -400 * DAYS],
  ])('by far %s keeps its session, and can sign in', async (_way, wrong) => {
    const desktop = await launch();
    await signIn(desktop, ada);
    await desktop.delivery.stop();
    const refreshed = async () => {
      time.advance(TOKEN_AGE_MS);
      return desktop.account.accessToken();
    };
    time.setWallBy(wrong);
    setClockWrongBy(wrong);
    for (let turn = 0; turn < 3; turn += 1) expect(await refreshed()).toMatchObject({ ok: true });
    // Put right again while it runs.
    time.setWallBy(-wrong);
    setClockWrongBy(0);
    expect(await refreshed()).toMatchObject({ ok: true });
    await desktop.account.logout();
    time.setWallBy(wrong);
    const begun = await desktop.account.login({ method: 'browser', openBrowser: true });
    if (!('url' in begun)) throw new Error(begun.message);
    const browser = createBrowser(hub.url);
    await typeCredentials(browser, begun.url, ada.email, PASSWORD);
    setClockWrongBy(wrong);
    const callback = browser.left();
    const page = callback === undefined ? null : await (await fetch(callback)).text();
    expect(page).toContain('You are signed in');
    expect(desktop.account.state()).toMatchObject({ state: 'signed-in', account: { userId: ada.id } });
  });
});

describe('a session that began with a password', () => {
  it('is told that single sign-on is required now, whichever token it holds, and still knows it at the next launch', async () => {
    const dora = await createAccount(database, 'dora@lane.example');
    await createTestOrganization(database, 'lane', [dora]);
    const desktop = await launch();
    await signIn(desktop, dora);
    // A synchronization that began with the sign-in would fetch a token of its own between the next two lines.
    await desktop.delivery.stop();
    // The last answer was lost: this device holds a token that was used already.
    time.advance(TOKEN_AGE_MS);
    lostAnswers = 2;
    expect(await desktop.account.accessToken()).toMatchObject({ refusal: { code: 'unreachable' } });
    const sso = await createTestSso(hub, database);
    await verifyDomain(database, sso.organizationId, 'lane.example');
    const place = { db: database.db, secret: hub.secret, publicUrl: hub.url };
    await updateConnection(place, OPERATOR, sso, { enforced: true });

    expect(await desktop.account.accessToken()).toMatchObject({
      refusal: { code: 'sign_in_required', message: expect.stringContaining('now requires single sign-on') },
    });
    const told = { state: 'sign-in-again', sessionEnd: 'sso_required', account: { userId: dora.id } };
    expect(desktop.account.state()).toMatchObject(told);
    await desktop.stop();
    const next = await launch();
    expect(next.account.state()).toMatchObject(told);
    expect(await next.account.accessToken()).toMatchObject({
      refusal: { message: expect.stringContaining('now requires single sign-on') },
    });
    // Another person's session is not ended by it, and says nothing of it.
    await signIn(next, ada);
    expect(next.account.state()).toMatchObject({ state: 'signed-in', account: { userId: ada.id } });
    expect(next.account.state()).not.toHaveProperty('sessionEnd');
  });
});

describe('a session that the hub ends says why', () => {
  type Ending = (who: TestAccount, organizationId: string) => Promise<unknown>;
  const endings: Record<Exclude<SessionEnd, 'sso_required' | 'account_deactivated'>, Ending> = {
    password_changed: async ({ id: userId }) => {
      const wanted = { publicUrl: hub.url, purpose: 'password' as const, userId, at: new Date() };
      const { url } = await database.db.transaction().execute((trx) => createSetupLink(trx, wanted));
      const browser = createBrowser(hub.url);
      const password = 'four other words entirely';
      await browser.submit(await browser.get(url), { password, repeat: password });
    },
    account_linked: ({ id }) =>
      database.db.transaction().execute((trx) => revokeCredentials(trx, OPERATOR, id)),
    account_removed: ({ id }, organizationId) => removeMember(database.db, OPERATOR, organizationId, id),
    signed_out: ({ id }) => endOtherSessions(database.db, OPERATOR, id, randomUUID()),
    ended_by_owner: ({ id: userId }, organizationId) =>
      endSignIns(database.db, OPERATOR, { organizationId, userId }, null),
    device_forgotten: async ({ id: userId, email }, organizationId) => {
      const { signIns } = await listSignIns(database.db, { organizationId, userId, at: new Date() });
      const sessionId = signIns.find(({ kind }) => kind === 'desktop')?.id ?? '';
      const reporter = { organizationId, userId, email, sessionId };
      await acceptReport(database.db, OPERATOR, reporter, sampleReport());
      const { devices } = await listDevices(database.db, organizationId, new Date(), {
        userId,
        limit: 1,
      });
      const wanted = { deviceId: devices[0]?.id ?? '', signOut: true };
      await forgetDevice(database.db, OPERATOR, organizationId, wanted);
    },
  };
  it.each(Object.entries(endings))('%s', async (reason, end) => {
    const name = reason.replaceAll('_', '-');
    const erin = await createAccount(database, `erin@${name}.example`);
    const { id } = await createTestOrganization(database, name, [erin]);
    const desktop = await launch();
    await signIn(desktop, erin);
    await desktop.delivery.sync();
    await end(erin, id);
    const told = async () => {
      await desktop.delivery.sync();
      return desktop.account.state();
    };
    // The hub believes a token for at most five seconds.
    await expect
      .poll(told, { timeout: 10_000 })
      .toMatchObject({ state: 'sign-in-again', sessionEnd: reason, account: { userId: erin.id } });
    const { what } = SESSION_ENDED[sessionEndSchema.parse(reason)];
    expect(await desktop.account.accessToken()).toMatchObject({
      refusal: { code: 'sign_in_required', message: what },
    });
  });
});

describe('policy from the hub', () => {
  it('is fetched, verified, followed over changes and a new key, and outlives the session that ends with the membership', async () => {
    const { db } = database;
    const carol = await createAccount(database, 'carol@acme.example');
    const team = await createTestOrganization(database, 'beta', [carol]);
    const desktop = await launch();
    await signIn(desktop, carol);
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'updated' });
    expect(bundleOf(desktop)).toMatchObject({ org: 'beta', sub: carol.id, policy: null, document: {} });
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'unchanged' });

    const document = (value: number) => ({ configurationFileVersion: 2, memoryMiB: { locked: true, value } });
    const policy = await createPolicy(db, OPERATOR, team.id, {
      name: 'Everyone',
      description: '',
      document: document(2048),
      reason: '',
    });
    await setDefaultPolicy(db, OPERATOR, team.id, policy.id);
    await syncUntil(desktop, 'updated');
    expect(bundleOf(desktop)).toMatchObject({
      policy: { name: 'Everyone', scope: 'organization' },
      document: document(2048),
    });
    const before = bundleOf(desktop)?.seq ?? 0;

    await rotateSigningKey({ db, secret: hub.secret }, OPERATOR);
    const target = { organizationId: team.id, policyId: policy.id, version: null };
    await updatePolicy(db, OPERATOR, target, { document: document(4096), reason: '' });
    await syncUntil(desktop, 'updated');
    expect(bundleOf(desktop)?.document).toEqual(document(4096));
    expect(bundleOf(desktop)?.seq).toBeGreaterThan(before);
    await desktop.stop();

    const next = await launch();
    expect(next.delivery.state()).toMatchObject({
      cache: 'valid',
      bundle: { payload: { document: document(4096) } },
    });
    await removeMember(db, OPERATOR, team.id, carol.id);
    // The sessions end with the last membership; the policy stays, because a lost session never ends it.
    const stateAfterSync = async () => {
      await next.delivery.sync();
      return next.account.state().state;
    };
    await expect.poll(stateAfterSync, { timeout: 30_000 }).toBe('sign-in-again');
    expect(bundleOf(next)?.document).toEqual(document(4096));
  });

  it('of one user is not another’s, and no file holds a token', async () => {
    const desktop = await launch();
    await signIn(desktop, ada);
    await desktop.delivery.sync();
    await signIn(desktop, bob);
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'updated' });
    expect(bundleOf(desktop)).toMatchObject({ sub: bob.id, org: acme.name });
    const [secret = ''] = keychain.entries.values();
    const token = await desktop.account.accessToken();
    for (const name of ['account.json', 'bundle.json', 'keys.json']) {
      const text = await readFile(join(folder, name), 'utf8');
      expect(text).not.toContain(JSON.parse(secret).refreshToken);
      expect(token.ok && text.includes(token.token)).toBe(false);
    }
  });
});
