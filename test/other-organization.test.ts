import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../src/hub/clock.ts';
import { type RunningHub, startHub } from '../src/hub/hub.ts';
import { createAccount, OPERATOR, signInDesktop } from '../src/hub/identity/test-hub.ts';
import { createLogger } from '../src/hub/logging.ts';
import { joinOrganization } from '../src/hub/organizations/member-service.ts';
import { setDefaultPolicy } from '../src/hub/policies/assignment-service.ts';
import { lockOrganization } from '../src/hub/policies/recipients.ts';
import { sampleReport } from '../src/hub/reports/test-report.ts';
import { createScimToken } from '../src/hub/scim/tokens.ts';
import { bodyOfOperation } from '../src/hub/test-bodies.ts';
import {
  createTestWorld,
  fillPath,
  TEST_SECRET,
  TEST_SECRET_TEXT,
  type TestWorld,
} from '../src/hub/test-world.ts';
import { createApiToken } from '../src/hub/tokens/api-tokens.ts';
import { temporaryDataDirectory } from './hub-process.ts';

/*
 * Whoever holds every token that globex can have (of an owner's program, of its SCIM client, of a member's desktop)
 * walks every route of a whole hub, asking for what is acme's: nothing is answered and nothing of acme changes.
 */

/** Routes outside of the API: pages that act for whoever is signed in in the browser, and protocols of their own. */
const PAGES = [
  ...[
    '',
    '.well-known',
    'account',
    'console',
    'device',
    'interaction',
    'invitations',
    'metrics',
    'o',
    'oauth',
  ],
  ...['openapi.json', 'setup', 'sign-in', 'sign-out', 'signed-in', 'sso'],
];
/** Documented routes that belong to no organization. */
const NOBODYS = ['/healthz', '/readyz', '/v1/me', '/v1/orgs', '/v1/agent/account', '/v1/agent/keys'];
const SCIM = /^\/(scim\/v2|v2\/scim\/2\.0)(\/.*)$/;
/** The stranger's own address is in acme's domain. */
const OF_ACME = /(?<!stranger)@acme\.example|"acme"/;

const routeSchema = z.looseObject({
  method: z.union([z.string(), z.array(z.string())]),
  url: z.string(),
  schema: z.looseObject({ hide: z.boolean().optional() }).optional(),
  config: z.looseObject({ requires: z.string() }),
});
const documentSchema = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

const AGENT_BODIES: Readonly<Record<string, unknown>> = {
  'POST /v1/agent/reports': sampleReport(),
  'POST /v1/agent/overrides': {
    ...{ deviceId: '22222222-2222-4222-8222-222222222222', setting: 'analyticsEnabled', value: true },
    ...{ seconds: 600, reason: 'walk' },
  },
};

interface Operation {
  readonly key: string;
  readonly method: string;
  readonly path: string;
}

let hub: RunningHub;
let world: TestWorld & { readonly overrideId: string; readonly signInId: string };
let scimIds: { readonly user: string; readonly group: string };
let operations: readonly Operation[];
let before: unknown;
const routes: z.infer<typeof routeSchema>[] = [];
const tokens = { api: '', scim: '', agent: '', acmeScim: '' };
const data = temporaryDataDirectory();

const listen = (message: unknown) => {
  const { fastify } = z
    .object({ fastify: z.custom<{ addHook(name: 'onRoute', hook: (route: unknown) => void): void }>() })
    .parse(message);
  fastify.addHook('onRoute', (route) => routes.push(routeSchema.parse(route)));
};

async function send(token: string, method: string, path: string, body?: unknown) {
  const answer = await fetch(`${hub.publicUrl}${path}`, {
    method,
    headers: {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      'if-match': '*',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text() };
}

const of = (path: RegExp) => operations.filter((operation) => path.test(operation.path));
const own = (method: string, key: string) => (method === 'GET' ? undefined : bodyOfOperation(key, world));

/** Every row that is acme's, whatever the table. */
async function everythingOfAcme(): Promise<unknown> {
  const { pool } = hub.database;
  const { rows: tables } = await pool.query<{ name: string }>(
    `select table_name as name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
      where table_schema = 'public' and table_type = 'BASE TABLE' and column_name = 'organization_id' order by 1`,
  );
  expect(tables.length).toBeGreaterThan(20);
  const found: Record<string, unknown> = {};
  for (const { name } of tables) {
    const { rows } = await pool.query(
      `select to_jsonb(t) as row from ${name} t where organization_id = $1 order by 1`,
      [world.organizationId],
    );
    found[name] = rows;
  }
  for (const [name, which] of [
    ['organizations', 'id = $1'],
    ['scim_users', 'connection_id in (select id from connections where organization_id = $1)'],
    ['scim_groups', 'connection_id in (select id from connections where organization_id = $1)'],
    ['scim_group_members', 'group_id in (select id from scim_groups where organization_id = $1)'],
    ['scim_tokens', 'connection_id in (select id from connections where organization_id = $1)'],
    ['users', 'id in (select user_id from memberships where organization_id = $1)'],
    ['device_sessions', 'user_id in (select user_id from memberships where organization_id = $1)'],
  ] as const) {
    const { rows } = await pool.query(`select to_jsonb(t) as row from ${name} t where ${which} order by 1`, [
      world.organizationId,
    ]);
    found[name] = rows;
  }
  return found;
}

/** Work that goes on by itself has ended. */
const allJobsDone = () =>
  vi.waitUntil(
    async () => {
      const { db } = hub.database;
      const left = await db.selectFrom('member_jobs').where('finished_at', 'is', null).selectAll().execute();
      return left.length === 0;
    },
    { timeout: 60_000 },
  );

const untouched = async () => {
  await allJobsDone();
  expect(await everythingOfAcme()).toEqual(before);
};

beforeAll(async () => {
  subscribe('fastify.initialization', listen);
  hub = await startHub({
    ...{ dataDirectory: data.path, host: '127.0.0.1', port: 0, secret: TEST_SECRET_TEXT },
    ...{ log: createLogger({ level: 'silent' }), clock: systemClock },
  });
  unsubscribe('fastify.initialization', listen);
  const { db } = hub.database;
  const acme = await createTestWorld(hub.database, { publicUrl: hub.publicUrl, secret: TEST_SECRET });
  const globex = await db
    .selectFrom('organizations')
    .select('id')
    .where('name', '=', 'globex')
    .executeTakeFirstOrThrow();
  const join = async (email: string, organizationId: string) => {
    const account = await createAccount(hub.database, email);
    await db.transaction().execute(async (trx) => {
      await lockOrganization(trx, organizationId);
      await joinOrganization(trx, OPERATOR, { organizationId, account, role: 'member', origin: 'manual' });
    });
    return { ...account, bearer: (await signInDesktop({ url: hub.publicUrl }, email)).tokens.access_token };
  };
  const amy = await join('amy@acme.example', acme.organizationId);
  tokens.agent = (await join('gus@globex.example', globex.id)).bearer;
  const wanted = { name: 'walk', role: 'owner', days: 1, managesAccess: true } as const;
  tokens.api = (await createApiToken(db, OPERATOR, globex.id, wanted)).secret;
  for (const [key, where] of [
    ['scim', { organizationId: globex.id, connectionId: acme.sharedConnectionId }],
    ['acmeScim', { organizationId: acme.organizationId, connectionId: acme.connectionId }],
  ] as const)
    tokens[key] = (await createScimToken(db, OPERATOR, where))?.secret ?? '';
  await db
    .insertInto('domains')
    .values({
      organization_id: acme.organizationId,
      name: 'acme.example',
      challenge: 'x',
      verified_at: new Date(),
    })
    .execute();
  // Amy receives the policy that hers is of: otherwise the hub would end it while everything is compared.
  await setDefaultPolicy(db, OPERATOR, acme.organizationId, acme.policyId);
  const override = await db
    .insertInto('overrides')
    .values({
      ...{ organization_id: acme.organizationId, user_id: amy.id, policy_id: acme.policyId },
      ...{ device_id: acme.deviceId, setting: 'analyticsEnabled', value: 'true', reason: 'walk' },
      ...{ granted_at: new Date(), until: new Date(Date.now() + 3_600_000) },
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const session = await db
    .selectFrom('device_sessions')
    .select('id')
    .where('user_id', '=', amy.id)
    .executeTakeFirstOrThrow();
  world = { ...acme, userId: amy.id, overrideId: override.id, signInId: session.id };
  const user = await send(tokens.acmeScim, 'POST', '/scim/v2/Users', { userName: 'sam@acme.example' });
  const { id } = z.object({ id: z.string() }).parse(JSON.parse(user.text));
  const group = await send(tokens.acmeScim, 'POST', '/scim/v2/Groups', {
    displayName: 'acme:Walk',
    members: [{ value: id }],
  });
  scimIds = { user: id, group: z.object({ id: z.string() }).parse(JSON.parse(group.text)).id };
  const document = documentSchema.parse(await (await fetch(`${hub.publicUrl}/openapi.json`)).json());
  const order = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'];
  operations = Object.entries(document.paths)
    .flatMap(([path, methods]) =>
      Object.keys(methods).map((name) => ({
        key: `${name.toUpperCase()} ${path}`,
        method: name.toUpperCase(),
        path,
      })),
    )
    .toSorted((a, b) => order.indexOf(a.method) - order.indexOf(b.method));
  // What acme itself has begun is done first: beginning another job wakes who does them.
  const { secret } = await createApiToken(db, OPERATOR, acme.organizationId, { ...wanted, name: 'own' });
  const job = { action: { kind: 'role', role: 'member' }, userIds: [world.userId] };
  expect((await send(secret, 'POST', '/v1/orgs/acme/member-jobs', job)).status).toBe(201);
  await allJobsDone();
  before = await everythingOfAcme();
});
afterAll(async () => {
  await hub.stop();
  await data.remove();
});

const documented = (method: string, path: string) =>
  operations.some((operation) => operation.method === method && operation.path === path);
const isWalked = (path: string) =>
  path.startsWith('/v1/orgs/{organization}') || path.startsWith('/v1/agent/') || SCIM.test(path);

it('knows every route of the hub: each is walked here, or named above as no organization’s own', () => {
  const pages = new Set<string>();
  const left = routes.flatMap(({ method, url, schema, config }) => {
    const path = url.replaceAll(/:(\w+)/g, '{$1}');
    if (schema?.hide === true) {
      pages.add(path.split('/')[1] ?? '');
      // A page goes by the browser's cookie, or by a secret in its address, and by no organization's name.
      const open = config.requires === 'nothing' || config.requires === 'own-check';
      return open && !path.includes('{organization}') ? [] : [path];
    }
    return [method].flat().flatMap((each) => {
      if (each === 'HEAD' || NOBODYS.includes(path)) return [];
      return documented(each, path) && isWalked(path) ? [] : [`${each} ${path}`];
    });
  });
  expect(left).toEqual([]);
  expect(PAGES).toEqual(expect.arrayContaining([...pages]));
  expect(routes.length).toBeGreaterThan(200);
});

describe('the API, with a token of globex’s owner', () => {
  it('hides acme as if it were not there', async () => {
    for (const { key, method, path } of of(/^\/v1\/orgs\/\{organization\}/)) {
      const body = own(method, key);
      const there = await send(tokens.api, method, fillPath(path, world, 'acme'), body);
      expect([key, there.status, there.text]).toEqual([key, 404, expect.not.stringMatching(OF_ACME)]);
      const nowhere = await send(tokens.api, method, fillPath(path, world, 'nowhere'), body);
      expect([key, there.text]).toEqual([key, nowhere.text]);
    }
    await untouched();
  });

  it('reaches nothing of acme by way of globex either, by address or by body', async () => {
    for (const { key, method, path } of of(/^\/v1\/orgs\/\{organization\}/)) {
      const named = path.replace('{organization}', '').includes('{');
      const body = own(method, key);
      if (
        /\/changes$/.test(path) ||
        (method !== 'GET' && !named && !/[0-9a-f]{8}-/.test(JSON.stringify(body)))
      )
        continue;
      const answer = await send(tokens.api, method, fillPath(path, world, 'globex'), body);
      expect([key, answer.status], answer.text).toEqual([
        key,
        named ? expect.toBeOneOf([400, 404, 409]) : answer.status,
      ]);
      if (method === 'GET') expect([key, answer.text]).toEqual([key, expect.not.stringMatching(OF_ACME)]);
    }
    await untouched();
  });
});

describe('SCIM, with a token of globex', () => {
  const ids = (path: string) => path.replace('{id}', path.includes('Groups') ? scimIds.group : scimIds.user);
  const body = (method: string, path: string): unknown => {
    if (method === 'GET' || method === 'DELETE') return undefined;
    const members = [{ value: scimIds.user }];
    if (method === 'PATCH')
      return {
        Operations: path.includes('Groups')
          ? [{ op: 'replace', path: 'members', value: members }]
          : [{ op: 'replace', path: 'active', value: false }],
      };
    return path.includes('Groups') ? { displayName: 'acme:Walk', members } : { userName: 'sam@acme.example' };
  };

  it('reads, finds and changes nothing of acme', async () => {
    for (const { key, method, path } of of(SCIM)) {
      const searched = path.endsWith('.search');
      const answer = await send(tokens.scim, method, ids(path), searched ? {} : body(method, path));
      if (/(Users|Groups)\/\{id\}$/.test(path)) expect([key, answer.status]).toEqual([key, 404]);
      else if (method !== 'GET' && /(Users|Groups)$/.test(path))
        expect([key, answer.status]).toEqual([key, 400]);
      else if (searched || /(Users|Groups)$/.test(path)) {
        expect([key, answer.status, answer.text]).toEqual([
          key,
          200,
          expect.stringContaining('"totalResults":0'),
        ]);
      } else expect([key, answer.text]).toEqual([key, expect.not.stringMatching(OF_ACME)]);
    }
    await untouched();
  });
});

describe('what agents ask, with the bearer of a member of globex', () => {
  it('is answered for globex alone', async () => {
    for (const { key, method, path } of of(/^\/v1\/agent\//)) {
      if (NOBODYS.includes(path)) continue;
      const at = path.replace('{id}', world.overrideId);
      const there = await send(tokens.agent, method, `${at}?org=acme`, AGENT_BODIES[key]);
      expect([key, there.status], there.text).toEqual([key, 403]);
      const nowhere = await send(tokens.agent, method, `${at}?org=nowhere`, AGENT_BODIES[key]);
      expect([key, nowhere.status, there.text.replaceAll('acme', 'nowhere')]).toEqual([
        key,
        403,
        nowhere.text,
      ]);
      if (path.includes('{id}'))
        expect([key, (await send(tokens.agent, method, `${at}?org=globex`)).status]).toEqual([key, 404]);
    }
    await untouched();
  });
});

it('takes no token where another kind is asked for', async () => {
  const { api, scim, agent, acmeScim } = tokens;
  for (const { key, method, path } of operations.filter(({ path }) => isWalked(path))) {
    if (path === '/v1/agent/keys') continue;
    const at = fillPath(path, { ...world, ...{ id: scimIds.user } }, 'acme');
    const wrong = SCIM.test(path)
      ? [api, agent]
      : path.startsWith('/v1/agent/')
        ? [api, scim, acmeScim]
        : [acmeScim, agent];
    for (const token of [...wrong, ''])
      expect([key, (await send(token, method, at, method === 'GET' ? undefined : {})).status]).toEqual([
        key,
        401,
      ]);
  }
  await untouched();
});
