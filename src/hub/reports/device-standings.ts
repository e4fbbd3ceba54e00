import { sql } from 'kysely';
import { type BatchedRead, createBatchedRead } from '../batched-reads.ts';
import type { Db, Reader, Trx } from '../database/connection.ts';
import { devicesNow, NO_DEVICE, statusAt } from './device-status.ts';
import { readReportSettings } from './report-settings.ts';

/*
 * The list of devices as it was last worked out, in `device_standings`, so that a page reads what it shows. Tables mark
 * whom a change concerns, in the transaction of the change; whoever reads the list works out the marked rows first. The
 * marks are taken before the rows are read: a change that comes between is worked out again by the next reader.
 */

/** More members than this are not looked up one by one. */
const MANY = 2_000;
/** So many rows at once, and the planner should know of them before anybody asks for a page. */
const UNKNOWN_TO_PLANNER = 1_000;

/** Since when a device must have been heard of, not to be silent. */
export async function heardSince(db: Reader, organizationId: string, at: Date): Promise<Date> {
  const { unknownAfterDays } = await readReportSettings(db, organizationId);
  return new Date(at.getTime() - unknownAfterDays * 86_400_000);
}

/** Brings the list of an organization to this moment: what was marked since, and whom time has made silent. */
export async function workOutStandings(db: Db, organizationId: string, at: Date): Promise<void> {
  const heard = await heardSince(db, organizationId, at);
  const { rows } = await sql<{ due: boolean }>`
    select exists (select 1 from device_standing_marks where organization_id = ${organizationId})
        or coalesce((select min(reported_at) from device_standings
                      where organization_id = ${organizationId} and ages and status <> 'unknown') < ${heard}, false)
        or coalesce((select max(reported_at) from device_standings
                      where organization_id = ${organizationId} and ages and status = 'unknown') >= ${heard}, false)
           as due`.execute(db);
  if (rows[0]?.due !== true) return;
  await db.transaction().execute(async (trx) => {
    // One at a time: the counts are changed by differences.
    await sql`select pg_advisory_xact_lock(hashtextextended('device standings of ' || ${organizationId}, 0))`.execute(
      trx,
    );
    await workOutMarked(trx, organizationId, heard);
    await letTimePass(trx, organizationId, heard);
  });
}

/**
 * The same for many who ask at once: one connection of the pool waits for it, and whoever asks meanwhile waits for the
 * next round, which is for all of them.
 */
export function createStandings(db: Db, now: () => Date): (organizationId: string) => Promise<void> {
  const rounds = new Map<string, BatchedRead<true>>();
  return async (organizationId) => {
    const round =
      rounds.get(organizationId) ??
      createBatchedRead<true>(async () => {
        await workOutStandings(db, organizationId, now());
        return new Map();
      });
    rounds.set(organizationId, round);
    await round(organizationId);
  };
}

async function workOutMarked(trx: Trx, organizationId: string, heard: Date): Promise<void> {
  const { rows: marks } = await sql<{ user_id: string | null; policy_id: string | null }>`
    with taken as (delete from device_standing_marks where organization_id = ${organizationId} returning user_id, policy_id)
    select distinct user_id, policy_id from taken`.execute(trx);
  if (marks.length === 0) return;
  const policies = marks.flatMap(({ policy_id }) => policy_id ?? []);
  const receivers = policies.length === 0 ? [] : await receiversOf(trx, organizationId, policies);
  const members = new Set([...marks.flatMap(({ user_id }) => user_id ?? []), ...receivers]);
  const everybody =
    members.size > MANY || marks.some((mark) => mark.user_id === null && mark.policy_id === null);
  await replaceRows(trx, organizationId, heard, everybody ? undefined : [...members]);
}

/** Who received a policy when the list was last worked out; whoever came to it since is marked. */
async function receiversOf(
  trx: Trx,
  organizationId: string,
  policies: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await sql<{ user_id: string }>`
    select distinct user_id from device_standings
     where organization_id = ${organizationId} and policy_id = any(${[...policies]}::uuid[])
     limit ${MANY + 1}`.execute(trx);
  return rows.map(({ user_id }) => user_id);
}

/**
 * `members` left out: all of them. Only rows that say something else are written: even an insert that meets a row and
 * leaves it as it is would lock it, which is a write. Whoever holds the lock of the organization is alone, so nothing
 * comes in between.
 */
async function replaceRows(
  trx: Trx,
  organizationId: string,
  heard: Date,
  members: readonly string[] | undefined,
): Promise<void> {
  const wanted =
    members === undefined ? sql<boolean>`true` : sql<boolean>`m.user_id = any(${[...members]}::uuid[])`;
  const { rows } = await sql<{ changed: number }>`
    with fresh as materialized (
      select d.user_id, coalesce(d.id, ${NO_DEVICE}::uuid) as device, d.expected_id as policy_id, d.standing,
             ${statusAt(heard)} as status, d.ages, d.reported_at, lower(d.email) as email,
             lower(coalesce(d.name, '')) as name, lower(coalesce(d.expected_name, '')) as policy,
             coalesce(d.platform, '') as platform, coalesce(d.agent_version, '') as agent,
             ${timeText('fetched_at')} as fetched, ${timeText('reported_at')} as reported
        from (${devicesNow(organizationId, wanted)}) d),
    kept as materialized (
      select m.* from device_standings m where m.organization_id = ${organizationId} and ${wanted}),
    gone as (
      delete from device_standings s using kept k
       where s.organization_id = ${organizationId} and s.user_id = k.user_id and s.device = k.device
         and not exists (select 1 from fresh f where f.user_id = k.user_id and f.device = k.device)),
    other as materialized (
      select f.*, k.user_id is null as added
        from fresh f left join kept k on k.user_id = f.user_id and k.device = f.device
       where k.user_id is null or (${of('f')}) is distinct from (${of('k')})),
    changed as (
      update device_standings s set (${VALUES}) = row(${of('o')}) from other o
       where s.organization_id = ${organizationId} and s.user_id = o.user_id and s.device = o.device and not o.added),
    put as (
      insert into device_standings (organization_id, ${COLUMNS})
      select ${organizationId}::uuid, ${COLUMNS} from other where added),
    difference as (
      select coalesce(policy_id, ${NO_DEVICE}::uuid) as policy_id, status, device <> ${NO_DEVICE}::uuid as present,
             sum(n)::integer as devices
        from (select policy_id, status, device, 1 as n from fresh
              union all select policy_id, status, device, -1 from kept) each
       group by 1, 2, 3 having sum(n) <> 0),
    counted as (${counting(organizationId)})
    select count(*) as changed from other`.execute(trx);
  if ((rows[0]?.changed ?? 0) > UNKNOWN_TO_PLANNER) await sql`analyze device_standings`.execute(trx);
}

const NAMES = [
  ...[
    'policy_id',
    'standing',
    'status',
    'ages',
    'reported_at',
    'email',
    'name',
    'policy',
    'platform',
    'agent',
  ],
  ...['fetched', 'reported'],
] as const;
const VALUES = sql.join(NAMES.map((name) => sql.ref(name)));
const COLUMNS = sql`user_id, device, ${VALUES}`;

/** The values of the table that goes by `alias`. */
function of(alias: string) {
  return sql.join(NAMES.map((name) => sql.ref(`${alias}.${name}`)));
}

/** Times sort as the text that they are written as; what is not there comes first. */
function timeText(column: 'fetched_at' | 'reported_at') {
  return sql`coalesce(to_char(${sql.ref(`d.${column}`)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '')`;
}

/** Adds `difference` to the counts. */
function counting(organizationId: string) {
  return sql`
    insert into device_standing_counts (organization_id, policy_id, status, present, devices)
    select ${organizationId}::uuid, policy_id, status, present, devices from difference
        on conflict (organization_id, policy_id, status, present)
        do update set devices = device_standing_counts.devices + excluded.devices`;
}

async function letTimePass(trx: Trx, organizationId: string, heard: Date): Promise<void> {
  const flips = [
    {
      from: sql`s.standing`,
      to: sql`'unknown'`,
      where: sql`s.status <> 'unknown' and s.reported_at < ${heard}`,
    },
    // After the days were changed, or for a hub whose clock is behind.
    {
      from: sql`'unknown'`,
      to: sql`s.standing`,
      where: sql`s.status = 'unknown' and s.reported_at >= ${heard}`,
    },
  ];
  for (const { from, to, where } of flips) {
    await sql`
      with turned as (
        update device_standings s set status = ${to} where s.organization_id = ${organizationId} and s.ages and ${where}
        returning coalesce(s.policy_id, ${NO_DEVICE}::uuid) as policy_id, ${from}::text as was, ${to}::text as status),
      difference as (
        select policy_id, status, true as present, sum(n)::integer as devices
          from (select policy_id, status, 1 as n from turned
                union all select policy_id, was, -1 from turned) each
         group by 1, 2 having sum(n) <> 0)
      ${counting(organizationId)}`.execute(trx);
  }
}
