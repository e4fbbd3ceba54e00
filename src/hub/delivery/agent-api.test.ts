import { compactVerify, importJWK } from 'jose';
import type { KyselyPlugin } from 'kysely';
import * as client from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { agentAccountSchema, agentErrorSchema, agentKeysSchema } from '../../shared/contracts/agent-api.ts';
import { type BundlePayload, bundlePayloadSchema } from '../../shared/contracts/bundle.ts';
import { systemClock } from '../clock.ts';
import { createAgentAccess } from '../identity/agent-access.ts';
import {
  createAccount,
  createTestOrganization,
  hubForFile,
  OPERATOR,
  signInDesktop,
  startSignIn,
  startTestHub,
  type TestAccount,
  type TestHub,
} from '../identity/test-hub.ts';
import { removeMember } from '../organizations/member-service.ts';
import { updateOrganization } from '../organizations/organization-service.ts';
import { assignPolicy, setDefaultPolicy, unassignPolicy } from '../policies/assignment-service.ts';
import { createPolicy, updatePolicy } from '../policies/policy-service.ts';
import { createBundles } from './bundles.ts';

const { database, hub } = hubForFile();
/** A second process of the hub: its own caches, its own listening connection. */
let other: TestHub;
let ada: TestAccount;
let bob: TestAccount;
let acme: { readonly id: string; readonly name: string };
let token: string;
let bobToken: string;

beforeAll(async () => {
  other = await startTestHub(database, { publicUrl: hub.url });
  ada = await createAccount(database, 'ada@acme.example');
  bob = await createAccount(database, 'bob@elsewhere.example');
  acme = await createTestOrganization(database, 'acme', [ada, bob]);
  token = (await signInDesktop(hub, ada.email)).tokens.access_token;
  bobToken = (await signInDesktop(hub, bob.email)).tokens.access_token;
});
afterAll(async () => {
  await other?.stop();
});
afterEach(() => {
  vi.useRealTimers();
});

interface Fetched {
  readonly status: number;
  readonly etag: string | null;
  readonly headers: Headers;
  readonly body: string;
}

async function fetchPolicy(
  options: {
    readonly bearer?: string | null;
    readonly org?: string;
    readonly at?: TestHub;
    readonly etag?: string;
  } = {},
): Promise<Fetched> {
  const { bearer = token, org = 'acme', at = hub, etag } = options;
  const response = await fetch(`${at.url}/v1/agent/policy?org=${encodeURIComponent(org)}`, {
    headers: {
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...(etag === undefined ? {} : { 'if-none-match': etag }),
    },
  });
  return {
    status: response.status,
    etag: response.headers.get('etag'),
    headers: response.headers,
    body: await response.text(),
  };
}

/** Verified as an agent does, with the published keys. */
async function verified(jws: string): Promise<BundlePayload> {
  const keys = agentKeysSchema.parse(await (await fetch(`${hub.url}/v1/agent/keys`)).json());
  const { payload, protectedHeader } = await compactVerify(jws, async (header) => {
    const key = keys.keys.find(({ kid }) => kid === header.kid);
    if (key === undefined) throw new Error('unknown key');
    return importJWK({ kty: key.kty, crv: key.crv, x: key.x }, 'EdDSA');
  });
  expect(protectedHeader).toMatchObject({ alg: 'EdDSA', typ: 'mooring-policy+jws' });
  return bundlePayloadSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
}

const document = (memory: number) => ({
  configurationFileVersion: 2,
  memoryMiB: { locked: true, value: memory },
});
const policy = (name: string, memory = 2048) =>
  createPolicy(database.db, OPERATOR, acme.id, {
    name,
    description: '',
    document: document(memory),
    reason: '',
  });

describe('GET /v1/agent/policy', () => {
  it('gives a bundle that the published keys verify', async () => {
    const answer = await fetchPolicy();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/jose');
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
    const payload = await verified(answer.body);
    expect(payload).toMatchObject({
      iss: hub.url,
      aud: 'mooring-agent',
      sub: ada.id,
      org: 'acme',
      policy: null,
      document: {},
      graceSeconds: null,
      contact: null,
    });
    expect(answer.etag).toBe(`"${payload.seq}"`);
    expect(Math.abs(payload.iat - Date.now() / 1000)).toBeLessThan(600);
  });

  it('is the same to the byte from every process', async () => {
    const [one, two] = await Promise.all([fetchPolicy(), fetchPolicy({ at: other })]);
    expect(one.body).toBe(two.body);
    expect(one.etag).toBe(two.etag);
  });

  it('answers from memory what the route answers', async () => {
    const { etag } = await fetchPolicy();
    const answered = async (query: string, tag: string) => {
      const response = await fetch(`${hub.url}/v1/agent/policy?${query}`, {
        headers: { authorization: `Bearer ${token}`, 'if-none-match': tag },
      });
      const headers = Object.fromEntries(response.headers);
      return { status: response.status, body: await response.text(), headers: { ...headers, date: '' } };
    };
    for (const [tag, status] of [
      ['"1"', 200],
      [etag ?? '', 304],
    ] as const) {
      const remembered = await answered('org=acme', tag);
      expect(remembered.status).toBe(status);
      // A second parameter is never answered from memory.
      expect(await answered('org=acme&more=1', tag)).toEqual(remembered);
    }
  });

  it('answers 304 without a body while nothing changed, however the tag is written', async () => {
    const { etag } = await fetchPolicy();
    if (etag === null) throw new Error('no tag');
    for (const tag of [etag, `W/${etag}`, `"1", ${etag}`, '*', ` ${etag} `]) {
      const again = await fetchPolicy({ etag: tag });
      expect(again.status, tag).toBe(304);
      expect(again.body).toBe('');
      expect(again.etag).toBe(etag);
    }
    for (const tag of ['"1"', etag.slice(1, -1), '', '"', `"${etag}"`]) {
      expect((await fetchPolicy({ etag: tag })).status, tag).toBe(200);
    }
  });

  it('chooses the user policy before the default, and none where there is none', async () => {
    const everyone = await policy('Everyone', 1024);
    const own = await policy('Own', 4096);
    const received = async (bearer: string) => {
      const { policy: chosen, document: content } = await verified((await fetchPolicy({ bearer })).body);
      return [chosen?.name ?? null, chosen?.scope ?? null, content];
    };
    await setDefaultPolicy(database.db, OPERATOR, acme.id, everyone.id);
    await expect.poll(() => received(token)).toEqual(['Everyone', 'organization', document(1024)]);
    await assignPolicy(database.db, OPERATOR, acme.id, { userId: ada.id, policyId: own.id });
    await expect.poll(() => received(token)).toEqual(['Own', 'user', document(4096)]);
    expect(await received(bobToken)).toEqual(['Everyone', 'organization', document(1024)]);
    await unassignPolicy(database.db, OPERATOR, acme.id, ada.id);
    await setDefaultPolicy(database.db, OPERATOR, acme.id, null);
    await expect.poll(() => received(token)).toEqual([null, null, {}]);
  });

  it('changes its tag exactly when the sequence number changes, and only for whom something changed', async () => {
    const tags = async () => [(await fetchPolicy()).etag, (await fetchPolicy({ bearer: bobToken })).etag];
    const sequences = async () => {
      const { rows } = await database.pool.query<{ user_id: string; seq: number }>(
        'select user_id, seq from bundle_sequences where organization_id = $1',
        [acme.id],
      );
      const of = (user: string) => `"${rows.find((row) => row.user_id === user)?.seq}"`;
      return [of(ada.id), of(bob.id)];
    };
    const mine = await policy('Mine');
    // What earlier tests changed has arrived.
    await expect.poll(tags).toEqual(await sequences());
    let before = await tags();
    const settled = async () => {
      await expect.poll(tags).toEqual(await sequences());
      const [adas, bobs] = await tags();
      const moved = [adas !== before[0], bobs !== before[1]];
      before = [adas ?? null, bobs ?? null];
      return moved;
    };
    await assignPolicy(database.db, OPERATOR, acme.id, { userId: ada.id, policyId: mine.id });
    expect(await settled()).toEqual([true, false]);
    await updatePolicy(
      database.db,
      OPERATOR,
      { organizationId: acme.id, policyId: mine.id, version: null },
      { document: document(8192), reason: '' },
    );
    expect(await settled()).toEqual([true, false]);
    await updateOrganization(database.db, OPERATOR, acme.id, { graceSeconds: 3600 });
    expect(await settled()).toEqual([true, true]);
    await updateOrganization(database.db, OPERATOR, acme.id, { displayName: 'Acme Inc.' });
    await database.db.updateTable('users').set({ name: 'Renamed' }).where('id', '=', bob.id).execute();
    expect(await settled()).toEqual([false, false]);
    const payload = await verified((await fetchPolicy()).body);
    expect(payload).toMatchObject({ graceSeconds: 3600, policy: { revision: 2 }, document: document(8192) });
    await unassignPolicy(database.db, OPERATOR, acme.id, ada.id);
  });

  it('never lets the number fall', async () => {
    const first = Number((await fetchPolicy()).etag?.slice(1, -1));
    const future = first + 1_000_000_000;
    await database.pool.query('update bundle_sequences set seq = $1 where user_id = $2', [future, ada.id]);
    await updateOrganization(database.db, OPERATOR, acme.id, { refreshSeconds: 1800 });
    await expect.poll(async () => (await fetchPolicy()).etag).toBe(`"${future + 1}"`);
  });

  it('refuses who proves nothing, with the way to prove it', async () => {
    for (const bearer of [
      null,
      '',
      'x',
      'A'.repeat(43),
      `${token}x`,
      token.slice(1),
      '../../etc/passwd',
      'é',
    ]) {
      const answer = await fetchPolicy({ bearer: bearer === 'é' ? '%C3%A9' : bearer });
      expect(answer.status, String(bearer)).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="mooring"/);
      expect(agentErrorSchema.parse(JSON.parse(answer.body)).error.code).toBe('unauthenticated');
    }
  });

  it('refuses who is no member, saying what to do and not what exists', async () => {
    await createTestOrganization(database, 'globex', []);
    const [foreign, missing] = [await fetchPolicy({ org: 'globex' }), await fetchPolicy({ org: 'nowhere' })];
    for (const answer of [foreign, missing]) {
      expect(answer.status).toBe(403);
      expect(answer.body).toContain('An owner of the organization can add you');
    }
    expect(foreign.body.replace('globex', '')).toBe(missing.body.replace('nowhere', ''));
    for (const org of ['', '\0', 'a'.repeat(5000)])
      expect((await fetchPolicy({ org })).status).toBeGreaterThanOrEqual(400);
    const twice = await fetch(`${hub.url}/v1/agent/policy?org=acme&org=globex`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(twice.status).toBe(400);
  });

  it('gives a number to a member whom nothing has stamped', async () => {
    await database.pool.query('delete from bundle_sequences where user_id = $1', [bob.id]);
    const answers = await Promise.all(
      [1, 2, 3, 4].map((n) => fetchPolicy({ bearer: bobToken, at: n % 2 === 0 ? hub : other })),
    );
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
    await expect
      .poll(
        async () =>
          new Set([
            (await fetchPolicy({ bearer: bobToken })).etag,
            (await fetchPolicy({ bearer: bobToken, at: other })).etag,
          ]).size,
      )
      .toBe(1);
  });
});

describe('access ends in every process', () => {
  it('for a member who was removed', async () => {
    const carol = await createAccount(database, 'carol@acme.example');
    await database.pool.query(
      "insert into memberships (organization_id, user_id, role, origin) values ($1, $2, 'member', 'manual')",
      [acme.id, carol.id],
    );
    const { tokens } = await signInDesktop(hub, carol.email);
    const statuses = async () => [
      (await fetchPolicy({ bearer: tokens.access_token })).status,
      (await fetchPolicy({ bearer: tokens.access_token, at: other })).status,
    ];
    const elsewhere = await createTestOrganization(database, 'carols-own', [carol]);
    expect(await statuses()).toEqual([200, 200]);
    await removeMember(database.db, OPERATOR, acme.id, carol.id);
    await expect.poll(statuses, { timeout: 20_000 }).toEqual([403, 403]);
    // With the last membership the sessions themselves end.
    await removeMember(database.db, OPERATOR, elsewhere.id, carol.id);
    await expect.poll(statuses, { timeout: 20_000 }).toEqual([401, 401]);
  });

  it('for a disabled account, also on the account route', async () => {
    const dora = await createAccount(database, 'dora@acme.example');
    const { tokens } = await signInDesktop(hub, dora.email);
    const account = async () =>
      Promise.all(
        [hub, other].map(async ({ url }) => {
          const answer = await fetch(`${url}/v1/agent/account`, {
            headers: { authorization: `Bearer ${tokens.access_token}` },
          });
          return answer.status;
        }),
      );
    expect(await account()).toEqual([200, 200]);
    await database.db
      .updateTable('users')
      .set({ disabled_at: new Date() })
      .where('id', '=', dora.id)
      .execute();
    await expect.poll(account, { timeout: 15_000 }).toEqual([401, 401]);
  });

  it('when the token has ended', async () => {
    const { tokens } = await signInDesktop(hub, ada.email);
    expect((await fetchPolicy({ bearer: tokens.access_token })).status).toBe(200);
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 601_000);
    expect((await fetchPolicy({ bearer: tokens.access_token })).status).toBe(401);
  });

  it('for a token that was not given for the agent', async () => {
    const { config, browser } = await signInDesktop(hub, ada.email);
    const started = await startSignIn(config, { scope: 'openid profile' });
    const page = await browser.get(started.url.href);
    await browser.submit(page, {}, ({ fields }) => fields.step === 'continue');
    const left = browser.left();
    if (left === undefined) throw new Error('not sent back');
    const narrow = await client.authorizationCodeGrant(config, left, {
      pkceCodeVerifier: started.verifier,
      expectedState: started.state,
    });
    expect(narrow.refresh_token).toBeUndefined();
    expect((await fetchPolicy({ bearer: narrow.access_token })).status).toBe(401);
  });

  it('within five seconds where an announcement was lost', async () => {
    const deaf = { subscribe: () => () => undefined };
    let now = Date.now();
    const clock = { now: () => now };
    const eve = await createAccount(database, 'eve@acme.example');
    await database.pool.query(
      "insert into memberships (organization_id, user_id, role, origin) values ($1, $2, 'member', 'manual')",
      [acme.id, eve.id],
    );
    const { tokens } = await signInDesktop(hub, eve.email);
    const access = createAgentAccess({ db: database.db, secret: hub.secret, now: () => new Date(now) }, deaf);
    const bundles = createBundles({
      keys: { db: database.db, secret: hub.secret },
      announcements: deaf,
      clock,
      issuer: hub.url,
    });
    const bearer = `Bearer ${tokens.access_token}`;
    expect(await access.verify(bearer)).not.toBeNull();
    expect(await bundles.find(eve.id, 'acme')).not.toBeNull();
    await removeMember(database.db, OPERATOR, acme.id, eve.id);
    await database.pool.query('delete from device_sessions where user_id = $1', [eve.id]);
    // Still from memory: no promise.
    expect(access.verify(bearer)).not.toBeInstanceOf(Promise);
    now += 5_001;
    expect(await access.verify(bearer)).toBeNull();
    expect(await bundles.find(eve.id, 'acme')).toBeNull();
  });
});

it('reads together what a whole fleet asks for at once, to each their own', async () => {
  const { db, pool } = database;
  const { rows } = await pool.query<{ id: string }>(
    `with made as (insert into users (email, username, name)
       select 'fleet' || n || '@acme.example', 'fleet' || n, 'Fleet' from generate_series(1, 200) n returning id),
     placed as (insert into memberships (organization_id, user_id, role, origin)
       select $1, id, 'member', 'manual' from made),
     stamped as (insert into bundle_sequences (organization_id, user_id, seq, changed_at)
       select $1, id, 1000 + row_number() over (order by id), now() from made)
     select id from made order by id`,
    [acme.id],
  );
  let statements = 0;
  const counting: KyselyPlugin = {
    transformQuery: ({ node }) => {
      statements += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const bundles = createBundles({
    keys: { db: db.withPlugin(counting), secret: hub.secret },
    announcements: { subscribe: () => () => undefined },
    clock: systemClock,
    issuer: hub.url,
  });
  const asked = await Promise.all([
    ...rows.map(({ id }) => bundles.find(id, 'acme')),
    bundles.find(rows[0]?.id ?? '', 'no such organization'),
  ]);
  expect(asked.map((found) => found?.etag)).toEqual([...rows.map((_, n) => `"${1001 + n}"`), undefined]);
  const payloads = await Promise.all(asked.slice(0, 200).map((found) => found?.jws()));
  expect(payloads.map((jws) => subjectOf(jws ?? ''))).toEqual(rows.map(({ id }) => id));
  expect(statements).toBeLessThan(12);
});

function subjectOf(jws: string): string {
  const [, payload = ''] = jws.split('.');
  return bundlePayloadSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString())).sub;
}

describe('GET /v1/agent/account', () => {
  it('says who the bearer is and where they belong, the earliest joined first', async () => {
    const fay = await createAccount(database, 'fay@verified.example');
    const second = await createTestOrganization(database, 'second', [fay]);
    const first = await createTestOrganization(database, 'first', [fay]);
    await database.pool.query("update memberships set joined_at = '2020-01-01' where organization_id = $1", [
      first.id,
    ]);
    await database.pool.query(
      "insert into domains (organization_id, name, challenge, verified_at) values ($1, 'verified.example', 'x', now()), ($2, 'unverified.example', 'x', null)",
      [second.id, first.id],
    );
    const { rows } = await database.pool.query<{ id: string }>(
      "insert into teams (organization_id, name) values ($1, 'Platform') returning id",
      [second.id],
    );
    await database.pool.query(
      "insert into team_members (organization_id, team_id, user_id, origin) values ($1, $2, $3, 'manual')",
      [second.id, rows[0]?.id, fay.id],
    );
    const { tokens } = await signInDesktop(hub, fay.email);
    const response = await fetch(`${hub.url}/v1/agent/account`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const account = agentAccountSchema.parse(await response.json());
    expect(account).toMatchObject({ userId: fay.id, email: fay.email });
    expect(
      account.organizations.map(({ name, teams, verifiedDomain }) => [name, teams, verifiedDomain]),
    ).toEqual([
      ['first', [], false],
      ['second', ['Platform'], true],
    ]);
    const days = (Date.parse(account.sessionExpiresAt ?? '') - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(89.9);
    expect(days).toBeLessThanOrEqual(90);
  });

  it('refuses who proves nothing', async () => {
    const response = await fetch(`${hub.url}/v1/agent/account`);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
  });
});
