import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { DEVICE_STATUSES, type DeviceQuery, deviceQuerySchema } from '../../shared/contracts/hub-devices.ts';
import { databaseForFile } from '../database/test-database.ts';
import { createTestOrganization } from '../identity/test-hub.ts';
import { countFollowing } from './device-rows.ts';
import { listDevices } from './device-service.ts';
import { createStandings, heardSince } from './device-standings.ts';
import { devicesNow, NO_DEVICE, statusAt } from './device-status.ts';

/*
 * The list is kept and worked out again where something changed. Whatever changes, in whatever order, it must say what
 * all of it says when it is worked out from the tables: this holds the marks of every table that has a part in it.
 */

const MEMBERS = 120;
const POLICIES = 4;
const TEAMS = 3;
const NOW = new Date('2026-06-15T12:00:00Z');

const database = databaseForFile();
let organization: string;
beforeAll(async () => {
  const { db } = database;
  organization = (await createTestOrganization(database, 'acme', [])).id;
  await createTestOrganization(database, 'globex', []);
  await db.transaction().execute(async (trx) => {
    await sql`insert into policies (organization_id, name, revision, position, updated_at)
      select ${organization}, 'Policy ' || n, 1, n, now() from generate_series(1, ${POLICIES}::int) n`.execute(
      trx,
    );
    await sql`insert into policy_revisions (policy_id, revision, document, text, author_label)
      select id, n, '{}', '{}', 'test' from policies, generate_series(1, 3) n`.execute(trx);
  });
  await sql`insert into teams (organization_id, name)
    select ${organization}, 'Team ' || n from generate_series(1, ${TEAMS}::int) n`.execute(db);
  await sql`insert into users (email, username, name)
    select 'u' || n || '@d' || n % 3 || '.example', 'u' || n, 'User ' || n % 50 from generate_series(1, ${MEMBERS}::int) n`.execute(
    db,
  );
  await sql`insert into memberships (organization_id, user_id, role, origin, joined_at)
    select ${organization}, id, 'member', 'manual', ${NOW} from users`.execute(db);
  await sql`insert into domains (organization_id, name, challenge)
    select ${organization}, 'd' || n || '.example', 'c' || n from generate_series(0, 2) n`.execute(db);
  // Two hundred devices: some members have several, some have none.
  await sql`insert into devices (organization_id, user_id, device_id, name, reported_name, platform, os_version, agent_version,
      first_seen_at, reported_at, device_time, policy_id, revision, seq, fetched_seq, fetched_at, hash_state, report)
    select m.organization_id, m.user_id, gen_random_uuid(), case when n % 4 = 0 then 'Named ' || n % 9 end, 'Desk ' || n % 7,
           (array['linux', 'mac', 'windows'])[1 + n % 3], '1', (array['', '1.0', '1.1'])[1 + n % 3], ${NOW},
           ${NOW}::timestamptz - n % 12 * interval '1 day', ${NOW},
           (select p.id from policies p where p.position = 1 + n % ${POLICIES}), 1 + n % 2, 5, n % 10, ${NOW},
           (array['none', 'exact', 'exact', 'override', 'mismatch'])[1 + n % 5], '{}'
      from generate_series(1, 200) n
      join (select *, row_number() over (order by user_id) as place from memberships) m on m.place = 1 + n * 7 % 100`.execute(
    db,
  );
  await sql`insert into overrides (organization_id, user_id, policy_id, device_id, setting, value, reason, granted_at, until)
    select d.organization_id, d.user_id, d.policy_id, d.device_id, 'setting ' || d.id, 'true', 'because', ${NOW}, ${NOW}
      from devices d where d.hash_state = 'override'`.execute(db);
  await sql`update devices d set override_ids = array[o.id] from overrides o where o.device_id = d.device_id`.execute(
    db,
  );
}, 120_000);

/** The nth of a table of this organization, by something that does not change. */
const nth = (table: string, n: number, id = 'id') =>
  sql`(select ${sql.ref(id)} from ${sql.table(table)} where organization_id = ${organization} order by ${sql.ref(id)}
    offset ${n} % greatest(1, (select count(*) from ${sql.table(table)} where organization_id = ${organization})) limit 1)`;
const member = (n: number) => nth('memberships', n, 'user_id');
const policy = (n: number) => nth('policies', n);
const of = () => sql`organization_id = ${organization}`;

/** Everything that may change what the list says; `n` and `m` choose what of it. */
const CHANGES: readonly ((n: number, m: number) => ReturnType<typeof sql>)[] = [
  (
    n,
    m,
  ) => sql`update devices set reported_at = ${NOW}::timestamptz - ${m % 20} * interval '1 day', hash_state = 'exact',
    policy_id = ${policy(m)}, revision = ${1 + (m % 3)} where id = ${nth('devices', n)}`,
  (
    n,
    m,
  ) => sql`update devices set hash_state = ${m % 2 === 0 ? 'mismatch' : 'none'}, seq = ${m % 2 === 0 ? null : 7},
    fetched_seq = ${m}, agent_version = ${`2.${m % 3}`}, fetched_at = ${m % 2 === 0 ? null : NOW} where id = ${nth('devices', n)}`,
  (n, m) => sql`update devices set name = ${m % 2 === 0 ? null : `New ${m}`} where id = ${nth('devices', n)}`,
  (n) => sql`delete from devices where id = ${nth('devices', n)}`,
  (
    n,
    m,
  ) => sql`insert into devices (organization_id, user_id, device_id, platform, os_version, agent_version, first_seen_at,
      reported_at, device_time, hash_state, report)
    select ${organization}, ${member(n)}, gen_random_uuid(), 'mac', '1', '1', ${NOW}, ${NOW}::timestamptz - ${m} * interval '1 hour',
      ${NOW}, 'none', '{}'`,
  (n) => sql`delete from memberships where ${of()} and user_id = ${member(n)}`,
  () => sql`insert into memberships (organization_id, user_id, role, origin, joined_at)
    select ${organization}, id, 'member', 'manual', ${NOW} from users where username like 'u%' on conflict do nothing`,
  (n, m) =>
    sql`update users set email = 'changed' || ${m}::int || '-' || username || '@d' || ${m % 4}::int || '.example' where id = ${member(n)}`,
  (n, m) => sql`insert into policy_assignments (organization_id, user_id, policy_id, assigned_at)
    values (${organization}, ${member(n)}, ${policy(m)}, ${NOW})
    on conflict (organization_id, user_id) do update set policy_id = excluded.policy_id`,
  (n) => sql`delete from policy_assignments where user_id = ${member(n)}`,
  (n, m) => sql`insert into team_members (organization_id, team_id, user_id, origin, added_at)
    values (${organization}, ${nth('teams', m)}, ${member(n)}, 'manual', ${NOW}) on conflict do nothing`,
  (n) => sql`delete from team_members where user_id = ${member(n)}`,
  (n, m) => sql`insert into policy_teams (organization_id, team_id, policy_id, assigned_at)
    values (${organization}, ${nth('teams', n)}, ${policy(m)}, ${NOW})
    on conflict (organization_id, team_id) do update set policy_id = excluded.policy_id`,
  (n) => sql`delete from policy_teams where team_id = ${nth('teams', n)}`,
  (n, m) => sql`update policies set position = ${m} where id = ${policy(n)}`,
  (n, m) => sql`update policies set revision = ${1 + (m % 3)} where id = ${policy(n)}`,
  (n, m) => sql`update policies set name = ${`Renamed ${m}`} where id = ${policy(n)}
    and not exists (select 1 from policies o where o.organization_id = ${organization} and o.name = ${`Renamed ${m}`})`,
  (n, m) => sql`insert into policy_rollouts (policy_id, revision, percentage, started_at)
    values (${policy(n)}, 3, ${m % 101}, ${NOW})
    on conflict (policy_id) do update set percentage = excluded.percentage,
      team_ids = array[${nth('teams', m)}], paused_at = ${m % 2 === 0 ? null : NOW}::timestamptz`,
  (n) => sql`delete from policy_rollouts where policy_id = ${policy(n)}`,
  (n) =>
    sql`update organizations set default_policy_id = ${n % 3 === 0 ? null : policy(n)} where id = ${organization}`,
  (n, m) => sql`insert into bundle_sequences (organization_id, user_id, seq, changed_at)
    values (${organization}, ${member(n)}, ${1 + m}, ${NOW})
    on conflict (organization_id, user_id) do update set seq = excluded.seq`,
  () => sql`update bundle_sequences set seq = seq + 1`,
  (
    n,
    m,
  ) => sql`update overrides set ended_at = ${m % 3 === 0 ? null : NOW}::timestamptz, ended_because = ${m % 3 === 0 ? null : 'user'}
    where id = ${nth('overrides', n)}`,
  (n) => sql`delete from overrides where id = ${nth('overrides', n)}`,
  (n, m) =>
    sql`update domains set verified_at = ${m % 2 === 0 ? null : NOW}::timestamptz where id = ${nth('domains', n)}`,
  (n) => sql`delete from domains where id = ${nth('domains', n)}`,
  (n, m) => sql`insert into domains (organization_id, name, challenge, verified_at)
    values (${organization}, ${`d${n % 4}.example`}, 'c', ${m % 2 === 0 ? null : NOW}::timestamptz) on conflict do nothing`,
  (
    _n,
    m,
  ) => sql`insert into report_settings (organization_id, unknown_after_days, retention_days) values (${organization}, ${1 + (m % 15)}, 90)
    on conflict (organization_id) do update set unknown_after_days = excluded.unknown_after_days`,
];

/** What a row is sorted by, from what the tables say. */
const KEYS: Readonly<Record<string, ReturnType<typeof sql>>> = {
  user: sql`lower(d.email)`,
  device: sql`lower(coalesce(d.name, ''))`,
  status: sql`d.status`,
  policy: sql`lower(coalesce(d.expected_name, ''))`,
  platform: sql`coalesce(d.platform, '')`,
  agent: sql`coalesce(d.agent_version, '')`,
  fetched: sql`coalesce(d.fetched_at, '-infinity')`,
  reported: sql`coalesce(d.reported_at, '-infinity')`,
};
type Sort = NonNullable<DeviceQuery['sort']>;
const SORTS = z
  .array(z.custom<Sort>((sort) => deviceQuerySchema.shape.sort.safeParse(sort).success))
  .parse(Object.keys(KEYS).flatMap((name) => [name, `-${name}`]));

/** The rows that all the tables make, in an order. */
async function anew(at: Date, sort: Sort) {
  const heard = await heardSince(database.db, organization, at);
  const backwards = sort.startsWith('-') ? sql`desc` : sql`asc`;
  const key = KEYS[sort.replace('-', '')] ?? sql`null`;
  const { rows } = await sql<{ row: string; status: string; policy: string | null; present: boolean }>`
    select concat_ws(' ', d.user_id, d.id, d.status) as row, d.status, d.expected_id as policy, d.id is not null as present
      from (select d.*, ${statusAt(heard)} as status from (${devicesNow(organization, sql<boolean>`true`)}) d) d
     order by ${key} ${backwards}, d.user_id ${backwards}, coalesce(d.id, ${NO_DEVICE}) ${backwards}`.execute(
    database.db,
  );
  return rows;
}

const shown = (device: Awaited<ReturnType<typeof listDevices>>['devices'][number]) =>
  [device.user.id, device.id, device.status].filter((each) => each !== null).join(' ');

async function expectSame(at: Date, sort: Sort, filter: Partial<DeviceQuery> = {}): Promise<void> {
  const rows = await anew(at, sort);
  const found: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await listDevices(database.db, organization, at, { limit: 90, sort, cursor, ...filter });
    const counts = DEVICE_STATUSES.map((status) => [
      status,
      rows.filter((row) => row.status === status).length,
    ]);
    expect(page.statuses).toEqual(Object.fromEntries(counts));
    found.push(...page.devices.map(shown));
    if (page.next === null) break;
    cursor = page.next;
  }
  const { status, hideCompliant } = filter;
  const wanted = rows.filter(
    (row) =>
      (status === undefined || row.status === status) &&
      !(hideCompliant === true && ['compliant', 'exception'].includes(row.status)),
  );
  expect(found).toEqual(wanted.map(({ row }) => row));
  const following = await countFollowing(database.db, organization, at);
  const devices = rows.filter(({ policy, present }) => policy !== null && present);
  const expected = [...Map.groupBy(devices, (row) => row.policy)].map(([policyId, some]) => ({
    policyId,
    devices: some.length,
    following: some.filter((row) => ['compliant', 'exception'].includes(row.status)).length,
  }));
  const byId = (a: { policyId: string | null }, b: { policyId: string | null }) =>
    String(a.policyId).localeCompare(String(b.policyId));
  expect(following.toSorted(byId)).toEqual(expected.toSorted(byId));
}

it('says after each kind of change what the tables say', async () => {
  await sql`update organizations set default_policy_id = ${policy(0)} where id = ${organization}`.execute(
    database.db,
  );
  await sql`update domains set verified_at = ${NOW} where name <> 'd2.example'`.execute(database.db);
  for (const sort of SORTS) await expectSame(NOW, sort);
  for (const [index, change] of CHANGES.entries()) {
    await change(index + 3, index * 5 + 1).execute(database.db);
    await expectSame(NOW, SORTS[index % SORTS.length] ?? 'user');
  }
});

it('says after any changes at any time what the tables say', async () => {
  const step = fc.record({
    change: fc.nat(CHANGES.length - 1),
    n: fc.nat(500),
    m: fc.nat(100),
    undone: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: -20, max: 20 }),
      fc.constantFrom(...SORTS),
      fc.constantFrom<Partial<DeviceQuery>>(
        {},
        {},
        { hideCompliant: true },
        { status: 'outdated' },
        { status: 'unknown' },
      ),
      async (steps, days, sort, filter) => {
        for (const { change, n, m, undone } of steps) {
          await database.db
            .transaction()
            .execute(async (trx) => {
              await CHANGES[change]?.(n, m).execute(trx);
              if (undone && n % 4 === 0) throw new Error('undone');
            })
            .catch((error: Error) => {
              if (error.message !== 'undone') throw error;
            });
        }
        await expectSame(new Date(NOW.getTime() + days * 86_400_000), sort, filter);
      },
    ),
    { numRuns: 40, endOnFailure: true },
  );
}, 120_000);

it('forgets a deleted policy and team', async () => {
  await sql`delete from teams where id = ${nth('teams', 0)}`.execute(database.db);
  await expectSame(NOW, 'user');
  await sql`delete from policies where id = ${policy(1)}`.execute(database.db);
  await expectSame(NOW, 'policy');
});

it('misses nothing that changes while it is worked out', async () => {
  const standings = createStandings(database.db, () => NOW);
  await Promise.all(
    Array.from({ length: 12 }, async (_, n) => {
      await CHANGES[0]?.(n * 11, n).execute(database.db);
      await CHANGES[4]?.(n * 11, n).execute(database.db);
      await standings(organization);
      await listDevices(database.db, organization, NOW, { limit: 5 });
    }),
  );
  await expectSame(NOW, '-reported');
});
