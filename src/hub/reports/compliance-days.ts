import { sql } from 'kysely';
import {
  type ComplianceTrend,
  DEVICE_STATUSES,
  type DeviceStatus,
} from '../../shared/contracts/hub-devices.ts';
import type { Db } from '../database/connection.ts';
import type { HubContext, HubServer } from '../server.ts';
import { countStatuses } from './device-rows.ts';

const EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** A trend reaches back a year; a little more is kept so that none is cut short. */
const KEPT_DAYS = 400;

type Counts = ComplianceTrend['days'][number]['statuses'];

/** Writes down how every organization stands today; the last look at a day is what stays of it. */
export async function countDay(db: Db, at: Date): Promise<void> {
  const organizations = await db.selectFrom('organizations').select('id').execute();
  for (const { id } of organizations) {
    const counts = await countStatuses(db, id, at, {});
    const rows = DEVICE_STATUSES.map((status) => ({ status, devices: counts.get(status) ?? 0 }));
    await sql`insert into compliance_days (organization_id, day, status, devices)
      select ${id}, ${dayOf(at)}::date, status, devices
        from unnest(${rows.map((row) => row.status)}::text[], ${rows.map((row) => row.devices)}::integer[]) as n (status, devices)
      on conflict (organization_id, day, status) do update set devices = excluded.devices`.execute(db);
  }
  const oldest = dayOf(new Date(at.getTime() - KEPT_DAYS * DAY_MS));
  await sql`delete from compliance_days where day < ${oldest}::date`.execute(db);
}

/** The days up to today (UTC), oldest first; a day that the hub did not see is left out. Today is counted now. */
export async function readTrend(
  db: Db,
  organizationId: string,
  at: Date,
  days: number,
): Promise<ComplianceTrend> {
  const today = dayOf(at);
  const first = dayOf(new Date(at.getTime() - (days - 1) * DAY_MS));
  const [{ rows }, now] = await Promise.all([
    sql<{ day: string; status: DeviceStatus; devices: number }>`
      select to_char(day, 'YYYY-MM-DD') as day, status, devices from compliance_days
       where organization_id = ${organizationId} and day >= ${first}::date and day < ${today}::date
       order by day`.execute(db),
    countStatuses(db, organizationId, at, {}),
  ]);
  const past = [...Map.groupBy(rows, ({ day }) => day)].map(([day, some]) => ({
    day,
    statuses: countsOf(new Map(some.map(({ status, devices }) => [status, devices]))),
  }));
  return { days: [...past, { day: today, statuses: countsOf(now) }] };
}

/** Counts the day once an hour while the hub runs, and soon after it starts; several hubs write the same. */
export function keepComplianceDays(app: HubServer, { db, clock, log }: HubContext): void {
  const count = (): void => {
    countDay(db, new Date(clock.now())).catch((error: unknown) =>
      log.warn({ err: error }, 'the compliance of today could not be counted; trying again in an hour'),
    );
  };
  app.addHook('onListen', async () => count());
  const timer = setInterval(count, EVERY_MS);
  timer.unref();
  app.addHook('onClose', async () => clearInterval(timer));
}

function countsOf(counts: ReadonlyMap<DeviceStatus, number>): Counts {
  const of = (status: DeviceStatus) => counts.get(status) ?? 0;
  return {
    compliant: of('compliant'),
    non_compliant: of('non_compliant'),
    outdated: of('outdated'),
    no_policy: of('no_policy'),
    uncontrolled_domain: of('uncontrolled_domain'),
    exception: of('exception'),
    unknown: of('unknown'),
  };
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
