import { type ExpressionBuilder, sql } from 'kysely';
import type { AuditEvent, AuditList, AuditQuery } from '../../shared/contracts/hub-api.ts';
import type { Reader } from '../database/connection.ts';
import { searching } from '../database/contains.ts';
import { badCursor } from '../database/keyset.ts';
import type { Database } from '../database/schema.ts';

/** The events of an organization, newest first, a page at a time. `null`: those of the hub as a whole. */
export async function listAuditEvents(
  db: Reader,
  organizationId: string | null,
  query: AuditQuery,
  provisioning?: ProvisioningEvents,
): Promise<AuditList> {
  const forwards = query.sort === 'at';
  let events = db
    .selectFrom('audit_events')
    .selectAll()
    .orderBy('id', forwards ? 'asc' : 'desc')
    .limit(query.limit + 1);
  events =
    organizationId === null
      ? events.where('organization_id', 'is', null)
      : events.where('organization_id', '=', organizationId);
  if (query.cursor !== undefined) {
    if (!/^\d{1,15}$/.test(query.cursor)) throw badCursor();
    events = events.where('id', forwards ? '>' : '<', Number(query.cursor));
  }
  if (query.action?.endsWith('.') === true)
    events = events.where('action', 'like', `${escapeLike(query.action)}%`);
  else if (query.action !== undefined) events = events.where('action', '=', clean(query.action));
  if (provisioning !== undefined) events = events.where(isProvisioning(provisioning));
  if (query.search !== undefined)
    events = events.where(searching(query.search, sql`target_label`, sql`action`, sql`actor_label`));
  if (query.actor !== undefined) {
    const part = `%${escapeLike(query.actor)}%`;
    events = events.where('actor_label', 'ilike', part);
  }
  if (query.target !== undefined) {
    const part = `%${escapeLike(query.target)}%`;
    events = events.where('target_label', 'ilike', part);
  }
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

/** Events of one connection's SCIM client, and those about what it authenticates with. */
export interface ProvisioningEvents {
  readonly systemActor: string;
  readonly orTarget: { readonly kind: string; readonly id: string; readonly action: string };
}

function isProvisioning({ systemActor, orTarget }: ProvisioningEvents) {
  return (where: ExpressionBuilder<Database, 'audit_events'>) =>
    where.or([
      where.and([where('actor_kind', '=', 'system'), where('actor_label', '=', systemActor)]),
      where.and([
        where('target_kind', '=', orTarget.kind),
        where('target_id', '=', orTarget.id),
        where('action', 'like', `${escapeLike(orTarget.action)}%`),
      ]),
    ]);
}

function clean(text: string): string {
  return text.replaceAll('\0', '');
}

function escapeLike(text: string): string {
  return clean(text).replaceAll(/[\\%_]/g, '\\$&');
}
