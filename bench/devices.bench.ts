import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '../src/hub/database/connection.ts';
import { DEVICE_STATUSES } from '../src/shared/contracts/hub-devices.ts';
import { type Benchmark, ratio } from './benchmark.ts';
import { FEW, MANY, type World, withWorld } from './large-organization.ts';

/** Pages in one measurement. */
const AGAIN = 10;
const PAGE = 20;

/** A policy for everybody and a device for each member: one in ten drifted, one in ten silent, one in ten behind. */
async function giveDevices({ hub }: World): Promise<void> {
  const { db } = hub.database;
  await db.transaction().execute(async (trx) => {
    await sql`insert into policies (organization_id, name, revision, updated_at)
      select id, 'Standard', 2, now() from organizations`.execute(trx);
    await sql`insert into policy_revisions (policy_id, revision, document, text, author_label)
      select p.id, n, '{}', '{}', 'bench' from policies p, generate_series(1, 2) n`.execute(trx);
  });
  await sql`update organizations o set default_policy_id = p.id from policies p where p.organization_id = o.id`.execute(
    db,
  );
  await sql`insert into bundle_sequences (organization_id, user_id, seq, changed_at)
    select organization_id, user_id, 2, now() from memberships
        on conflict (organization_id, user_id) do update set seq = 2`.execute(db);
  await sql`
    insert into devices (organization_id, user_id, device_id, reported_name, platform, os_version, agent_version,
                         first_seen_at, reported_at, device_time, policy_id, revision, seq, fetched_seq, fetched_at,
                         hash_state, report)
    select m.organization_id, m.user_id, gen_random_uuid(), 'Desktop ' || n, 'linux', '1', '0.1.0', now(), heard, heard,
           p.id, case when n % 10 = 2 then 1 else 2 end, 2, case when n % 10 = 2 then 1 else 2 end, heard,
           case when n % 10 = 0 then 'mismatch' else 'exact' end, '{}'
      from (select *, row_number() over (partition by organization_id order by user_id) as n from memberships) m
      join policies p on p.organization_id = m.organization_id
     cross join lateral (
       select now() - n * interval '1 second' - case when n % 10 = 1 then interval '20 days' else interval '0' end as heard) h
  `.execute(db);
  // As the server would do by itself before long.
  await sql`analyze`.execute(db);
}

const pageSchema = z.object({
  total: z.int(),
  statuses: z.record(z.enum(DEVICE_STATUSES), z.int()),
  devices: z.array(z.unknown()),
  next: z.string().nullable(),
});

async function read({ context }: World, organization: string, query: string, limit = PAGE) {
  const response = await context.request.get(`/v1/orgs/${organization}/devices?limit=${limit}&${query}`);
  const page = pageSchema.parse(await response.json());
  const { unknown } = page.statuses;
  const wanted = organization === 'large' ? MANY : FEW;
  if (page.total !== wanted || unknown !== wanted / 10)
    throw new Error(`${page.total} devices, ${unknown} silent`);
  return page;
}

/** The query of the page behind the first half of the list. */
async function middle(world: World, organization: string, query: string): Promise<string> {
  const half = (organization === 'large' ? MANY : FEW) / 2;
  let from = query;
  for (let passed = 0; passed < half; ) {
    const { devices, next } = await read(world, organization, from, Math.min(500, half - passed));
    passed += devices.length;
    from = `${query}&cursor=${next}`;
  }
  return from;
}

/** One of ours has just reported: what the list says of it has to be worked out. */
async function reportFrom(db: Db, organization: string): Promise<void> {
  await sql`update devices set reported_at = now() where id = (
    select d.id from devices d join organizations o on o.id = d.organization_id
     where o.name = ${organization} and d.reported_at > now() - interval '2 days' limit 1)`.execute(db);
}

function pages(
  what: string,
  query: (world: World, organization: string) => Promise<string>,
  before: (db: Db, organization: string) => Promise<void> = async () => undefined,
): Benchmark {
  return {
    what: `the hub answers ${what} of ${MANY} devices, with the counts of all`,
    against: `that of ${FEW} devices`,
    atMost: 1.5,
    unit: '×',
    measure: () =>
      withWorld(async (world) => {
        await giveDevices(world);
        const queries = { large: await query(world, 'large'), small: await query(world, 'small') };
        const ask = async (organization: keyof typeof queries): Promise<void> => {
          for (let again = 0; again < AGAIN; again += 1) {
            await before(world.hub.database.db, organization);
            await read(world, organization, queries[organization]);
          }
        };
        return ratio(
          () => ask('large'),
          () => ask('small'),
          11,
        );
      }),
  };
}

export default [
  pages('the first page', async () => ''),
  pages('the first page by status, just after a report,', async () => 'sort=status', reportFrom),
  pages('a page from the middle, by the last report,', (world, organization) =>
    middle(world, organization, 'sort=-reported'),
  ),
];
