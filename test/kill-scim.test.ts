import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { Trx } from '../src/hub/database/connection.ts';
import { runHubCommand } from './hub-process.ts';
import { type Answer, type KilledHub, read, startKilledHub } from './killed-hub.ts';

/*
 * A real hub is killed without warning in the middle of what an identity provider sends, and in the middle of moves
 * and of work on many members. What it acknowledged has to be there afterwards, and nothing may be there by half.
 */
const demoSchema = z.object({
  organization: z.string(),
  emailDomain: z.string(),
  scimToken: z.string(),
  connectionId: z.string(),
});
const moveSchema = z.object({ id: z.string(), step: z.string() });
const reportSchema = z.object({ migration: moveSchema });
const membersSchema = z.object({
  members: z.array(
    z.object({
      userId: z.string(),
      email: z.string(),
      origin: z.string(),
      teams: z.array(z.object({ name: z.string() })),
    }),
  ),
});
const userSchema = z.object({
  id: z.string(),
  userName: z.string(),
  active: z.boolean(),
  groups: z.array(z.object({ value: z.string() })).default([]),
});
const groupSchema = z.object({ members: z.array(z.object({ value: z.string() })) });
let hub: KilledHub;
let demo: z.infer<typeof demoSchema>;
let ownerToken = '';

beforeAll(async () => {
  hub = await startKilledHub();
  demo = demoSchema.parse(hub.said);
  const made = await runHubCommand(
    [
      ...[
        'tokens',
        'create',
        'killer',
        '--organization',
        demo.organization,
        '--role',
        'owner',
        '--manages-access',
      ],
      ...['--data', hub.data, '--json'],
    ],
    { env: hub.environment },
  );
  expect(made.stderr).toBe('');
  ownerToken = z.object({ secret: z.string() }).parse(JSON.parse(made.stdout)).secret;
}, 120_000);
afterAll(() => hub?.stop());

const scim = (method: string, path: string, body?: unknown) =>
  hub.send(demo.scimToken, method, `/scim/v2${path}`, body);
const api = (method: string, path: string, body?: unknown) =>
  hub.send(ownerToken, method, `/v1/orgs/${demo.organization}${path}`, body);

async function lookUp(userName: string) {
  const listed = await read(
    z.object({ Resources: z.array(userSchema) }),
    scim('GET', `/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}`),
  );
  expect(listed.Resources.length).toBeLessThanOrEqual(1);
  return listed.Resources[0];
}

async function memberOf(email: string) {
  const { members } = await read(membersSchema, api('GET', `/members?search=${encodeURIComponent(email)}`));
  return members.find((member) => member.email === email);
}

it('leaves no user, group or membership by half when it dies while a client provisions', async () => {
  const people = await Promise.all(
    Array.from({ length: 16 }, async (_, index) =>
      read(userSchema, scim('POST', '/Users', { userName: `base${index}@${demo.emailDomain}` }), 201),
    ),
  );
  const everyone = people.map(({ id }) => id).sort();
  const half = everyone.slice(0, 8);
  let torn = 0;
  for (let round = 0; round < 5; round += 1) {
    const label = `Killed ${round}`;
    const group = await read(
      z.object({ id: z.string() }),
      scim('POST', '/Groups', {
        displayName: `${demo.organization}:${label}`,
        members: half.map((value) => ({ value })),
      }),
      201,
    );
    const leaver = await read(
      userSchema,
      scim('POST', '/Users', { userName: `leaver${round}@${demo.emailDomain}` }),
      201,
    );
    const newcomers = Array.from({ length: 6 }, () => `${randomUUID()}@${demo.emailDomain}`);
    const patch = (...Operations: unknown[]) => scim('PATCH', `/Groups/${group.id}`, { Operations });
    const [all, removed, ...created] = await hub.killedAmong(round, [
      () => patch({ op: 'add', path: 'members', value: everyone.map((value) => ({ value })) }),
      () => scim('DELETE', `/Users/${leaver.id}`),
      ...newcomers.map((userName) => () => scim('POST', '/Users', { userName })),
    ]);
    torn += [all, removed, ...created].filter((answer) => answer === null).length;

    // The group is as it was or as it was to be; whom it shows, their own pages and the team all say the same.
    const { members } = await read(groupSchema, scim('GET', `/Groups/${group.id}`));
    const shown = members.map(({ value }) => value).sort();
    expect(shown).toEqual(shown.length === half.length ? half : everyone);
    if (all !== null && all !== undefined) expect([all.status, shown.length]).toEqual([204, everyone.length]);
    for (const { id, userName } of people) {
      const user = await read(userSchema, scim('GET', `/Users/${id}`));
      const within = shown.includes(id);
      expect(user.groups.some(({ value }) => value === group.id)).toBe(within);
      const member = await memberOf(userName);
      expect(member?.teams.some(({ name }) => name === label)).toBe(within);
    }
    // A user without a membership, or a membership without its user, would be half a change.
    for (const [index, userName] of newcomers.entries()) {
      const user = await lookUp(userName);
      const member = await memberOf(userName);
      expect([user?.active, member?.origin]).toEqual(
        user === undefined ? [undefined, undefined] : [true, 'scim'],
      );
      if (created[index] !== null) expect(user).toBeDefined();
      // What got no answer is simply sent again.
      const again = await scim('POST', '/Users', { userName });
      expect(again?.status).toBe(user === undefined ? 201 : 409);
    }
    const left = await lookUp(leaver.userName);
    const leaving = await memberOf(leaver.userName);
    expect(leaving === undefined).toBe(left === undefined);
    if (removed !== null) expect(left).toBeUndefined();
  }
  expect(torn).toBeGreaterThan(5);
}, 240_000);

it('goes on with work on many members where it was, and does nothing twice', async () => {
  const { db } = hub.database;
  const emails = Array.from({ length: 60 }, (_, index) => `bulk${index}@${demo.emailDomain}`);
  for (const email of emails)
    await read(z.unknown(), api('POST', '/members', { email, role: 'member' }), 201);
  const { members } = await read(membersSchema, api('GET', '/members?search=bulk&limit=100'));
  const jobSchema = z.object({
    id: z.string(),
    finishedAt: z.string().nullable(),
    counts: z.object({ waiting: z.int(), done: z.int(), refused: z.int() }),
  });
  const job = await read(
    jobSchema,
    api('POST', '/member-jobs', { action: { kind: 'remove' }, userIds: members.map(({ userId }) => userId) }),
    201,
  );
  const progress = () => read(jobSchema, api('GET', `/member-jobs/${job.id}`));
  await expect
    .poll(async () => (await progress()).counts.done, { timeout: 20_000, interval: 5 })
    .toBeGreaterThan(0);
  await hub.killedAmong(0, [], async () => {
    const items = await db
      .selectFrom('member_job_items')
      .select('state')
      .where('job_id', '=', job.id)
      .execute();
    expect(items.map(({ state }) => state).sort()).toEqual([
      ...items.filter(({ state }) => state === 'done').map(() => 'done'),
      ...items.filter(({ state }) => state !== 'done').map(() => 'waiting'),
    ]);
    expect(items).toHaveLength(60);
    // The lease of the process that died has to run out first, as it does with time.
    const leases = await db
      .updateTable('member_jobs')
      .set({ claimed_until: new Date(0) })
      .where('finished_at', 'is', null)
      .where('claimed_until', '>', new Date())
      .returning('id')
      .execute();
    expect(leases.map(({ id }) => id)).toEqual([job.id]);
  });
  await expect.poll(async () => (await progress()).finishedAt, { timeout: 30_000 }).not.toBeNull();
  expect((await progress()).counts).toEqual({ waiting: 0, done: 60, refused: 0 });
  const events = await read(
    z.object({ events: z.array(z.object({ target: z.object({ label: z.string() }) })) }),
    api('GET', '/audit?action=member.remove&limit=200'),
  );
  const removals = events.events
    .map(({ target }) => target.label)
    .filter((label) => label.startsWith('bulk'));
  expect(removals.sort()).toEqual([...emails].sort());
}, 180_000);

it('loses nobody and moves nobody twice when it dies at any step of a move to SCIM, by two administrators at once', async () => {
  const { db } = hub.database;
  const names = ['ann', 'ben', 'cid', 'dan', 'eve', 'fay'];
  const ids = new Map<string, string>();
  const { id: organizationId } = await db
    .selectFrom('organizations')
    .select('id')
    .where('name', '=', demo.organization)
    .executeTakeFirstOrThrow();
  for (const name of names) {
    const email = `${name}@${demo.emailDomain}`;
    const made = await db
      .insertInto('users')
      .values({ email, username: `moved${name}`, name })
      .returning('id')
      .executeTakeFirstOrThrow();
    ids.set(name, made.id);
    await db
      .insertInto('memberships')
      .values({
        ...{ organization_id: organizationId, user_id: made.id, role: 'member', origin: 'jit' },
        connection_id: demo.connectionId,
      })
      .execute();
  }
  const everyone = [...ids.values()];
  const idOf = (name: string) => ids.get(name) ?? '';
  // What matters can be held by the test: the hub then stands still in the middle of its step.
  const heldEvents = (trx: Trx) => sql`lock table audit_events in exclusive mode`.execute(trx);
  const heldRow = (table: 'memberships' | 'provisioning_migration_people', name: string) => (trx: Trx) =>
    trx.selectFrom(table).selectAll().where('user_id', '=', idOf(name)).forUpdate().execute();
  const events = async (action: string) =>
    (
      await db
        .selectFrom('audit_events')
        .select('target_id')
        .where('action', '=', action)
        .where((where) =>
          where.or([where('target_id', 'in', everyone), where('target_kind', '=', 'migration')]),
        )
        .execute()
    ).length;
  /** Who is a member, and how; and where the move says that each stands. */
  const standing = async () => {
    const { rows } = await sql<{ origin: string | null; state: string | null; people: number }>`
      select m.origin, p.state, count(*)::int as people from users u
        left join memberships m on m.user_id = u.id and m.organization_id = ${organizationId}
        left join provisioning_migration_people p on p.user_id = u.id
       where u.id = any(${everyone}::uuid[]) group by 1, 2 order by 1, 2`.execute(db);
    return rows.map(({ origin, state, people }) => `${people} ${origin ?? 'out'} ${state ?? '-'}`);
  };
  const begin = () => api('POST', '/migrations', { connectionId: demo.connectionId });
  let path = '';
  const advance = (body: object) => () => api('POST', `${path}/advance`, body);
  const both = (request: () => Promise<Answer>) => [request, request];

  expect(await hub.killedWhere(heldEvents, both(begin))).toEqual([null, null]);
  expect(await standing()).toEqual(['6 jit -']);
  const moves = await Promise.all(both(begin).map((request) => read(moveSchema, request(), 201)));
  expect(new Set(moves.map(({ id }) => id)).size).toBe(1);
  path = `/migrations/${moves[0]?.id}`;
  expect(await standing()).toEqual(['6 jit waiting']);

  // Before anybody is removed, sign-in provisioning is switched off: both or neither.
  const remove = advance({ action: 'remove', batch: 6 });
  await hub.killedWhere(heldEvents, both(remove));
  expect(await standing()).toEqual(['6 jit waiting']);
  expect(await jit()).toBe(true);
  // Two are out, the third is being removed; the fourth to sixth have not been looked at.
  await hub.killedWhere(heldRow('memberships', 'cid'), both(remove));
  expect(await standing()).toEqual(['4 jit waiting', '2 out removed']);
  expect([await jit(), await events('member.remove')]).toEqual([false, 2]);
  await Promise.all(both(remove).map((request) => read(moveSchema, request())));
  expect(await standing()).toEqual(['6 out removed']);
  expect([await events('member.remove'), await events('migration.begin')]).toEqual([6, 1]);

  for (const name of names.slice(0, 4))
    await read(userSchema, scim('POST', '/Users', { userName: `${name}@${demo.emailDomain}` }), 201);
  const verify = advance({ action: 'verify' });
  await hub.killedWhere(heldRow('provisioning_migration_people', 'ben'), both(verify));
  expect(await standing()).toEqual(['4 scim removed', '2 out removed']);
  await Promise.all(both(verify).map((request) => read(moveSchema, request())));
  expect(await standing()).toEqual(['4 scim returned', '2 out removed']);

  const finish = advance({ action: 'finish', without: [idOf('eve'), idOf('fay')] });
  await hub.killedWhere(heldEvents, both(finish));
  expect((await read(reportSchema, api('GET', path))).migration.step).toBe('verifying');
  const ends = await Promise.all(both(finish).map((request) => request()));
  expect(ends.map((answer) => answer?.status).sort()).toEqual([200, 409]);
  expect(await standing()).toEqual(['4 scim returned', '2 out removed']);
  expect([await events('migration.finish'), await events('member.remove')]).toEqual([1, 6]);

  async function jit(): Promise<boolean> {
    const { jit_enabled: on } = await db
      .selectFrom('connections')
      .select('jit_enabled')
      .where('id', '=', demo.connectionId)
      .executeTakeFirstOrThrow();
    return on;
  }
}, 240_000);

it('goes on by itself with the removal of everybody in a move where it was', async () => {
  const { db } = hub.database;
  const emails = Array.from({ length: 60 }, (_, index) => `mover${index}@${demo.emailDomain}`);
  await sql`with made as (
      insert into users (email, username, name) select e, e, e from unnest(${emails}::text[]) e returning id)
    insert into memberships (organization_id, user_id, role, origin, connection_id)
      select c.organization_id, made.id, 'member', 'jit', c.id from made, connections c where c.id = ${demo.connectionId}`.execute(
    db,
  );
  const removalSchema = moveSchema.extend({
    counts: z.object({ waiting: z.int(), removed: z.int() }),
    removal: z.object({ running: z.boolean(), problem: z.string().nullable() }).nullable(),
  });
  const { id } = await read(
    removalSchema,
    api('POST', '/migrations', { connectionId: demo.connectionId }),
    201,
  );
  await read(removalSchema, api('POST', `/migrations/${id}/advance`, { action: 'remove-all' }));
  const progress = async () =>
    (await read(z.object({ migration: removalSchema }), api('GET', `/migrations/${id}?limit=1`))).migration;
  await expect
    .poll(async () => (await progress()).counts.removed, { timeout: 20_000, interval: 5 })
    .toBeGreaterThan(0);
  await hub.killedAmong(0, [], async () => {
    const { rows } = await sql<{ state: string; member: boolean }>`
      select p.state, m.user_id is not null as member from provisioning_migration_people p
        left join memberships m on m.user_id = p.user_id where p.migration_id = ${id}`.execute(db);
    expect(rows).toHaveLength(60);
    expect(rows.filter(({ state, member }) => member !== (state === 'waiting'))).toEqual([]);
    expect(rows.some(({ state }) => state === 'waiting')).toBe(true);
    // The lease of the process that died has to run out first, as it does with time.
    await db
      .updateTable('provisioning_migrations')
      .set({ removal_claimed_until: new Date(0) })
      .where('id', '=', id)
      .where('removal_id', 'is not', null)
      .execute();
  });
  await expect.poll(async () => (await progress()).removal?.running, { timeout: 30_000 }).toBe(false);
  expect(await progress()).toMatchObject({
    step: 'verifying',
    counts: { waiting: 0, removed: 60 },
    removal: { problem: null },
  });
  const { removals } = await db
    .selectFrom('audit_events')
    .select((select) => select.fn.countAll<number>().as('removals'))
    .where('action', '=', 'member.remove')
    .where('target_label', 'like', 'mover%')
    .executeTakeFirstOrThrow();
  expect(removals).toBe(60);
}, 180_000);
