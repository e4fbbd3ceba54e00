import { type RawBuilder, sql } from 'kysely';
import type { Device, DeviceQuery, DeviceStatus } from '../../shared/contracts/hub-devices.ts';
import type { Reader } from '../database/connection.ts';
import { containing } from '../database/contains.ts';
import { readReportSettings } from './report-settings.ts';
import { whatToDo } from './what-to-do.ts';

/** A device, or a member without one, with everything that its status depends on. */
export interface DeviceRow {
  id: string | null;
  device_id: string | null;
  name: string | null;
  user_id: string;
  email: string;
  user_name: string;
  status: DeviceStatus;
  domain: Device['domain'];
  via: 'member' | 'team' | 'default' | null;
  expected_id: string | null;
  expected_name: string;
  expected_revision: number;
  expected_seq: number;
  policy_id: string | null;
  revision: number | null;
  seq: number | null;
  platform: Device['platform'];
  os_version: string | null;
  agent_version: string | null;
  fetched_at: Date | null;
  applied_at: Date | null;
  reported_at: Date | null;
  device_time: Date | null;
  first_seen_at: Date | null;
  frozen: string | null;
  refused: string | null;
  errors: number | null;
  sort_key: string;
}

export type DeviceFilter = Omit<DeviceQuery, 'limit' | 'cursor' | 'sort'>;

/** Where a page ends: what the list is sorted by, user, device. */
export type DevicePosition = readonly [key: string, userId: string, deviceId: string];

/** The orders of the list. Times sort as the text that they are written as; what is not there comes first. */
const ORDERS = {
  user: sql`lower(d.email)`,
  device: sql`lower(coalesce(d.name, ''))`,
  status: sql`d.status`,
  policy: sql`lower(coalesce(d.expected_name, ''))`,
  platform: sql`coalesce(d.platform, '')`,
  agent: sql`coalesce(d.agent_version, '')`,
  fetched: timeText(sql`d.fetched_at`),
  reported: timeText(sql`d.reported_at`),
} as const;
export type DeviceSort = NonNullable<DeviceQuery['sort']>;

function timeText(column: RawBuilder<unknown>) {
  return sql`coalesce(to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '')`;
}

const NO_DEVICE = '00000000-0000-0000-0000-000000000000';

/**
 * Rows of an organization by e-mail address or in another order, with the status by the table of docs/delivery.md
 * section 5. What only the whole member tells (no policy, a domain that nobody controls) comes before what a device
 * says.
 */
export async function selectDeviceRows(
  db: Reader,
  organizationId: string,
  at: Date,
  wanted: {
    readonly filter: DeviceFilter;
    readonly sort?: DeviceSort | undefined;
    readonly after?: DevicePosition | undefined;
    readonly limit: number;
    readonly deviceId?: string;
  },
): Promise<readonly DeviceRow[]> {
  const { filter, sort = 'user', after, limit, deviceId } = wanted;
  const key = ORDERS[orderNamed(sort)];
  const [direction, beyond] = sort.startsWith('-') ? [sql`desc`, sql`<`] : [sql`asc`, sql`>`];
  const place = sql`${key}, d.user_id, coalesce(d.id, ${NO_DEVICE})`;
  const rows = await sql<DeviceRow>`
    select d.*, ${key} as sort_key from (${await statement(db, organizationId, at, filter, begins(sort, after))}) d
     where ${filter.status === undefined ? sql`true` : sql`d.status = ${filter.status}`}
       and ${filter.hideCompliant === true ? sql`d.status not in ('compliant', 'exception')` : sql`true`}
       and ${deviceId === undefined ? sql`true` : sql`d.id = ${deviceId}`}
       and ${after === undefined ? sql`true` : sql`(${place}) ${beyond} (${after[0]}::text, ${after[1]}::uuid, ${after[2]}::uuid)`}
     order by ${key} ${direction}, d.user_id ${direction}, coalesce(d.id, ${NO_DEVICE}) ${direction}
     limit ${limit}`.execute(db);
  return rows.rows;
}

/**
 * Where a page by address begins, as the index of addresses understands it: what it continues after is made of several
 * tables, and alone would be looked for from the first address on.
 */
function begins(sort: DeviceSort, after: DevicePosition | undefined): RawBuilder<unknown> {
  if (after === undefined || orderNamed(sort) !== 'user') return sql`true`;
  return sort.startsWith('-')
    ? sql`lower(u.email) <= ${after[0]}::text`
    : sql`lower(u.email) >= ${after[0]}::text`;
}

function orderNamed(sort: DeviceSort): keyof typeof ORDERS {
  const name = sort.replace(/^-/, '');
  return name in ORDERS ? (name as keyof typeof ORDERS) : 'user';
}

/** How many rows of a filter have which status. */
export async function countStatuses(
  db: Reader,
  organizationId: string,
  at: Date,
  filter: DeviceFilter,
): Promise<ReadonlyMap<DeviceStatus, number>> {
  const { rows } = await sql<{ status: DeviceStatus; count: number }>`
    select d.status, count(*) as count from (${await statement(db, organizationId, at, filter)}) d group by 1`.execute(
    db,
  );
  return new Map(rows.map(({ status, count }) => [status, count]));
}

/** How many devices that should have each policy follow it. */
export async function countFollowing(
  db: Reader,
  organizationId: string,
  at: Date,
): Promise<readonly { readonly policyId: string; readonly devices: number; readonly following: number }[]> {
  const { rows } = await sql<{ policy_id: string; devices: number; following: number }>`
    select d.expected_id as policy_id, count(*) as devices,
           count(*) filter (where d.status in ('compliant', 'exception')) as following
      from (${await statement(db, organizationId, at, {})}) d
     where d.expected_id is not null and d.id is not null group by 1`.execute(db);
  return rows.map(({ policy_id, devices, following }) => ({ policyId: policy_id, devices, following }));
}

/** Cursor of the page after a row. */
export function positionOf(row: DeviceRow): DevicePosition {
  return [row.sort_key, row.user_id, row.id ?? NO_DEVICE];
}

async function statement(
  db: Reader,
  organizationId: string,
  at: Date,
  filter: DeviceFilter,
  from: RawBuilder<unknown> = sql`true`,
) {
  const { unknownAfterDays } = await readReportSettings(db, organizationId);
  const known = new Date(at.getTime() - unknownAfterDays * 86_400_000);
  return sql`
    select m.user_id, u.email, u.name as user_name, d.id, d.device_id, coalesce(d.name, d.reported_name) as name,
           mp.via, p.id as expected_id, p.name as expected_name, mp.revision as expected_revision,
           coalesce(s.seq, 0) as expected_seq, d.policy_id, d.revision, d.seq, d.platform, d.os_version,
           d.agent_version, d.fetched_at, d.applied_at, d.reported_at, d.device_time, d.first_seen_at, d.frozen,
           d.refused, d.errors, domain.state as domain,
           case when p.id is null then 'no_policy'
                when domain.state = 'guest' then 'uncontrolled_domain'
                when d.id is null or d.reported_at < ${known} then 'unknown'
                when d.policy_id = p.id and d.revision = mp.revision then
                  case d.hash_state when 'exact' then 'compliant'
                    when 'override' then case when exists (select 1 from overrides g
                      where g.id = any(d.override_ids) and g.ended_at is null) then 'exception' else 'outdated' end
                    else 'non_compliant' end
                when d.seq is null or d.fetched_seq >= s.seq then 'non_compliant'
                else 'outdated' end as status
      from memberships m
      join users u on u.id = m.user_id
      left join devices d on d.organization_id = m.organization_id and d.user_id = m.user_id
      left join member_policies mp on mp.organization_id = m.organization_id and mp.user_id = m.user_id
      left join policies p on p.id = mp.policy_id
      left join bundle_sequences s on s.organization_id = m.organization_id and s.user_id = m.user_id
     cross join lateral (
       select case when not exists (select 1 from domains v where v.organization_id = m.organization_id and v.verified_at is not null)
                   then 'domainless'
                   when exists (select 1 from domains v where v.organization_id = m.organization_id
                     and v.verified_at is not null and v.name = lower(substring(u.email from '@([^@]+)$')))
                   then 'verified' else 'guest' end as state) domain
     where m.organization_id = ${organizationId} and ${conditions(filter)} and ${from}`;
}

function conditions(filter: DeviceFilter) {
  const { platform, policyId, teamId, userId, search } = filter;
  const parts = [
    ...(platform === undefined ? [] : [sql`d.platform = ${platform}`]),
    ...(policyId === undefined ? [] : [sql`p.id = ${policyId}`]),
    ...(userId === undefined ? [] : [sql`m.user_id = ${userId}`]),
    ...(teamId === undefined
      ? []
      : [
          sql`exists (select 1 from team_members tm where tm.organization_id = m.organization_id
            and tm.user_id = m.user_id and tm.team_id = ${teamId})`,
        ]),
    ...(search === undefined ? [] : [searchFor(search)]),
  ];
  return parts.length === 0 ? sql`true` : sql.join(parts, sql` and `);
}

function searchFor(text: string) {
  const pattern = containing(text);
  return sql`(u.email ilike ${pattern} or u.name ilike ${pattern} or coalesce(d.name, d.reported_name) ilike ${pattern})`;
}

/** A row as the API shows it. */
export function toDevice(row: DeviceRow): Device {
  const iso = (time: Date | null) => time?.toISOString() ?? null;
  const hasDevice = row.id !== null;
  const { status, frozen, refused } = row;
  const errors = row.errors ?? 0;
  return {
    id: row.id,
    deviceId: row.device_id,
    name: row.name ?? '',
    user: { id: row.user_id, email: row.email, name: row.user_name },
    status,
    whatToDo: whatToDo({ status, hasDevice, hasApplied: row.seq !== null, frozen, refused, errors }),
    domain: row.domain,
    settings: row.via === null ? 'none' : row.via === 'default' ? 'global' : 'user',
    expected:
      row.expected_id === null
        ? null
        : {
            id: row.expected_id,
            name: row.expected_name,
            revision: row.expected_revision,
            seq: row.expected_seq,
          },
    applied: hasDevice ? { policyId: row.policy_id, revision: row.revision, seq: row.seq } : null,
    platform: row.platform,
    osVersion: row.os_version,
    agentVersion: row.agent_version,
    fetchedAt: iso(row.fetched_at),
    appliedAt: iso(row.applied_at),
    reportedAt: iso(row.reported_at),
    firstSeenAt: iso(row.first_seen_at),
    clockBehindSeconds:
      row.reported_at === null || row.device_time === null
        ? null
        : Math.round((row.reported_at.getTime() - row.device_time.getTime()) / 1000),
    ...{ frozen, refused, errors },
  };
}
