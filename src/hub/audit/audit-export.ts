import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import type { AuditEvent, AuditExportQuery } from '../../shared/contracts/hub-api.ts';
import { CSV_FORM } from '../csv-rows.ts';
import type { Reader } from '../database/connection.ts';
import { listAuditEvents } from './audit-list.ts';

const COLUMNS = [
  'Time',
  'Actor',
  'Actor kind',
  'Actor id',
  'Action',
  'Target',
  'Target kind',
  'Target id',
  'Before',
  'After',
  'Source address',
];
/** Events read at a time: a log of years is never in memory whole. */
const AT_A_TIME = 500;

/** The events that match, newest first, as JSON lines or CSV. */
export function exportAuditEvents(
  db: Reader,
  organizationId: string | null,
  query: AuditExportQuery,
): Readable {
  return Readable.from(lines(db, organizationId, query));
}

async function* lines(
  db: Reader,
  organizationId: string | null,
  { format, ...query }: AuditExportQuery,
): AsyncGenerator<string> {
  if (format === 'csv') yield csvOf([COLUMNS]);
  for (let cursor: string | undefined; ; ) {
    const page = await listAuditEvents(db, organizationId, { ...query, limit: AT_A_TIME, cursor });
    if (page.events.length > 0)
      yield format === 'csv'
        ? csvOf(page.events.map(cells))
        : page.events.map((event) => `${JSON.stringify(event)}\n`).join('');
    if (page.next === null) return;
    cursor = page.next;
  }
}

function cells({ at, actor, action, target, before, after, sourceAddress }: AuditEvent): readonly string[] {
  const json = (value: object | null) => (value === null ? '' : JSON.stringify(value));
  return [
    at,
    actor.label,
    actor.kind,
    actor.id ?? '',
    action,
    target.label,
    target.kind,
    target.id ?? '',
    json(before),
    json(after),
    sourceAddress ?? '',
  ];
}

function csvOf(rows: readonly (readonly string[])[]): string {
  return stringify([...rows.map((row) => [...row])], CSV_FORM);
}
