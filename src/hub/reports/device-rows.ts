import { type RawBuilder, sql } from 'kysely';
import {
  DEVICE_STATUSES,
  type Device,
  type DeviceQuery,
  type DeviceStatus,
} from '../../shared/contracts/hub-devices.ts';
import type { Db, Reader } from '../database/connection.ts';
import { containing } from '../database/contains.ts';
import { heardSince, workOutStandings } from './device-standings.ts';
import { devicesNow, NO_DEVICE, statusAt } from './device-status.ts';
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
}

export type DeviceFilter = Omit<DeviceQuery, 'limit' | 'cursor' | 'sort'>;

/** Where a page ends: what the list is sorted by, user, device. */
export type DevicePosition = readonly [key: string, userId: string, deviceId: string];

/** The orders of the list: columns of `device_standings`. */
const ORDERS = {
  user: sql`s.email`,
  device: sql`s.name`,
  status: sql`s.status`,
  policy: sql`s.policy`,
  platform: sql`s.platform`,
  agent: sql`s.agent`,
  fetched: sql`s.fetched`,
  reported: sql`s.reported`,
} as const;
export type DeviceSort = NonNullable<DeviceQuery['sort']>;

/** A row of a page, before what is shown of it is read. */
interface Place {
  readonly user_id: string;
  readonly device: string;
  readonly status: DeviceStatus;
  readonly sort_key: string;
}

/**
 * Rows of an organization by e-mail address or in another order. The page is found among the standings as they are
 * worked out; what is shown of its rows is read from the tables. A row that goes in between is left out.
 */
export async function selectDeviceRows(
  db: Db,
  organizationId: string,
  at: Date,
  wanted: {
    readonly filter: DeviceFilter;
    readonly sort?: DeviceSort | undefined;
    readonly after?: DevicePosition | undefined;
    readonly limit: number;
  },
): Promise<{ readonly rows: readonly DeviceRow[]; readonly next: DevicePosition | null }> {
  await workOutStandings(db, organizationId, at);
  const places = await selectPlaces(db, organizationId, { ...wanted, limit: wanted.limit + 1 });
  const page = places.slice(0, wanted.limit);
  const users = [...new Set(page.map(({ user_id }) => user_id))];
  const { rows: shown } = await sql<Shown>`
    select d.* from (${devicesNow(organizationId, sql<boolean>`m.user_id = any(${users}::uuid[])`)}) d`.execute(
    db,
  );
  const found = new Map(shown.map((row) => [placeKey(row.user_id, row.id ?? NO_DEVICE), row]));
  const rows = page.flatMap(({ user_id, device, status }) => {
    const row = found.get(placeKey(user_id, device));
    return row === undefined ? [] : [{ ...row, status }];
  });
  const last = page.at(-1);
  const more = places.length > page.length && last !== undefined;
  return { rows, next: more ? [last.sort_key, last.user_id, last.device] : null };
}

type Shown = Omit<DeviceRow, 'status'>;

function placeKey(userId: string, device: string): string {
  return `${userId} ${device}`;
}

async function selectPlaces(
  db: Reader,
  organizationId: string,
  { filter, sort = 'user', after, limit }: Parameters<typeof selectDeviceRows>[3],
): Promise<readonly Place[]> {
  const key = ORDERS[orderNamed(sort)];
  const [direction, beyond] = sort.startsWith('-') ? [sql`desc`, sql`<`] : [sql`asc`, sql`>`];
  const statuses = shownStatuses(filter);
  const { rows } = await sql<Place>`
    select s.user_id, s.device, s.status, ${key} as sort_key from device_standings s
     where s.organization_id = ${organizationId} and ${conditions(organizationId, filter)}
       and ${statuses.length === DEVICE_STATUSES.length ? sql`true` : sql`s.status = any(${[...statuses]}::text[])`}
       and ${after === undefined ? sql`true` : sql`(${key}, s.user_id, s.device) ${beyond} (${after[0]}::text, ${after[1]}::uuid, ${after[2]}::uuid)`}
     order by ${key} ${direction}, s.user_id ${direction}, s.device ${direction}
     limit ${limit}`.execute(db);
  return rows;
}

/** The statuses that a filter leaves in the list; how many have which is counted of all of them. */
export function shownStatuses({
  status,
  hideCompliant,
}: Pick<DeviceFilter, 'status' | 'hideCompliant'>): readonly DeviceStatus[] {
  return DEVICE_STATUSES.filter(
    (each) =>
      (status === undefined || each === status) &&
      !(hideCompliant === true && (each === 'compliant' || each === 'exception')),
  );
}

function orderNamed(sort: DeviceSort): keyof typeof ORDERS {
  const name = sort.replace(/^-/, '');
  return name in ORDERS ? (name as keyof typeof ORDERS) : 'user';
}

/** One device as it is at this moment; `undefined`: the organization has no such device. */
export async function selectDevice(
  db: Reader,
  organizationId: string,
  at: Date,
  deviceId: string,
): Promise<DeviceRow | undefined> {
  const heard = await heardSince(db, organizationId, at);
  const owner = sql<boolean>`m.user_id = (select o.user_id from devices o where o.id = ${deviceId})`;
  const { rows } = await sql<DeviceRow>`
    select d.*, ${statusAt(heard)} as status from (${devicesNow(organizationId, owner)}) d
     where d.id = ${deviceId}`.execute(db);
  return rows[0];
}

/** How many rows of a filter have which status. */
export async function countStatuses(
  db: Db,
  organizationId: string,
  at: Date,
  filter: DeviceFilter,
): Promise<ReadonlyMap<DeviceStatus, number>> {
  await workOutStandings(db, organizationId, at);
  const { platform, teamId, userId, search, policyId } = filter;
  const kept = [platform, teamId, userId, search].every((each) => each === undefined);
  const counted = kept
    ? sql`select s.status, sum(s.devices) as count from device_standing_counts s
           where s.organization_id = ${organizationId}
             and ${policyId === undefined ? sql`true` : sql`s.policy_id = ${policyId}`}
           group by 1`
    : sql`select s.status, count(*) as count from device_standings s
           where s.organization_id = ${organizationId} and ${conditions(organizationId, filter)} group by 1`;
  const { rows } = await sql<{ status: DeviceStatus; count: number }>`${counted}`.execute(db);
  return new Map(rows.map(({ status, count }) => [status, count]));
}

/** How many devices that should have each policy follow it. */
export async function countFollowing(
  db: Db,
  organizationId: string,
  at: Date,
): Promise<readonly { readonly policyId: string; readonly devices: number; readonly following: number }[]> {
  await workOutStandings(db, organizationId, at);
  const { rows } = await sql<{ policy_id: string; devices: number; following: number }>`
    select policy_id, sum(devices) as devices,
           coalesce(sum(devices) filter (where status in ('compliant', 'exception')), 0) as following
      from device_standing_counts
     where organization_id = ${organizationId} and present and policy_id <> ${NO_DEVICE}
     group by 1 having sum(devices) > 0`.execute(db);
  return rows.map(({ policy_id, devices, following }) => ({ policyId: policy_id, devices, following }));
}

function conditions(organizationId: string, filter: DeviceFilter): RawBuilder<boolean> {
  const { platform, policyId, teamId, userId, search } = filter;
  const parts = [
    ...(platform === undefined ? [] : [sql`s.platform = ${platform}`]),
    ...(policyId === undefined ? [] : [sql`s.policy_id = ${policyId}`]),
    ...(userId === undefined ? [] : [sql`s.user_id = ${userId}`]),
    ...(teamId === undefined
      ? []
      : [sql`s.user_id in (select tm.user_id from team_members tm where tm.team_id = ${teamId})`]),
    ...(search === undefined ? [] : [searchFor(organizationId, search)]),
  ];
  return parts.length === 0 ? sql<boolean>`true` : sql<boolean>`${sql.join(parts, sql` and `)}`;
}

/** The account's texts have an index of their own parts; what the list holds of a device is in its row. */
function searchFor(organizationId: string, text: string) {
  const pattern = containing(text);
  return sql`(s.name ilike ${pattern} or s.user_id in (
    select u.id from users u join memberships m on m.user_id = u.id
     where m.organization_id = ${organizationId} and (u.email ilike ${pattern} or u.name ilike ${pattern})))`;
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
