import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { errorBodySchema } from '../shared/contracts/local-api.ts';
import { startTestApi, type TestApi } from './test-api.ts';
import { fillLists, type List, listsOf } from './test-lists.ts';
import { createApiToken } from './tokens/api-tokens.ts';

/*
 * Every list of the API that comes in pages, whatever it lists: found in the OpenAPI document by its parameters, so that
 * a new one is held to the same without being named here.
 */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await fillLists(api, 4);
});
afterAll(() => api.stop());

/** A token of its own for each test: the hub counts requests by it. */
let token: string;
beforeEach(async () => {
  const context = { actor: { kind: 'system' as const, name: 'test' }, sourceAddress: null, at: new Date() };
  const wanted = { name: 'lists', role: 'owner' as const, days: 1 };
  token = (await createApiToken(api.database.db, context, api.ids.organizationId, wanted)).secret;
});

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

it('finds the lists that the console shows', () => {
  const last = (url: string) => url.split('/').at(-1);
  expect(listsOf(api).map(({ url }) => last(url))).toEqual(
    expect.arrayContaining([
      ...['members', 'teams', 'invitations', 'policies', 'revisions', 'users', 'deleted-policies', 'devices'],
      'deletions',
      ...['drift', 'overrides', 'domains', 'uncaptured', 'connections', 'failures', 'accepted-connections'],
      'acceptances',
      ...['log', 'refusals', 'tokens', 'signing-keys', 'audit', 'sign-ins', 'member-jobs'],
    ]),
  );
});

const schemaOf = z.looseObject({
  content: z.object({
    'application/json': z.object({
      schema: z.looseObject({
        // One that may be null has several types.
        properties: z.record(z.string(), z.looseObject({ type: z.unknown().optional() })),
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
  'GET /v1/orgs/{organization}/connections/{connectionId} domains': 'a hundred at most, changed as a whole',
  'GET /v1/orgs/{organization}/connections/{connectionId} warnings': 'about one connection',
  'GET /v1/orgs/{organization}/connections/{connectionId}/tests/{testId} attributes': 'of one sign-in',
  'GET /v1/orgs/{organization}/connections/{connectionId}/tests/{testId} warnings': 'of one sign-in',
  'GET /v1/orgs/{organization}/connections/{connectionId}/scim tokens': 'two at most',
  'GET /v1/orgs/{organization}/connections/{connectionId}/saml-keys keys': 'two at most at a time',
  'GET /v1/orgs/{organization}/attention items': 'one for a kind of trouble at most',
  'GET /v1/orgs/{organization}/policy-compliance policies': 'numbers beside the page of policies',
  'GET /v1/orgs/{organization}/policy-order policies': 'an order is changed as a whole',
  'GET /v1/orgs/{organization}/devices/trend days': 'as many days as are asked for',
};

it('finds no list that comes whole beside those that cannot grow', () => {
  const paged = new Set(listsOf(api).map(({ key }) => key));
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
  for (const list of listsOf(api)) {
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
    if (!list.key.endsWith('devices')) expect([list.key, rows.length > 2]).toEqual([list.key, true]);
  }
});

const packed = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

it('refuses what is no page, no order and no cursor of it, and never fails', async () => {
  const nobody = '00000000-0000-4000-8000-000000000000';
  for (const list of listsOf(api)) {
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
  for (const list of listsOf(api).filter(({ searchable }) => searchable)) {
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
  const teams = listsOf(api).find(({ url }) => url.endsWith('/teams'));
  if (teams === undefined) throw new Error('there is no list of teams');
  const first = await read(teams, { search: '組組', sort: 'name', limit: '2' });
  const second = await read(teams, { search: '組組', sort: 'name', limit: '2', cursor: first.next ?? '' });
  expect(new Set([...first.rows, ...second.rows]).size).toBe(3);
  expect(second.next).toBeNull();
});
