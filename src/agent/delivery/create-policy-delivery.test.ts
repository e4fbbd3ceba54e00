import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../../test/manual-clock.ts';
import { memoryKeychain } from '../../../test/memory-keychain.ts';
import {
  followSignIn,
  publish,
  type StandInHub,
  standInAccount,
  standInKey,
  standInPayload,
  startStandInHub,
} from '../../../test/stand-in-hub.ts';
import { BUNDLE_MEDIA_TYPE, BUNDLE_TYP, OFFLINE_BUNDLE_AUDIENCE } from '../../shared/contracts/bundle.ts';
import type { AccountService } from '../account/account-service.ts';
import { createAccountService } from '../account/create-account-service.ts';
import { diskFiles, type StateFiles } from '../state-file.ts';
import { createHubHttp } from './create-hub-http.ts';
import { createPolicyDelivery } from './create-policy-delivery.ts';
import { createHubKeyTrust } from './hub-key-trust.ts';
import type { DeliveryState, PolicyDelivery } from './policy-delivery.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;

let hub: StandInHub;
let folder: string;
let time: ReturnType<typeof manualClock>;
let keychain: ReturnType<typeof memoryKeychain>;
let enforced = false;
let allowed: readonly string[] | null = null;
/** Decides about each write of a state file; throwing fails it, and it waits for what is promised. */
let onWrite: (path: string) => void | Promise<void> = () => {};

const disk = diskFiles();
const files: StateFiles = {
  ...disk,
  write: async (path, text) => {
    await onWrite(path);
    await disk.write(path, text);
  },
};

interface Desktop {
  readonly account: AccountService;
  readonly delivery: PolicyDelivery;
  readonly announced: DeliveryState[];
  stop(): Promise<void>;
}
const desktops: Desktop[] = [];
const bundleFile = () => join(folder, 'bundle.json');

/** An agent's account and delivery, as at a launch; all of one test share disk, keychain and clock. */
async function launch(
  options: { readonly start?: boolean; readonly bound?: boolean } = {},
): Promise<Desktop> {
  const http = createHubHttp({
    userAgent: 'Mooring/test',
    clock: time.clock,
    managedProxy: () => null,
    environment: {},
    systemProxy: async () => null,
    extraCaFile: () => null,
    timeouts: { connect: 5_000, response: 5_000, total: 10_000 },
  });
  const trust = createHubKeyTrust({
    keysFile: join(folder, 'keys.json'),
    files,
    http,
    profileKeys: () => (options.bound ? hub.keys.map(({ jwk }) => jwk) : null),
  });
  const account = await createAccountService({
    recordFile: join(folder, 'account.json'),
    ...{ files, http, trust, keychain },
    opener: async () => true,
    clock: time.clock,
    deviceName: 'test-device',
    defaultHubUrl: hub.url,
    managedHubUrl: () => null,
    allowedOrganizations: () => allowed,
    signInEnforced: () => enforced,
  });
  const delivery = createPolicyDelivery({
    bundleFile: bundleFile(),
    ...{ files, account, http, trust },
    clock: time.clock,
    random: () => 0.5,
    signInEnforced: () => enforced,
    ...(options.bound ? { binding: () => ({ hubUrl: hub.url, organizations: ['acme'] }) } : {}),
  });
  const announced: DeliveryState[] = [];
  delivery.onChange((state) => announced.push(state));
  const desktop: Desktop = {
    account,
    delivery,
    announced,
    async stop() {
      await delivery.stop();
      await account.stop();
    },
  };
  desktops.push(desktop);
  if (options.start !== false) await delivery.start();
  return desktop;
}

async function signIn({ account }: Desktop, person = 'ada'): Promise<void> {
  hub.person = person;
  const started = await account.login({ method: 'browser', openBrowser: false });
  if (!('url' in started)) throw new Error(JSON.stringify(started));
  expect((await fetch(await followSignIn(started.url))).status).toBe(200);
}

/** A desktop on which `ada` is signed in and the bundle with number 10 is in force. */
async function settled(): Promise<Desktop> {
  await publish(hub, 'ada', 'acme', 10);
  const desktop = await launch();
  await signIn(desktop);
  expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'updated' });
  expect(seqOf(desktop)).toBe(10);
  return desktop;
}

const seqOf = ({ delivery }: Desktop): number | null => delivery.state().bundle?.payload.seq ?? null;
const onDisk = async () => JSON.parse(await readFile(bundleFile(), 'utf8'));
const policyRequests = () => hub.requests.filter((each) => each === 'GET /v1/agent/policy').length;
const idle = async ({ delivery }: Desktop) =>
  expect.poll(() => delivery.state().sync.state).not.toBe('fetching');
/** Lets what is due happen and end. */
async function pass(desktop: Desktop, ms: number): Promise<void> {
  time.advance(ms);
  await idle(desktop);
}
/** Answers the policy route, and leaves the others alone. */
const answerPolicy = (status: number, headers: Record<string, string>, body: string | Buffer): void => {
  hub.intercept = (request, response) => {
    if (!request.url?.startsWith('/v1/agent/policy')) return false;
    response.writeHead(status, headers).end(body);
    return true;
  };
};

beforeAll(async () => {
  hub = await startStandInHub();
});
afterAll(() => hub.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-delivery-'));
  time = manualClock(Date.now());
  keychain = memoryKeychain();
  hub.accounts.clear();
  hub.accounts.set('ada', standInAccount('ada', ['acme', 'beta']));
  hub.accounts.set('bob', standInAccount('bob', ['acme']));
  hub.policies.clear();
  hub.keys = [await standInKey()];
  hub.requests.length = 0;
});
afterEach(async () => {
  hub.intercept = null;
  for (const desktop of desktops.splice(0)) await desktop.stop();
  expect(time.waiting()).toBe(0);
  [enforced, allowed, onWrite] = [false, null, () => {}];
  await rm(folder, { recursive: true, force: true });
});

describe('two at once', () => {
  it('a fetched policy never takes the place of a newer one that came by file while it was looked at', async () => {
    await publish(hub, 'ada', 'acme', 10);
    const desktop = await launch({ bound: true });
    await signIn(desktop);
    await desktop.delivery.sync();
    const exp = Math.floor(time.clock.wall() / 1000) + 3600;
    const byFile = { aud: OFFLINE_BUNDLE_AUDIENCE, exp };
    const newer = await hub.keys[0]?.sign(standInPayload(hub, 'ada', 'acme', 12, byFile));
    await publish(hub, 'ada', 'acme', 11);
    // The file is accepted first and written last: what is fetched meanwhile is compared with the number before.
    const writing = Promise.withResolvers<void>();
    let fetched = 0;
    onWrite = async (path) => {
      if (path !== bundleFile() || fetched > 0) return;
      fetched = policyRequests();
      await writing.promise;
    };
    const importing = desktop.delivery.importBundle(newer ?? '');
    await expect.poll(() => fetched).toBeGreaterThan(0);
    const syncing = desktop.delivery.sync();
    await expect.poll(policyRequests).toBeGreaterThan(fetched);
    // Time to verify it, which nothing tells of: without it the test holds all the same, but shows less.
    await new Promise((resolve) => setTimeout(resolve, 200));
    writing.resolve();
    expect(await importing).toMatchObject({ ok: true });
    expect(await syncing).toMatchObject({ outcome: 'refused', error: { code: 'rolled_back' } });
    expect(seqOf(desktop)).toBe(12);
    expect(Object.values((await onDisk()).highest)).toEqual([12]);
  });
});

describe('fetching', () => {
  it('follows a sign-in by itself, then answers 304 until something changes', async () => {
    await publish(hub, 'ada', 'acme', 10);
    const desktop = await launch();
    expect(desktop.delivery.state()).toMatchObject({
      bundle: null,
      cache: 'absent',
      sync: { state: 'signed-out', nextAttempt: null },
    });
    await signIn(desktop);
    await pass(desktop, 0);
    await expect.poll(() => seqOf(desktop)).toBe(10);
    expect(desktop.delivery.state()).toMatchObject({
      cache: 'valid',
      refused: null,
      proxyProblem: null,
      bundle: { stale: false, ofPreviousAccount: false, payload: { org: 'acme', sub: 'ada' } },
      sync: { state: 'idle', error: null, lastSuccess: expect.any(String), nextAttempt: expect.any(String) },
    });
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'unchanged' });
    await publish(hub, 'ada', 'acme', 11);
    expect(await desktop.delivery.sync()).toMatchObject({
      outcome: 'updated',
      message: expect.stringContaining('revision 11'),
    });
    expect(seqOf(desktop)).toBe(11);
  });

  it('brings the bundle of an organization without a policy', async () => {
    await publish(hub, 'ada', 'acme', 10, { policy: null, document: {} });
    const desktop = await launch();
    await signIn(desktop);
    expect(await desktop.delivery.sync()).toMatchObject({
      outcome: 'updated',
      message: expect.stringContaining('no policy is assigned'),
    });
    expect(desktop.delivery.state().bundle?.payload).toMatchObject({ policy: null, document: {} });
  });

  it('is shared by all who ask at once, and refused to nobody', async () => {
    const desktop = await settled();
    const before = policyRequests();
    const answers = await Promise.all([
      desktop.delivery.sync(),
      desktop.delivery.sync(),
      desktop.delivery.sync(),
    ]);
    expect(answers.map((each) => each.outcome)).toEqual(['unchanged', 'unchanged', 'unchanged']);
    expect(policyRequests()).toBe(before + 1);
    await desktop.account.logout();
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'signed-out' });
  });

  it('happens every hour, sooner where the hub says so, and when nudged', async () => {
    const desktop = await settled();
    const before = policyRequests();
    await pass(desktop, HOUR - 1);
    expect(policyRequests()).toBe(before);
    await pass(desktop, 1);
    await expect.poll(policyRequests).toBe(before + 1);
    await publish(hub, 'ada', 'acme', 11, { refreshSeconds: 60 });
    await pass(desktop, HOUR);
    await expect.poll(() => seqOf(desktop)).toBe(11);
    await idle(desktop);
    await publish(hub, 'ada', 'acme', 12);
    await pass(desktop, 60_000);
    await expect.poll(() => seqOf(desktop)).toBe(12);
    await publish(hub, 'ada', 'acme', 13);
    desktop.delivery.nudge();
    await pass(desktop, 0);
    await expect.poll(() => seqOf(desktop)).toBe(13);
  });

  it('is tried again after failures, ever slower, and at once when the machine wakes', async () => {
    const desktop = await settled();
    hub.intercept = (_, response) => {
      response.destroy();
      return true;
    };
    expect(await desktop.delivery.sync()).toMatchObject({
      outcome: 'failed',
      error: { code: 'unreachable' },
    });
    for (const wait of [5_000, 10_000, 20_000, 40_000]) {
      const next = Date.parse(desktop.delivery.state().sync.nextAttempt ?? '');
      expect(next - time.clock.wall()).toBe(wait);
      const before = hub.requests.length;
      time.advance(wait);
      await expect.poll(() => hub.requests.length).toBeGreaterThan(before);
      await idle(desktop);
    }
    expect(seqOf(desktop)).toBe(10);
    hub.intercept = null;
    await publish(hub, 'ada', 'acme', 11);
    time.setWallBy(10 * HOUR);
    await pass(desktop, 30_000);
    await expect.poll(() => seqOf(desktop)).toBe(11);
    expect(desktop.delivery.state().sync.error).toBeNull();
  });

  it('waits as long as a busy hub asks', async () => {
    const desktop = await settled();
    answerPolicy(503, { 'retry-after': '120', 'content-type': 'application/json' }, '{}');
    await desktop.delivery.sync();
    const wait = () => Date.parse(desktop.delivery.state().sync.nextAttempt ?? '') - time.clock.wall();
    expect(wait()).toBe(120_000);
    // Not for days, whatever it says.
    answerPolicy(503, { 'retry-after': '999999', 'content-type': 'application/json' }, '{}');
    await desktop.delivery.sync();
    expect(wait()).toBe(3_600_000);
  });

  it('takes only what a hub would answer, and nothing of it ends the policy', async () => {
    const desktop = await settled();
    const { jws = '' } = hub.policies.get('ada acme') ?? {};
    const answers: [number, Record<string, string>, string][] = [
      [500, {}, 'oops'],
      [404, {}, ''],
      [200, { 'content-type': 'text/html' }, '<html>Sign in to the hotel</html>'],
      [200, { 'content-type': 'text/plain' }, jws],
      [200, {}, jws],
      [200, { 'content-type': BUNDLE_MEDIA_TYPE }, ''],
      [200, { 'content-type': BUNDLE_MEDIA_TYPE }, 'x'.repeat(5_000_000)],
      [302, { location: '/v1/agent/policy' }, ''],
      [
        403,
        { 'content-type': 'application/json' },
        '{"error":{"code":"forbidden","message":"Not a member."}}',
      ],
      [403, { 'content-type': 'text/plain' }, 'blocked by your company'],
      [401, { 'content-type': 'application/json' }, '{}'],
    ];
    for (const [status, headers, body] of answers) {
      answerPolicy(status, headers, body);
      expect((await desktop.delivery.sync()).outcome).toMatch(/failed|refused/);
      expect(seqOf(desktop)).toBe(10);
      expect(desktop.delivery.state().bundle?.stale).toBe(false);
    }
    hub.intercept = null;
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'unchanged' });
  });

  it('asks once more, with another token, where the hub refuses the first, and not more often', async () => {
    const desktop = await settled();
    const shown: (string | undefined)[] = [];
    let refusals = 1;
    hub.intercept = (request, response) => {
      if (!request.url?.startsWith('/v1/agent/policy')) return false;
      shown.push(request.headers.authorization);
      if (refusals === 0) return false;
      refusals -= 1;
      response.writeHead(401).end();
      return true;
    };
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'unchanged' });
    expect(new Set(shown).size).toBe(2);
    refusals = 10;
    shown.length = 0;
    expect(await desktop.delivery.sync()).toMatchObject({
      outcome: 'failed',
      error: { code: 'sign_in_required' },
    });
    expect(shown.length).toBe(2);
  });

  it('does not believe "unchanged" where it has nothing, and keeps no weak tag', async () => {
    await publish(hub, 'ada', 'acme', 10);
    const desktop = await launch();
    await signIn(desktop);
    answerPolicy(304, {}, '');
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'failed' });
    expect(seqOf(desktop)).toBeNull();
    const { jws = '' } = hub.policies.get('ada acme') ?? {};
    answerPolicy(200, { 'content-type': `${BUNDLE_MEDIA_TYPE}; charset=utf-8`, etag: 'W/"10"' }, jws);
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'updated' });
    expect((await onDisk()).bundle.etag).toBeNull();
  });

  it('ends with the agent, also half-way', async () => {
    const desktop = await settled();
    let arrived = false;
    hub.intercept = (request) => {
      arrived ||= request.url?.startsWith('/v1/agent/policy') ?? false;
      return arrived;
    };
    const syncing = desktop.delivery.sync();
    await expect.poll(() => arrived).toBe(true);
    await desktop.delivery.stop();
    expect(await syncing).toMatchObject({ outcome: 'failed' });
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'failed' });
  });
});

describe('a bundle that is not ours', () => {
  it('changes nothing, is shown with its reason, and the next good one clears that', async () => {
    const desktop = await settled();
    const key = hub.keys[0] ?? (await standInKey());
    const stranger = await standInKey();
    const bundle = (change: object, signer = key, header?: Record<string, unknown>) =>
      signer.sign({ ...standInPayload(hub, 'ada', 'acme', 11), ...change }, header);
    const table: [string, string | Buffer][] = [
      ['bad_signature', `${(await bundle({})).slice(0, -6)}AAAAAA`],
      ['bad_signature', await bundle({}, stranger, { alg: 'EdDSA', typ: BUNDLE_TYP, kid: key.jwk.kid })],
      ['unknown_key', await bundle({}, stranger)],
      ['wrong_issuer', await bundle({ iss: 'https://other.test' })],
      ['wrong_audience', await bundle({ aud: 'someone' })],
      ['wrong_subject', await bundle({ sub: 'bob' })],
      ['wrong_organization', await bundle({ org: 'beta' })],
      ['expired', await bundle({ exp: 1 })],
      ['rolled_back', await bundle({ seq: 9 })],
      ['malformed', 'nonsense'],
      // One byte of it is no UTF-8.
      ['malformed', Buffer.from(`${await bundle({})}ÿ`, 'latin1')],
    ];
    const before = await readFile(bundleFile(), 'utf8');
    for (const [reason, jws] of table) {
      answerPolicy(200, { 'content-type': BUNDLE_MEDIA_TYPE, etag: '"forged"' }, jws);
      expect(await desktop.delivery.sync()).toMatchObject({
        outcome: 'refused',
        error: { code: reason, details: { reason } },
      });
      expect(desktop.delivery.state()).toMatchObject({
        bundle: { payload: { seq: 10 } },
        refused: { reason, message: expect.any(String) },
        sync: { state: 'failed', error: { code: reason } },
      });
      expect(await readFile(bundleFile(), 'utf8')).toBe(before);
    }
    hub.intercept = null;
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'unchanged' });
    expect(desktop.delivery.state().refused).toBeNull();
  });

  it('because it is older stays so over a restart, a sign-out and a new sign-in', async () => {
    const desktop = await settled();
    await publish(hub, 'ada', 'acme', 9);
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'refused' });
    await desktop.stop();
    const next = await launch();
    expect(await next.delivery.sync()).toMatchObject({ outcome: 'refused' });
    await next.account.logout();
    await expect.poll(() => seqOf(next)).toBeNull();
    await signIn(next);
    expect(await next.delivery.sync()).toMatchObject({
      outcome: 'refused',
      error: { code: 'rolled_back' },
    });
    expect(seqOf(next)).toBeNull();
  });
});

describe('keys', () => {
  it('that follow from the pinned one are followed by themselves', async () => {
    const desktop = await settled();
    const [old] = hub.keys;
    hub.keys = [await standInKey(old)];
    await publish(hub, 'ada', 'acme', 11);
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'updated' });
    await desktop.stop();
    expect(seqOf(await launch())).toBe(11);
  });

  it('that do not are not, and the policy stays', async () => {
    const desktop = await settled();
    hub.keys = [await standInKey()];
    await publish(hub, 'ada', 'acme', 11);
    expect(await desktop.delivery.sync()).toMatchObject({
      outcome: 'refused',
      error: { code: 'unknown_key' },
    });
    await desktop.stop();
    const next = await launch();
    expect(seqOf(next)).toBe(10);
    expect(await next.delivery.sync()).toMatchObject({ outcome: 'refused' });
  });

  it('that were withdrawn are no good for a new bundle', async () => {
    const desktop = await settled();
    const [old] = hub.keys;
    if (old === undefined) throw new Error('no key');
    hub.keys = [await standInKey(old)];
    await publish(hub, 'ada', 'acme', 11);
    await desktop.delivery.sync();
    const stolen = await old.sign(standInPayload(hub, 'ada', 'acme', 12));
    hub.policies.set('ada acme', { jws: stolen, etag: '"12"' });
    expect(await desktop.delivery.sync()).toMatchObject({
      outcome: 'refused',
      error: { code: 'unknown_key' },
    });
    expect(seqOf(desktop)).toBe(11);
  });

  it('that were withdrawn are known to be within a day, though the hub signs nothing new', async () => {
    const desktop = await settled();
    const [old] = hub.keys;
    if (old === undefined) throw new Error('no key');
    hub.keys = [await standInKey(old)];
    const stolen = await old.sign(standInPayload(hub, 'ada', 'acme', 12));
    const keysRead = () => hub.requests.filter((each) => each === 'GET /v1/agent/keys').length;
    const before = keysRead();
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'unchanged' });
    expect(keysRead()).toBe(before);
    time.advance(DAY + 60_000);
    await idle(desktop);
    hub.policies.set('ada acme', { jws: stolen, etag: '"12"' });
    expect(await desktop.delivery.sync()).toMatchObject({ error: { code: 'unknown_key' } });
    expect(seqOf(desktop)).toBe(10);
  });
});

describe('the kept bundle', () => {
  it('is in force at once at the next start, without the hub', async () => {
    await (await settled()).stop();
    hub.intercept = (_, response) => {
      response.destroy();
      return true;
    };
    const next = await launch();
    expect(next.delivery.state()).toMatchObject({
      cache: 'valid',
      bundle: { payload: { seq: 10 }, stale: false },
    });
    expect(next.delivery.state().sync.lastSuccess).not.toBeNull();
  });

  it('that was changed on disk is broken, not absent, until a good one is fetched', async () => {
    await (await settled()).stop();
    const good = await onDisk();
    const [header, , signature] = good.bundle.jws.split('.');
    const payload = Buffer.from(JSON.stringify(standInPayload(hub, 'ada', 'acme', 999))).toString(
      'base64url',
    );
    const broken = [
      'nonsense',
      '',
      JSON.stringify({ ...good, bundle: { ...good.bundle, jws: `${header}.${payload}.${signature}` } }),
      JSON.stringify({ ...good, bundle: { ...good.bundle, userId: 'bob' } }),
      JSON.stringify({ ...good, bundle: { ...good.bundle, issuer: 'https://other.test' } }),
    ];
    for (const text of broken) {
      await writeFile(bundleFile(), text);
      const next = await launch();
      expect(next.delivery.state()).toMatchObject({
        bundle: null,
        cache: 'broken',
        refused: { message: expect.any(String) },
      });
      expect(await next.delivery.sync()).toMatchObject({ outcome: 'updated' });
      expect(next.delivery.state()).toMatchObject({
        cache: 'valid',
        refused: null,
        bundle: { payload: { seq: 10 } },
      });
      await next.stop();
    }
  });

  it('stays when the account’s record is lost', async () => {
    await (await settled()).stop();
    await rm(join(folder, 'account.json'));
    const next = await launch();
    expect(next.delivery.state()).toMatchObject({
      bundle: { payload: { seq: 10 } },
      sync: { state: 'signed-out' },
    });
  });

  it('is whole and never falls back, wherever the process ends during an update', async () => {
    await (await settled()).stop();
    for (let survived = 0; survived < 4; survived += 1) {
      const seq = 100 + survived;
      const key = await standInKey(hub.keys[0]);
      hub.keys = [key, ...hub.keys];
      await publish(hub, 'ada', 'acme', seq);
      let writes = 0;
      onWrite = () => {
        if (writes >= survived) throw new Error('killed');
        writes += 1;
      };
      const dying = await launch();
      const announcedAtDeath: (number | null)[] = [];
      dying.delivery.onChange((state) => announcedAtDeath.push(state.bundle?.payload.seq ?? null));
      await dying.delivery.sync();
      await dying.stop();
      onWrite = () => {};
      hub.intercept = (_, response) => {
        response.destroy();
        return true;
      };
      const next = await launch();
      const found = seqOf(next);
      expect(next.delivery.state().cache).toBe('valid');
      // What was told is what is found; and a bundle older than it is not taken again.
      for (const told of announcedAtDeath) expect(found ?? 0).toBeGreaterThanOrEqual(told ?? 0);
      hub.intercept = null;
      await publish(hub, 'ada', 'acme', (found ?? 0) - 1);
      expect(await next.delivery.sync()).toMatchObject({ outcome: 'refused' });
      await publish(hub, 'ada', 'acme', seq);
      await next.delivery.sync();
      expect(seqOf(next)).toBe(seq);
      await next.stop();
    }
  });

  it('is not replaced by one that the disk does not take', async () => {
    const desktop = await settled();
    await publish(hub, 'ada', 'acme', 11);
    onWrite = (path) => {
      if (path === bundleFile()) throw new Error('ENOSPC');
    };
    const before = desktop.announced.length;
    expect(await desktop.delivery.sync()).toMatchObject({
      outcome: 'failed',
      error: { code: 'storage_failed' },
    });
    expect(seqOf(desktop)).toBe(10);
    expect(desktop.announced.slice(before).some((state) => state.bundle?.payload.seq === 11)).toBe(false);
    onWrite = () => {};
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'updated' });
  });

  it('is announced only once it is on disk', async () => {
    await publish(hub, 'ada', 'acme', 10);
    const desktop = await launch();
    const order: string[] = [];
    onWrite = (path) => {
      if (path === bundleFile()) order.push('written');
    };
    desktop.delivery.onChange((state) => {
      if (state.bundle !== null) order.push('announced');
    });
    await signIn(desktop);
    await desktop.delivery.sync();
    expect(order[0]).toBe('written');
    expect(order).toContain('announced');
  });
});

describe('the end of a policy', () => {
  it('comes with a sign-out where sign-in is not enforced, on disk too', async () => {
    const desktop = await settled();
    await desktop.account.logout();
    await expect.poll(() => desktop.delivery.state()).toMatchObject({ bundle: null, cache: 'absent' });
    await expect.poll(async () => (await onDisk()).bundle).toBeNull();
    expect(desktop.delivery.state().sync.nextAttempt).toBeNull();
  });

  it('comes with that sign-out although the process ended before the bundle was removed', async () => {
    const desktop = await settled();
    await desktop.delivery.stop();
    await desktop.account.logout();
    expect((await onDisk()).bundle).not.toBeNull();
    const next = await launch();
    expect(next.delivery.state()).toMatchObject({ bundle: null, cache: 'absent' });
  });

  it('does not come with a sign-out where sign-in is enforced', async () => {
    enforced = true;
    const desktop = await settled();
    await desktop.account.logout();
    await pass(desktop, HOUR);
    expect(seqOf(desktop)).toBe(10);
    await desktop.stop();
    expect(seqOf(await launch())).toBe(10);
  });

  it('does not come with the end of the session', async () => {
    const desktop = await settled();
    await hub.endSessions();
    time.advance(20 * 60_000);
    expect(await desktop.delivery.sync()).toMatchObject({
      outcome: 'failed',
      error: { code: 'sign_in_required' },
    });
    expect(desktop.account.state().state).toBe('sign-in-again');
    expect(seqOf(desktop)).toBe(10);
    await desktop.stop();
    const next = await launch();
    expect(seqOf(next)).toBe(10);
    await publish(hub, 'ada', 'acme', 11);
    await signIn(next);
    await pass(next, 0);
    await expect.poll(() => seqOf(next)).toBe(11);
  });

  it('comes for the first user when the second one’s bundle is accepted, and not before', async () => {
    const desktop = await settled();
    await signIn(desktop, 'bob');
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'failed', error: { code: 'forbidden' } });
    expect(desktop.delivery.state().bundle).toMatchObject({
      payload: { sub: 'ada' },
      ofPreviousAccount: true,
    });
    await publish(hub, 'bob', 'acme', 3);
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'updated' });
    expect(desktop.delivery.state().bundle).toMatchObject({
      payload: { sub: 'bob', seq: 3 },
      ofPreviousAccount: false,
    });
    await desktop.stop();
    expect((await launch()).delivery.state().bundle?.payload.sub).toBe('bob');
  });

  it('comes when the hub says twice that the user is no member any more', async () => {
    const desktop = await settled();
    // Once is not definite: the account still lists the organization.
    hub.policies.delete('ada acme');
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'failed', error: { code: 'forbidden' } });
    expect(seqOf(desktop)).toBe(10);
    hub.accounts.set('ada', standInAccount('ada', []));
    enforced = true;
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'unchanged' });
    expect(seqOf(desktop)).toBe(10);
    enforced = false;
    expect(await desktop.delivery.sync()).toMatchObject({
      outcome: 'updated',
      message: expect.stringContaining('no longer a member'),
    });
    expect(seqOf(desktop)).toBeNull();
  });

  it('does not come while the policy route still knows the member', async () => {
    const desktop = await settled();
    hub.accounts.set('ada', standInAccount('ada', []));
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'unchanged' });
    expect(seqOf(desktop)).toBe(10);
  });

  it.each([
    ['in plain words', 'text/plain', 'blocked by your company'],
    ['as a page', 'text/html', '<html>Sign in to the hotel</html>'],
    ['as JSON of another shape', 'application/json', '{"error":"forbidden"}'],
  ])('does not come by a 403 that is not the hub’s own, %s', async (_what, type, body) => {
    const desktop = await settled();
    hub.accounts.set('ada', standInAccount('ada', []));
    answerPolicy(403, { 'content-type': type }, body);
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'unchanged' });
    expect(seqOf(desktop)).toBe(10);
  });
});

describe('organizations', () => {
  it('that are switched bring their own policy, and the old one stays until then', async () => {
    const desktop = await settled();
    await desktop.account.useOrganization('beta');
    await pass(desktop, 0);
    await expect.poll(() => desktop.delivery.state().sync.error?.code).toBe('forbidden');
    expect(desktop.delivery.state().bundle?.payload.org).toBe('acme');
    await publish(hub, 'ada', 'beta', 1);
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'updated' });
    expect(desktop.delivery.state().bundle?.payload).toMatchObject({ org: 'beta', seq: 1 });
    // The numbers are counted for each: going back asks for no lower one.
    await desktop.account.useOrganization('acme');
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'updated' });
    await publish(hub, 'ada', 'acme', 9);
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'refused' });
  });

  it('whose policies have the same number are not taken for each other', async () => {
    const desktop = await settled();
    await publish(hub, 'ada', 'beta', 10);
    await desktop.account.useOrganization('beta');
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'updated' });
    expect(desktop.delivery.state().bundle?.payload).toMatchObject({ org: 'beta', seq: 10 });
  });

  const refusal = { error: { code: 'forbidden', message: 'You are not a member of "acme".' } };
  it.each<readonly [what: string, status: number, headers: Record<string, string>, body: string | null]>([
    ['a bundle', 200, { 'content-type': BUNDLE_MEDIA_TYPE, etag: '"11"' }, null],
    ['nothing new', 304, {}, ''],
    ['no member', 403, { 'content-type': 'application/json' }, JSON.stringify(refusal)],
    ['a failure', 503, {}, ''],
  ])(
    'that change while an answer is on its way do not get that answer: %s',
    async (_what, status, headers, body) => {
      const desktop = await settled();
      await publish(hub, 'ada', 'acme', 11);
      await publish(hub, 'ada', 'beta', 5);
      let switched = false;
      hub.intercept = (request, response) => {
        if (switched || !request.url?.includes('org=acme')) return false;
        switched = true;
        // biome-ignore lint/correctness/useHookAtTopLevel: the method only begins like a hook of React
        void desktop.account.useOrganization('beta').then(() => {
          response.writeHead(status, headers).end(body ?? hub.policies.get('ada acme')?.jws);
        });
        return true;
      };
      expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'updated' });
      expect(switched).toBe(true);
      expect(desktop.delivery.state().bundle?.payload).toMatchObject({ org: 'beta', seq: 5 });
      expect(desktop.delivery.state().sync.error).toBeNull();
      expect(desktop.announced.some((state) => state.bundle?.payload.seq === 11)).toBe(false);
    },
  );

  it('that change while the key of a bundle is looked for are not told of that bundle', async () => {
    const desktop = await settled();
    const known = hub.keys[0] ?? (await standInKey());
    const stranger = await standInKey();
    const jws = await stranger.sign(standInPayload(hub, 'ada', 'acme', 11));
    hub.policies.set('ada acme', { jws, etag: '"11"' });
    await publish(hub, 'ada', 'beta', 5);
    let switched = false;
    hub.intercept = (request, response) => {
      if (switched || !request.url?.startsWith('/v1/agent/keys')) return false;
      switched = true;
      // biome-ignore lint/correctness/useHookAtTopLevel: the method only begins like a hook of React
      void desktop.account.useOrganization('beta').then(() => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ keys: [known.jwk] }));
      });
      return true;
    };
    expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'updated' });
    expect(switched).toBe(true);
    expect(desktop.delivery.state()).toMatchObject({
      bundle: { payload: { org: 'beta', seq: 5 } },
      refused: null,
    });
    expect(desktop.announced.some(({ refused }) => refused !== null)).toBe(false);
  });

  it('that the user is added to are found at the next fetch', async () => {
    hub.accounts.set('ada', standInAccount('ada', []));
    const desktop = await launch();
    await signIn(desktop);
    expect(await desktop.delivery.sync()).toMatchObject({
      outcome: 'unchanged',
      message: expect.stringContaining('no organization'),
    });
    hub.accounts.set('ada', standInAccount('ada', ['acme']));
    await publish(hub, 'ada', 'acme', 10);
    await desktop.delivery.sync();
    expect(seqOf(desktop)).toBe(10);
  });
});

describe('the grace period', () => {
  const graceSeconds = 2 * 86_400;
  const away = () => {
    hub.intercept = (_, response) => {
      response.destroy();
      return true;
    };
  };

  it('over by the monotonic clock alone, it is over after a restart too', async () => {
    await publish(hub, 'ada', 'acme', 10, { graceSeconds });
    const desktop = await launch();
    await signIn(desktop);
    await desktop.delivery.sync();
    away();
    time.setWallBy(-4 * DAY);
    await pass(desktop, 3 * DAY);
    await expect.poll(() => desktop.delivery.state().bundle?.stale).toBe(true);
    await desktop.stop();
    const next = await launch();
    expect(next.delivery.state().bundle?.stale).toBe(true);
  });

  it('over, the policy is stale until a fetch succeeds, over restarts and clocks set back', async () => {
    await publish(hub, 'ada', 'acme', 10, { graceSeconds });
    const desktop = await launch();
    await signIn(desktop);
    await desktop.delivery.sync();
    away();
    time.setWallBy(2 * DAY - 120_000);
    await pass(desktop, 60_000);
    expect(desktop.delivery.state().bundle?.stale).toBe(false);
    time.advance(120_000);
    await expect.poll(() => desktop.delivery.state().bundle?.stale).toBe(true);
    await expect.poll(() => desktop.announced.at(-1)?.bundle?.stale).toBe(true);
    await desktop.stop();
    time.setWallBy(-30 * DAY);
    const next = await launch();
    expect(next.delivery.state().bundle).toMatchObject({ stale: true, payload: { seq: 10 } });
    hub.intercept = null;
    expect(await next.delivery.sync()).toMatchObject({ outcome: 'unchanged' });
    expect(next.delivery.state().bundle?.stale).toBe(false);
  });

  it('shorter than the usual time between fetches never passes where the hub answers', async () => {
    await publish(hub, 'ada', 'acme', 10, { graceSeconds: 600, refreshSeconds: 3600 });
    const desktop = await launch();
    await signIn(desktop);
    await desktop.delivery.sync();
    const fetched = () => hub.requests.filter((request) => request === 'GET /v1/agent/policy').length;
    for (let minutes = 0; minutes < 30; minutes += 6) {
      const before = fetched();
      await pass(desktop, 6 * 60_000);
      await expect.poll(fetched).toBeGreaterThan(before);
      await expect.poll(() => desktop.delivery.state().sync.state).toBe('idle');
      expect(desktop.delivery.state().bundle?.stale).toBe(false);
    }
    expect(desktop.announced.some(({ bundle }) => bundle?.stale === true)).toBe(false);
  });

  it('passes while the agent is off', async () => {
    await publish(hub, 'ada', 'acme', 10, { graceSeconds });
    const desktop = await launch();
    await signIn(desktop);
    await desktop.delivery.sync();
    await desktop.stop();
    time.advance(3 * DAY);
    away();
    const next = await launch();
    expect(next.delivery.state().bundle?.stale).toBe(true);
  });

  it('is not cleared by a bundle that is refused', async () => {
    await publish(hub, 'ada', 'acme', 10, { graceSeconds });
    const desktop = await launch();
    await signIn(desktop);
    await desktop.delivery.sync();
    await publish(hub, 'ada', 'acme', 9, { graceSeconds: null });
    time.setWallBy(49 * HOUR);
    await pass(desktop, 30_000);
    expect(desktop.delivery.state().refused?.reason).toBe('rolled_back');
    await expect.poll(() => desktop.delivery.state().bundle?.stale).toBe(true);
  });

  it('is noted on the way, so that a clock set back while the agent is off wins little', async () => {
    await publish(hub, 'ada', 'acme', 10, { graceSeconds });
    const desktop = await launch();
    await signIn(desktop);
    await desktop.delivery.sync();
    const start = time.clock.wall();
    away();
    time.setWallBy(40 * HOUR);
    await pass(desktop, 11 * 60_000);
    await expect.poll(async () => (await onDisk()).grace.latestSeen - start).toBeGreaterThan(39 * HOUR);
    time.setWallBy(-40 * HOUR);
    await pass(desktop, 11 * 60_000);
    await desktop.stop();
    expect((await onDisk()).grace.latestSeen - start).toBeGreaterThan(39 * HOUR);
    const next = await launch();
    await pass(next, 7 * HOUR);
    expect(next.delivery.state().bundle?.stale).toBe(false);
    time.advance(2 * HOUR);
    await expect.poll(() => next.delivery.state().bundle?.stale).toBe(true);
  });

  it('wins nothing by a clock that ran ahead at the last fetch, over restarts neither', async () => {
    await publish(hub, 'ada', 'acme', 10, { graceSeconds });
    time.setWallBy(30 * DAY);
    let desktop = await launch();
    await signIn(desktop);
    await desktop.delivery.sync();
    away();
    time.setWallBy(-30 * DAY);
    for (let run = 0; run < 3; run += 1) {
      expect([run, desktop.delivery.state().bundle?.stale]).toEqual([run, false]);
      await pass(desktop, 15 * HOUR);
      const counted = (run + 1) * 14 * HOUR;
      const noted = async () => {
        const { grace } = await onDisk();
        return grace.latestSeen - grace.lastSuccess;
      };
      await expect.poll(noted).toBeGreaterThan(counted);
      await desktop.stop();
      desktop = await launch();
    }
    await pass(desktop, 6 * HOUR);
    await expect.poll(() => desktop.delivery.state().bundle?.stale).toBe(true);
  });
});

it('a time of fetching that lies ahead, as the clock was mended since, is put right when the hub confirms', async () => {
  await publish(hub, 'ada', 'acme', 10);
  time.setWallBy(30 * DAY);
  const desktop = await launch();
  await signIn(desktop);
  await desktop.delivery.sync();
  time.setWallBy(-30 * DAY);
  const fetchedAt = () => Date.parse(desktop.delivery.state().bundle?.fetchedAt ?? '');
  expect(fetchedAt()).toBeGreaterThan(time.clock.wall() + 29 * DAY);
  expect(await desktop.delivery.sync()).toMatchObject({ outcome: 'unchanged' });
  expect(fetchedAt()).toBe(time.clock.wall());
  expect((await onDisk()).bundle.fetchedAt).toBe(new Date(time.clock.wall()).toISOString());
  time.advance(60_000);
  await desktop.delivery.sync();
  expect(fetchedAt()).toBe(time.clock.wall() - 60_000);
});
