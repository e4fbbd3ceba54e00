import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { startTestApi, type TestApi } from './test-api.ts';
import { fillLists, type List, listsOf } from './test-lists.ts';
import { createApiToken } from './tokens/api-tokens.ts';

/*
 * What the database does for a page: held by its plans, which do not depend on how busy the machine is. A page must cost
 * what it shows and not what the list holds, the first one as one from deep inside, in every order that has an index.
 */

const ROWS = 8_000;
/** Rows that any step of a plan may read for a page of fifty. */
const MOST_READ = 500;

/** Orders that sort the whole list, and why. */
const SORTED_WHOLE: Readonly<Record<string, string>> = {
  'GET /v1/orgs/{organization}/policies assigned': 'a number that is counted',
  'GET /v1/orgs/{organization}/teams members': 'a number that is counted',
  'GET /v1/orgs/{organization}/overrides email': 'the address is that of the account',
  'GET /v1/orgs/{organization}/tokens used': 'written with every use: an index would cost more than it gives',
  'GET /v1/orgs/{organization}/policies/{policyId}/revisions author': 'the history of one policy',
  'GET /v1/orgs/{organization}/domains/uncaptured email': 'what is left of all accounts of the domains',
  'GET /v1/orgs/{organization}/domains/uncaptured name': 'what is left of all accounts of the domains',
};

/** Lists that say how many each of theirs has, and where those are: one may have all of them, which have to be counted. */
const COUNTED: Readonly<Record<string, string>> = {
  'GET /v1/orgs/{organization}/policies': 'policy_assignments',
  'GET /v1/orgs/{organization}/teams': 'team_members',
  'GET /v1/orgs/{organization}/member-jobs': 'member_job_items',
  'GET /v1/orgs/{organization}/migrations': 'provisioning_migration_people',
};

const asked = vi.spyOn(pg.Client.prototype, 'query');
let api: TestApi;
let client: pg.PoolClient;
beforeAll(async () => {
  api = await startTestApi();
  await fillLists(api, ROWS);
  // As the server does by itself before long.
  await api.database.pool.query('vacuum analyze');
  client = await api.database.pool.connect();
}, 120_000);
afterAll(async () => {
  client?.release();
  asked.mockRestore();
  await api?.stop();
});

const statementSchema = z.tuple([z.string(), z.array(z.unknown()).optional()]).rest(z.unknown());

/** The statements that read the page, of all that are asked for one. */
function pagesAsked(): readonly { readonly text: string; readonly values: readonly unknown[] }[] {
  return asked.mock.calls.flatMap((call) => {
    const { success, data } = statementSchema.safeParse(call);
    return success && /\blimit \$\d+\s*($|\))/.test(data[0])
      ? [{ text: data[0], values: data[1] ?? [] }]
      : [];
  });
}

interface Step {
  readonly kind: string;
  readonly rows: number;
  readonly steps: readonly Step[];
}
const stepSchema: z.ZodType<Step> = z.lazy(() =>
  z
    .looseObject({
      'Node Type': z.string(),
      'Relation Name': z.string().default(''),
      'Actual Rows': z.number(),
      'Actual Loops': z.number(),
      'Rows Removed by Filter': z.number().default(0),
      'Rows Removed by Join Filter': z.number().default(0),
      Plans: z.array(stepSchema).default([]),
    })
    .transform((step) => ({
      kind: `${step['Node Type']} ${step['Relation Name']}`,
      rows:
        (step['Actual Rows'] + step['Rows Removed by Filter'] + step['Rows Removed by Join Filter']) *
        step['Actual Loops'],
      steps: step.Plans,
    })),
);
const explainedSchema = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.looseObject({ Plan: stepSchema })]) })]);

/** The steps that read more than a page may cost. */
async function tooMuch(
  list: List,
  statement: ReturnType<typeof pagesAsked>[number],
): Promise<readonly string[]> {
  const { rows } = await client.query(`explain (analyze, timing off, format json) ${statement.text}`, [
    ...statement.values,
  ]);
  const [{ 'QUERY PLAN': plan }] = explainedSchema.parse(rows);
  const steps = (step: Step): readonly Step[] => [step, ...step.steps.flatMap(steps)];
  return steps(plan[0].Plan)
    .filter(({ kind, rows: read }) => read > MOST_READ && !kind.endsWith(` ${COUNTED[list.key]}`))
    .map(({ kind, rows: read }) => `${kind.trim()}: ${Math.round(read)} rows`);
}

const pageSchema = z.looseObject({ next: z.string().nullable() });

/** Turns to a page and answers where the next begins, and what reading it costs too much. */
async function turn(list: List, query: Readonly<Record<string, string>>, token: string) {
  asked.mockClear();
  const url = `${list.url}?${new URLSearchParams(query)}`;
  const answer = await api.send({ method: 'GET', url, headers: { authorization: `Bearer ${token}` } });
  expect([url, answer.statusCode]).toEqual([url, 200]);
  const statements = pagesAsked();
  expect([url, statements.length > 0]).toEqual([url, true]);
  const found: string[] = [];
  for (const statement of statements) found.push(...(await tooMuch(list, statement)));
  return { next: pageSchema.parse(answer.json()).next, found };
}

it('reads no more than a page for a page, the first and one deep inside, in each order with an index', async () => {
  const context = { actor: { kind: 'system' as const, name: 'test' }, sourceAddress: null, at: new Date() };
  const bad: Record<string, readonly string[]> = {};
  const whole = new Set<string>();
  for (const list of listsOf(api)) {
    const wanted = { name: 'plans', role: 'owner' as const, days: 1 };
    const { secret } = await createApiToken(api.database.db, context, api.ids.organizationId, wanted);
    expect([list.key, list.sorts.length > 0]).toEqual([list.key, true]);
    for (const sort of list.sorts) {
      const name = `${list.key} ${sort.replace('-', '')}`;
      if (SORTED_WHOLE[name] !== undefined) {
        whole.add(name);
        continue;
      }
      const { next, found } = await turn(list, { sort, limit: '50' }, secret);
      // A leap, and then a page of the usual size from there.
      const leap = next === null ? null : (await turn(list, { sort, limit: '500' }, secret)).next;
      const deep = leap === null ? [] : (await turn(list, { sort, limit: '50', cursor: leap }, secret)).found;
      if (found.length + deep.length > 0) bad[`${list.key} ${sort}`] = [...found, ...deep];
    }
  }
  expect(bad).toEqual({});
  expect([...whole].sort()).toEqual(Object.keys(SORTED_WHOLE).sort());
}, 120_000);
