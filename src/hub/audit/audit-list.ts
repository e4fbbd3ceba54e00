import type { AuditEvent, AuditList, AuditQuery } from '../../shared/contracts/hub-api.ts';
import type { Reader } from '../database/connection.ts';

/** The events of an organization, newest first, a page at a time. `null`: those of the hub as a whole. */
export async function listAuditEvents(
  db: Reader,
  organizationId: string | null,
  query: AuditQuery,
): Promise<AuditList> {
  let events = db
    .selectFrom('audit_events')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(query.limit + 1);
  events =
    organizationId === null
      ? events.where('organization_id', 'is', null)
      : events.where('organization_id', '=', organizationId);
  const before = query.cursor === undefined ? null : Number(query.cursor);
  if (before !== null && Number.isSafeInteger(before)) events = events.where('id', '<', before);
  if (query.action?.endsWith('.') === true)
    events = events.where('action', 'like', `${escapeLike(query.action)}%`);
  else if (query.action !== undefined) events = events.where('action', '=', clean(query.action));
  if (query.actorId !== undefined) events = events.where('actor_id', '=', query.actorId);
  if (query.targetId !== undefined) events = events.where('target_id', '=', clean(query.targetId));
  if (query.since !== undefined) events = events.where('at', '>=', new Date(query.since));
  if (query.until !== undefined) events = events.where('at', '<', new Date(query.until));
  const rows = await events.execute();
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    events: page.map(
      (row): AuditEvent => ({
        id: row.id,
        at: row.at.toISOString(),
        actor: { kind: row.actor_kind, id: row.actor_id, label: row.actor_label },
        action: row.action,
        target: { kind: row.target_kind, id: row.target_id, label: row.target_label },
        before: row.before === null ? null : { ...row.before },
        after: row.after === null ? null : { ...row.after },
        sourceAddress: row.source_address,
      }),
    ),
    next: rows.length > query.limit && last !== undefined ? String(last.id) : null,
  };
}

function clean(text: string): string {
  return text.replaceAll('\0', '');
}

function escapeLike(text: string): string {
  return clean(text).replaceAll(/[\\%_]/g, '\\$&');
}
