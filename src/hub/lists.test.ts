import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { errorBodySchema } from '../shared/contracts/local-api.ts';
import { startTestApi, type TestApi } from './test-api.ts';
import { createApiToken } from './tokens/api-tokens.ts';

/*
 * Every list of the API that comes in pages, whatever it lists: found in the OpenAPI document by its parameters, so that
 * a new one is held to the same without being named here.
 */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await fillLists();
});
afterAll(() => api.stop());

/** A token of its own for each test: the hub counts requests by it. */
let token: string;
beforeEach(async () => {
  const context = { actor: { kind: 'system' as const, name: 'test' }, sourceAddress: null, at: new Date() };
  const wanted = { name: 'lists', role: 'owner' as const, days: 1 };
  token = (await createApiToken(api.database.db, context, api.ids.organizationId, wanted)).secret;
});

const parametersSchema = z.array(
  z.object({
    name: z.string(),
    in: z.string(),
    schema: z.looseObject({ enum: z.array(z.string()).optional() }),
  }),
);

interface List {
  readonly key: string;
  readonly url: string;
  readonly sorts: readonly string[];
  readonly searchable: boolean;
}

function lists(): readonly List[] {
  return api.operations().flatMap(({ key, method, path, operation }) => {
    const parameters = parametersSchema.parse(operation.parameters ?? []);
    const named = (name: string) => parameters.find((each) => each.in === 'query' && each.name === name);
    if (method !== 'GET' || named('cursor') === undefined) return [];
    return [
      {
        key,
        url: api.fill(path),
        sorts: named('sort')?.schema.enum ?? [],
        searchable: named('search') !== undefined,
      },
    ];
  });
}

const pageSchema = z.looseObject({ next: z.string().nullable(), total: z.int().optional() });

async function read(list: List, query: Readonly<Record<string, string>>) {
  const url = `${list.url}?${new URLSearchParams(query)}`;
  const answer = await api.send({ method: 'GET', url, headers: { authorization: `Bearer ${token}` } });
  expect([url, answer.statusCode]).toEqual([url, 200]);
  const page = pageSchema.parse(answer.json());
  const rows = z.array(z.unknown()).parse(Object.values(page).find(Array.isArray));
  return { ...page, rows: rows.map((row) => JSON.stringify(row)) };
}

async function status(list: List, query: Readonly<Record<string, string>>): Promise<number> {
  const url = `${list.url}?${new URLSearchParams(query)}`;
  const answer = await api.send({ method: 'GET', url, headers: { authorization: `Bearer ${token}` } });
  if (answer.statusCode >= 400) errorBodySchema.parse(answer.json());
  return answer.statusCode;
}

/** Three rows and more in each, with values that are equal among them, and some that are not there. */
async function fillLists(): Promise<void> {
  const { db } = api.database;
  const { organizationId, policyId, teamId, connectionId, userId, deviceId, jobId, migrationId, people } =
    api.ids;
  const each = sql`generate_series(1, 4) i`;
  const at = sql`timestamptz '2026-05-01 10:00:00.123456Z' + (i / 2) * interval '1 hour'`;
  const at2 = sql`timestamptz '2199-05-01Z' + (i / 2) * interval '1 hour'`;
  const statements = [
    sql`insert into domains (organization_id, name, challenge, verified_at, checked_at)
        select ${organizationId}, 'd' || i || '.example', 'c' || i, case when i > 2 then ${at} end, case when i > 2 then ${at} end from ${each}`,
    sql`insert into users (email, username, name) select 'out' || i || '@d3.example', 'out' || i, 'Outside ' || (i / 2) from ${each}`,
    sql`insert into api_tokens (organization_id, name, role, secret_hash, created_at, expires_at)
        select ${organizationId}, 'Token ' || (i / 2), 'editor', decode(md5(i::text) || md5(i::text), 'hex'), ${at}, ${at2} from ${each}`,
    sql`insert into connections (organization_id, name, kind, created_at, updated_at)
        select ${organizationId}, 'Provider ' || i, 'oidc', ${at}, ${at} from ${each}`,
    sql`insert into connection_failures (connection_id, at, class, detail, email)
        select ${connectionId}, ${at}, 'class_' || (i / 2), 'detail', case when i > 2 then 'x@acme.example' end from ${each}`,
    sql`insert into scim_refusals (connection_id, at, method, path, status, detail) select ${connectionId}, ${at}, 'POST', '/Users/' || i, 400, 'detail' from ${each}`,
    sql`insert into connection_organizations (connection_id, organization_id, accepted_at)
        select c.id, ${organizationId}, now() from connections c where c.organization_id <> ${organizationId}`,
    sql`insert into policy_revisions (policy_id, revision, document, text, author_label, reason)
        select ${policyId}, i + 8, '{}', '{}', 'author ' || (i / 2), 'reason' from ${each}`,
    sql`insert into policies (organization_id, name, revision, position, updated_at) select ${organizationId}, 'Other ' || i, 1, i / 2, ${at} from ${each}`,
    sql`insert into policy_revisions (policy_id, revision, document, text, author_label, reason)
        select p.id, 1, '{}', '{}', 'author', '' from policies p where p.name like 'Other %'`,
    sql`insert into policy_assignments (organization_id, user_id, policy_id, assigned_at)
        select organization_id, user_id, ${policyId}, now() from memberships where organization_id = ${organizationId}`,
    sql`insert into deleted_policies (id, organization_id, name, revision, deleted_at, deleted_by, content)
        select gen_random_uuid(), ${organizationId}, 'Gone ' || (i / 2), 1, now() - (i / 2) * interval '1 hour', 'test', '{"isDefault": false, "users": [], "teams": []}' from ${each}`,
    sql`insert into teams (organization_id, name) select ${organizationId}, 'Team ' || i from ${each}`,
    sql`insert into team_members (organization_id, team_id, user_id, origin)
        select organization_id, ${teamId}, user_id, 'manual' from memberships where organization_id = ${organizationId}`,
    sql`insert into invitations (organization_id, email, role, secret_hash, created_at, expires_at)
        select ${organizationId}, 'new' || i || '@acme.example', 'member', decode(md5('i' || i) || md5('i' || i), 'hex'), ${at}, ${at2} from ${each}`,
    sql`insert into member_jobs (organization_id, action, actor, actor_label, created_at, finished_at)
        select ${organizationId}, '{"kind": "remove"}', '{"kind": "system", "name": "test"}', 'test', ${at}, now() from ${each}`,
    sql`insert into provisioning_migrations (organization_id, connection_id, step, created_at, updated_at)
        select ${organizationId}, ${connectionId}, 'cancelled', ${at}, ${at} from ${each}`,
    sql`insert into provisioning_migration_people (migration_id, user_id, email, role, state)
        select ${migrationId}, gen_random_uuid(), 'moved' || (i / 2) || '@acme.example', 'member', 'waiting' from ${each}`,
    sql`insert into member_job_items (job_id, user_id, email, state, detail)
        select ${jobId}, gen_random_uuid(), 'refused' || (i / 2) || '@acme.example', 'refused', 'because' from ${each}`,
    sql`insert into browser_sessions (id_hash, user_id, user_agent, address, created_at, proved_at, expires_at)
        select decode(md5(i::text), 'hex'), ${userId}, 'Browser', '127.0.0.1', ${at}, ${at}, ${at2} from ${each}`,
    sql`insert into device_drift (device, received_at, at, kind, setting) select ${deviceId}, ${at}, ${at}, 'value', 'analyticsEnabled' from ${each}`,
    sql`insert into overrides (organization_id, user_id, policy_id, device_id, setting, value, reason, granted_at, until)
        select ${organizationId}, ${people.editor}, ${policyId}, gen_random_uuid(), 'setting' || i, 'true', 'because', ${at}, ${at2} from ${each}`,
    sql`insert into signing_keys (kid, position, public_x, sealed_private, created_at)
        select 'kid' || i, i + 100, 'x', '', ${at} from ${each}`,
    sql`insert into audit_events (organization_id, at, actor_kind, actor_label, action, target_kind, target_id, target_label)
        select ${organizationId}, ${at}, 'system', 'SCIM: Walk', 'scim.user.create', 'user', null, 'somebody' from ${each}`,
  ];
  // Together: a policy and its first revision need each other at the end.
  await db.transaction().execute(async (trx) => {
    for (const statement of statements) await statement.execute(trx);
  });
}

it('finds the lists that the console shows', () => {
  const last = (url: string) => url.split('/').at(-1);
  expect(lists().map(({ url }) => last(url))).toEqual(
    expect.arrayContaining([
      ...['members', 'teams', 'invitations', 'policies', 'revisions', 'users', 'deleted-policies', 'devices'],
      ...['drift', 'overrides', 'domains', 'uncaptured', 'connections', 'failures', 'accepted-connections'],
      ...['log', 'refusals', 'tokens', 'signing-keys', 'audit', 'sign-ins', 'member-jobs'],
    ]),
  );
});

const schemaOf = z.looseObject({
  content: z.object({
    'application/json': z.object({
      schema: z.looseObject({
        properties: z.record(z.string(), z.looseObject({ type: z.string().optional() })),
      }),
    }),
  }),
});

/** What answers a list without pages, and why it may. */
const WHOLE: Readonly<Record<string, string>> = {
  'GET /v1/orgs organizations': 'those of one caller',
  'GET /v1/orgs/{organization}/members/{userId} teams': 'those of one member',
  'GET /v1/orgs/{organization}/members/{userId}/ownership tokens': 'those that one member made',
  'GET /v1/orgs/{organization}/policies/{policyId} teams': 'what the policy is made of',
  'GET /v1/orgs/{organization}/policies/{policyId} exceptions': 'one for a setting at most',
  'GET /v1/orgs/{organization}/policies/{policyId} problems': 'those of one document',
  'GET /v1/orgs/{organization}/policies/{policyId}/teams teams': 'the same as the policy names',
  'GET /v1/orgs/{organization}/effective-policy problems': 'those of one document',
  'GET /v1/orgs/{organization}/members/{userId}/effective-policy problems': 'those of one document',
  'GET /v1/orgs/{organization}/connections/{connectionId}/scim tokens': 'two at most',
  'GET /v1/orgs/{organization}/connections/{connectionId}/saml-keys keys': 'two at most at a time',
  'GET /v1/orgs/{organization}/attention items': 'one for a kind of trouble at most',
  'GET /v1/orgs/{organization}/policy-compliance policies': 'numbers beside the page of policies',
  'GET /v1/orgs/{organization}/policy-order policies': 'an order is changed as a whole',
  'GET /v1/orgs/{organization}/devices/trend days': 'as many days as are asked for',
};

it('finds no list that comes whole beside those that cannot grow', () => {
  const paged = new Set(lists().map(({ key }) => key));
  const whole = api.operations().flatMap(({ key, method, operation }) => {
    const answer = schemaOf.safeParse(operation.responses['200']);
    if (method !== 'GET' || paged.has(key) || !answer.success) return [];
    const { properties } = answer.data.content['application/json'].schema;
    return Object.entries(properties).flatMap(([name, { type }]) =>
      type === 'array' ? [`${key} ${name}`] : [],
    );
  });
  expect(whole.filter((each) => WHOLE[each] === undefined)).toEqual([]);
  expect(whole).toContain('GET /v1/orgs organizations');
});

it('turns the pages of each in each of its orders, each row once, and back to front in the opposite order', async () => {
  for (const list of lists()) {
    const seen = new Map<string, string[]>();
    for (const sort of [undefined, ...list.sorts]) {
      const order = sort === undefined ? {} : { sort };
      const whole = await read(list, { ...order, limit: '500' });
      const paged: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: Awaited<ReturnType<typeof read>> = await read(list, {
          ...order,
          limit: '2',
          ...(cursor === '' ? {} : { cursor }),
        });
        paged.push(...page.rows);
        expect(page.rows.length).toBeLessThanOrEqual(2);
        if (page.total !== undefined) expect([list.key, page.total]).toEqual([list.key, whole.rows.length]);
        cursor = page.next;
      }
      expect([list.key, order, paged]).toEqual([list.key, order, whole.rows]);
      if (sort !== undefined) seen.set(sort, whole.rows);
    }
    for (const [sort, rows] of seen)
      expect([list.key, sort, seen.get(`-${sort}`)?.toReversed() ?? rows]).toEqual([list.key, sort, rows]);
    const [rows = []] = [...seen.values()];
    if (!list.key.endsWith('accepted-connections') && !list.key.endsWith('devices'))
      expect([list.key, rows.length > 2]).toEqual([list.key, true]);
  }
});

const packed = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

it('refuses what is no page, no order and no cursor of it, and never fails', async () => {
  const nobody = '00000000-0000-4000-8000-000000000000';
  for (const list of lists()) {
    for (const query of [
      ...['0', '-1', '501', '1e9', 'all', '1.5'].map((limit) => ({ limit })),
      ...["nope'; drop table users", '--', '-', 'constructor', '__proto__'].map((sort) => ({ sort })),
      ...['x', '-1', '1 or 1=1', '9'.repeat(40), packed({}), packed(['\0', nobody]), packed(['x'])].map(
        (cursor) => ({ cursor }),
      ),
      ...[packed(['x', 'y\0']), packed([1, 2]), packed(['x', nobody, 3]), 'A'.repeat(2001)].map((cursor) => ({
        cursor,
      })),
    ])
      expect([list.key, query, await status(list, query)]).toEqual([list.key, query, 400]);
    for (const sort of list.sorts)
      expect([200, 400]).toContain(await status(list, { sort, cursor: packed(['9999-99-99', nobody]) }));
  }
});

it('searches for what was typed, in which nothing is a wildcard', async () => {
  for (const list of lists().filter(({ searchable }) => searchable)) {
    for (const search of ['%', '_______________', '\\', "' or true --", '\0%', '😀'.repeat(50), '"}])']) {
      const { rows } = await read(list, { search, limit: '5' });
      expect([list.key, search, rows]).toEqual([list.key, search, []]);
    }
    expect([list.key, await status(list, { search: 'x'.repeat(201) })]).toEqual([list.key, 400]);
  }
});

it('goes on after names as long as they may be, in any script', async () => {
  const { db } = api.database;
  await sql`insert into teams (organization_id, name)
    select ${api.ids.organizationId}, repeat('組', 199) || i from generate_series(1, 3) i`.execute(db);
  const teams = lists().find(({ url }) => url.endsWith('/teams'));
  if (teams === undefined) throw new Error('there is no list of teams');
  const first = await read(teams, { search: '組組', sort: 'name', limit: '2' });
  const second = await read(teams, { search: '組組', sort: 'name', limit: '2', cursor: first.next ?? '' });
  expect(new Set([...first.rows, ...second.rows]).size).toBe(3);
  expect(second.next).toBeNull();
});
