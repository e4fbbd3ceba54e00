import { type Selectable, sql } from 'kysely';
import { z } from 'zod';
import { agentReportSchema } from '../../shared/contracts/device-report.ts';
import { driftKindSchema } from '../../shared/contracts/drift-kind.ts';
import {
  DEVICE_STATUSES,
  type DeviceDetail,
  type DeviceDrift,
  type DeviceDriftQuery,
  type DeviceList,
  type DeviceQuery,
} from '../../shared/contracts/hub-devices.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { demandUnchanged } from '../audit/made-from.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Reader } from '../database/connection.ts';
import { having, searching } from '../database/contains.ts';
import type { ListOrder } from '../database/keyset.ts';
import { readPage } from '../database/read-page.ts';
import type { Database } from '../database/schema.ts';
import { endDeviceOf } from '../organizations/end-sign-ins.ts';
import { lockOrganization } from '../policies/recipients.ts';
import {
  countStatuses,
  type DevicePosition,
  selectDevice,
  selectDeviceRows,
  shownStatuses,
  toDevice,
} from './device-rows.ts';
import './tables.ts';

/** Devices by e-mail address of their user, a page at a time, with how many have which status. */
export async function listDevices(
  db: Db,
  organizationId: string,
  at: Date,
  query: DeviceQuery,
): Promise<DeviceList> {
  const { limit, cursor, sort, ...filter } = query;
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const counts = await countStatuses(db, organizationId, at, filter);
  const { rows, next } = await selectDeviceRows(db, organizationId, at, { filter, sort, after, limit });
  const statuses = Object.fromEntries(
    DEVICE_STATUSES.map((status) => [status, counts.get(status) ?? 0]),
  ) as DeviceList['statuses'];
  return {
    devices: rows.map(toDevice),
    total: shownStatuses(filter).reduce((sum, status) => sum + statuses[status], 0),
    statuses,
    next: next === null ? null : writeCursor(next),
  };
}

/** One device with its last report. */
export async function readDevice(
  db: Reader,
  organizationId: string,
  at: Date,
  deviceId: string,
): Promise<DeviceDetail> {
  const row = await selectDevice(db, organizationId, at, deviceId);
  const kept = await db
    .selectFrom('devices')
    .where('organization_id', '=', organizationId)
    .where('id', '=', deviceId)
    .select(['report'])
    .executeTakeFirst();
  if (row === undefined || kept === undefined) throw noSuchDevice();
  const report = keptReportSchema.parse(kept.report);
  return { ...toDevice(row), report };
}

/** What is kept of a report; a device between its first two statements has nothing yet. */
const keptReportSchema = agentReportSchema.pick({
  reason: true,
  at: true,
  profileOverrides: true,
  overrides: true,
  contended: true,
  problems: true,
  settings: true,
  choices: true,
});

const ORDERS: Readonly<Record<string, ListOrder>> = { at: { by: sql`d.id`, kind: 'number' } };

/** Repairs of a device, newest first, a page at a time. */
export async function listDrift(
  db: Reader,
  organizationId: string,
  deviceId: string,
  { search, kind, sort = '-at', cursor, limit }: DeviceDriftQuery,
): Promise<DeviceDrift> {
  await requireDevice(db, organizationId, deviceId);
  const { rows, total, next } = await readPage<Selectable<Database['device_drift']>>(
    db,
    {
      columns: sql`d.*`,
      from: sql`device_drift d`,
      where: sql`d.device = ${deviceId} and ${having(sql`d.kind`, kind)} and ${searching(search, sql`d.setting`, sql`d.file`)}`,
      orders: ORDERS,
      id: { by: sql`d.id`, kind: 'number' },
    },
    { sort, cursor, limit },
  );
  const drift = rows.map((row) => ({
    at: row.at.toISOString(),
    receivedAt: row.received_at.toISOString(),
    kind: driftKindSchema.parse(row.kind),
    setting: row.setting,
    ...(row.file === null ? {} : { file: row.file }),
    ...(row.wrong === null ? {} : { wrong: row.wrong }),
    ...(row.right_value === null ? {} : { right: row.right_value }),
  }));
  return { drift, total, next };
}

/** Names a device; `null` gives it back the name that it has for itself. */
export async function nameDevice(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  change: { readonly deviceId: string; readonly name: string | null },
): Promise<DeviceDetail> {
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const before = await requireDevice(trx, organizationId, change.deviceId);
    const edited = { name: before.shown };
    await demandUnchanged(trx, context, { organizationId, targetId: change.deviceId, edited });
    await trx.updateTable('devices').set({ name: change.name }).where('id', '=', change.deviceId).execute();
    await recordChange(trx, context, {
      organizationId,
      action: 'device.rename',
      target: { kind: 'device', id: change.deviceId, label: before.shown },
      before: { name: before.name },
      after: { name: change.name },
    });
    return readDevice(trx, organizationId, context.at, change.deviceId);
  });
}

/**
 * Forgets a device with its reports and repairs. It comes back with its next report, unless `signOut` ends the session
 * by which it reported: then when somebody signs in there again.
 */
export async function forgetDevice(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  { deviceId, signOut }: { readonly deviceId: string; readonly signOut: boolean },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const before = await requireDevice(trx, organizationId, deviceId);
    const of = { organizationId, userId: before.user_id, email: before.email };
    const session = sql`${before.session_id}::uuid`;
    const signedOut = signOut && (await endDeviceOf(trx, context, of, session)) > 0;
    await trx.deleteFrom('devices').where('id', '=', deviceId).execute();
    await recordChange(trx, context, {
      organizationId,
      action: 'device.forget',
      target: { kind: 'device', id: deviceId, label: before.shown },
      before: { name: before.shown, user: before.email, reportedAt: before.reported_at.toISOString() },
      ...(signOut ? { after: { signedOut } } : {}),
    });
  });
}

async function requireDevice(db: Reader, organizationId: string, deviceId: string) {
  const row = await db
    .selectFrom('devices as d')
    .innerJoin('users as u', 'u.id', 'd.user_id')
    .where('d.organization_id', '=', organizationId)
    .where('d.id', '=', deviceId)
    .select(['d.name', 'd.reported_name', 'd.reported_at', 'd.user_id', 'd.session_id', 'u.email'])
    .executeTakeFirst();
  if (row === undefined) throw noSuchDevice();
  return { ...row, shown: row.name ?? row.reported_name };
}

function noSuchDevice(): RefusalError {
  return new RefusalError({
    code: 'not_found',
    message: 'There is no such device in this organization.',
    help: 'The list of devices has every one, with its id.',
  });
}

const positionSchema = z.tuple([
  z
    .string()
    .max(1000)
    .refine((key) => !key.includes('\0')),
  z.uuid(),
  z.uuid(),
]);

function writeCursor(position: DevicePosition): string {
  return Buffer.from(JSON.stringify(position), 'utf8').toString('base64url');
}

function readCursor(cursor: string): DevicePosition {
  try {
    return positionSchema.parse(
      JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8').replaceAll('\\u0000', '')),
    );
  } catch {
    throw new RefusalError({
      code: 'bad_request',
      message: 'The cursor is not one that the list answered.',
      help: 'Send "next" of the page before, or leave it out for the first page.',
    });
  }
}
