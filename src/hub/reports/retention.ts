import { sql } from 'kysely';
import type { Db } from '../database/connection.ts';
import { hourly } from '../hourly.ts';
import type { HubContext, HubServer } from '../server.ts';
import { REPORT_DEFAULTS } from './report-settings.ts';

/** Deletes what is older than an organization keeps: reports, repairs, and devices that are silent for so long. */
export async function deleteOldReports(db: Db, at: Date): Promise<void> {
  const oldest = sql`${at}::timestamptz - make_interval(days => coalesce(
    (select rs.retention_days from report_settings rs where rs.organization_id = d.organization_id),
    ${REPORT_DEFAULTS.retentionDays}::integer))`;
  await sql`delete from devices d where d.reported_at < ${oldest}`.execute(db);
  for (const table of ['device_reports', 'device_drift']) {
    await sql`delete from ${sql.table(table)} old using devices d
       where d.id = old.device and old.received_at < ${oldest}`.execute(db);
  }
}

/** Does so while the hub runs; several hubs on one database only find less to do. */
export function keepReportsTidy(
  app: Pick<HubServer, 'addHook'>,
  { db, clock, log }: Pick<HubContext, 'db' | 'clock' | 'log'>,
): void {
  hourly(app, log, {
    failed: 'old reports could not be deleted; trying again in an hour',
    work: () => deleteOldReports(db, new Date(clock.now())),
  });
}
