import type { ReportSettings } from '../../shared/contracts/hub-devices.ts';
import { demandUnchanged } from '../audit/made-from.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Reader } from '../database/connection.ts';
import { lockOrganization } from '../policies/recipients.ts';
import './tables.ts';

/** After so many days without a report a device's state is unknown; after so many more it is forgotten. */
export const REPORT_DEFAULTS: ReportSettings = { unknownAfterDays: 7, retentionDays: 90 };

/** How an organization keeps reports. */
export async function readReportSettings(db: Reader, organizationId: string): Promise<ReportSettings> {
  const row = await db
    .selectFrom('report_settings')
    .where('organization_id', '=', organizationId)
    .select(['unknown_after_days', 'retention_days'])
    .executeTakeFirst();
  if (row === undefined) return REPORT_DEFAULTS;
  return { unknownAfterDays: row.unknown_after_days, retentionDays: row.retention_days };
}

export async function changeReportSettings(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  wanted: ReportSettings,
): Promise<ReportSettings> {
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const before = await readReportSettings(trx, organizationId);
    await demandUnchanged(trx, context, { organizationId, targetId: organizationId, edited: { ...before } });
    const row = { unknown_after_days: wanted.unknownAfterDays, retention_days: wanted.retentionDays };
    await trx
      .insertInto('report_settings')
      .values({ organization_id: organizationId, ...row })
      .onConflict((conflict) => conflict.column('organization_id').doUpdateSet(row))
      .execute();
    await recordChange(trx, context, {
      organizationId,
      action: 'organization.reports',
      target: { kind: 'organization', id: organizationId, label: 'reports' },
      before: { ...before },
      after: { ...wanted },
    });
    return wanted;
  });
}
