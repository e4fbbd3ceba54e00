import type { FastifyRequest } from 'fastify';
import { type Insertable, type RawBuilder, sql } from 'kysely';
import { actorOf } from '../access.ts';
import type { Actor } from '../authentication.ts';
import type { Clock } from '../clock.ts';
import type { Trx } from '../database/connection.ts';
import type { AuditEventsTable, Json } from '../database/schema.ts';

/** Who changes something, from where and when. Every service that changes takes one. */
export interface ChangeContext {
  readonly actor: Actor;
  /** Address the request came from; `null` for a command on the hub's own machine. */
  readonly sourceAddress: string | null;
  readonly at: Date;
  /** Entity tag of what the change was made from (`If-Match`); left out: of whatever is there. */
  readonly madeFrom?: string;
}

/** The author of what a request changes. */
export function changeBy(request: FastifyRequest, clock: Clock): ChangeContext {
  const madeFrom = request.headers['if-match']?.trim().replace(/^W\//, '');
  return {
    actor: actorOf(request),
    sourceAddress: request.ip,
    at: new Date(clock.now()),
    ...(madeFrom === undefined || madeFrom === '*' ? {} : { madeFrom }),
  };
}

/** What an event is about; values never hold secrets. */
export interface AuditEntry {
  /** `null`: the hub as a whole. */
  readonly organizationId: string | null;
  /** "policy.update": kind of target, then what was done. */
  readonly action: string;
  readonly target: { readonly kind: string; readonly id: string | null; readonly label: string };
  readonly before?: { readonly [key: string]: Json } | null;
  readonly after?: { readonly [key: string]: Json } | null;
}

/** One statement has at most 65,535 parameters. */
const MOST_AT_ONCE = 1000;

/** Records a change in the transaction that makes it: neither is ever there without the other. */
export async function recordChange(trx: Trx, context: ChangeContext, entry: AuditEntry): Promise<void> {
  await recordChanges(trx, context, [entry]);
}

/** Records many changes at once: a whole team may come or go in one request. */
export async function recordChanges(
  trx: Trx,
  context: ChangeContext,
  entries: readonly AuditEntry[],
): Promise<void> {
  for (let from = 0; from < entries.length; from += MOST_AT_ONCE) {
    await trx
      .insertInto('audit_events')
      .values(auditRows(context, entries.slice(from, from + MOST_AT_ONCE)))
      .execute();
  }
}

/**
 * The part of a larger statement that records what the statement does: when its part of the given name has a row.
 * Spares a hot path the way to the database and back.
 */
export function recordAlong(
  context: ChangeContext,
  entries: readonly AuditEntry[],
  part: string,
): RawBuilder<unknown> {
  return sql`insert into audit_events (organization_id, at, actor_kind, actor_id, actor_label, action, target_kind,
      target_id, target_label, before, after, source_address)
    select organization_id, at, actor_kind, actor_id, actor_label, action, target_kind, target_id, target_label,
      before::jsonb, after::jsonb, source_address
    from jsonb_to_recordset(${JSON.stringify(auditRows(context, entries))}::jsonb) as event (organization_id uuid,
      at timestamptz, actor_kind text, actor_id uuid, actor_label text, action text, target_kind text, target_id text,
      target_label text, before text, after text, source_address text)
    where exists (select 1 from ${sql.ref(part)})`;
}

function auditRows(context: ChangeContext, entries: readonly AuditEntry[]): Insertable<AuditEventsTable>[] {
  const actor = describeActor(context.actor);
  return entries.map((entry) => ({
    organization_id: entry.organizationId,
    at: context.at,
    actor_kind: context.actor.kind,
    actor_id: actor.id,
    actor_label: actor.label,
    action: entry.action,
    target_kind: entry.target.kind,
    target_id: entry.target.id,
    target_label: entry.target.label,
    before: asJson(entry.before),
    after: asJson(entry.after),
    source_address: context.sourceAddress,
  }));
}

/** Id and name of an actor, as lists show them. */
export function describeActor(actor: Actor): { readonly id: string | null; readonly label: string } {
  switch (actor.kind) {
    case 'user':
      return { id: actor.userId, label: actor.email };
    case 'token':
      return { id: actor.tokenId, label: actor.name };
    case 'system':
      return { id: null, label: actor.name };
  }
}

function asJson(value: AuditEntry['before']): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}
