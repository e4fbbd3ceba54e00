import type { Readable } from 'node:stream';
import type { Device } from '../../shared/contracts/hub-devices.ts';
import { csvRows } from '../csv-rows.ts';
import type { Db } from '../database/connection.ts';
import { type DeviceFilter, type DevicePosition, selectDeviceRows, toDevice } from './device-rows.ts';

const PAGE = 500;

const COLUMNS: readonly (readonly [title: string, of: (device: Device) => string | number])[] = [
  ['User', ({ user }) => user.name],
  ['Email', ({ user }) => user.email],
  ['Device', ({ name }) => name],
  ['Status', ({ status }) => status],
  ['What to do', ({ whatToDo }) => whatToDo],
  ['Domain', ({ domain }) => domain],
  ['Settings', ({ settings }) => settings],
  ['Policy', ({ expected }) => expected?.name ?? ''],
  ['Revision expected', ({ expected }) => expected?.revision ?? ''],
  ['Revision applied', ({ applied }) => applied?.revision ?? ''],
  ['Platform', ({ platform }) => platform ?? ''],
  ['Platform version', ({ osVersion }) => osVersion ?? ''],
  ['Agent version', ({ agentVersion }) => agentVersion ?? ''],
  ['Last fetch', ({ fetchedAt }) => fetchedAt ?? ''],
  ['Applied', ({ appliedAt }) => appliedAt ?? ''],
  ['Last report', ({ reportedAt }) => reportedAt ?? ''],
  ['Device id', ({ deviceId }) => deviceId ?? ''],
  // What commands and addresses of the API call it.
  ['Id', ({ id }) => id ?? ''],
];

/** The devices of a filter as CSV, a page of the database at a time. */
export function exportDevices(db: Db, organizationId: string, at: Date, filter: DeviceFilter): Readable {
  return csvRows(
    COLUMNS.map(([title]) => title),
    cells(db, organizationId, at, filter),
  );
}

async function* cells(db: Db, organizationId: string, at: Date, filter: DeviceFilter) {
  let after: DevicePosition | undefined;
  do {
    const { rows, next } = await selectDeviceRows(db, organizationId, at, { filter, after, limit: PAGE });
    for (const row of rows) yield COLUMNS.map(([, of]) => of(toDevice(row)));
    after = next ?? undefined;
  } while (after !== undefined);
}
