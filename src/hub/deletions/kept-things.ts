import { type RawBuilder, sql } from 'kysely';
import {
  type DeletionKind,
  type DeletionList,
  type DeletionQuery,
  KEPT_DAYS,
  type Kept,
  type KeptQuery,
} from '../../shared/contracts/hub-deletions.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ChangeContext, describeActor } from '../audit/record.ts';
import type { Db, Reader, Trx } from '../database/connection.ts';
import { having, searching } from '../database/contains.ts';
import type { ListOrder } from '../database/keyset.ts';
import { type PageRead, readPage } from '../database/read-page.ts';
import './tables.ts';

/*
 * What was deleted and may come back (docs/administrators.md): kept for 30 days beside the tables that it left, in the
 * organization that it was of.
 */

const DAY_MS = 86_400_000;

/** Since when a thing must have been deleted to be there still. */
function oldest(at: Date): Date {
  return new Date(at.getTime() - KEPT_DAYS * DAY_MS);
}

/**
 * Keeps a thing that is about to be deleted. `content`: its own values as one JSON object; `parts`: what hung on it, by
 * names, each a query whose only column is a JSON value.
 */
export async function keepThing(
  trx: Trx,
  context: ChangeContext,
  thing: {
    readonly organizationId: string;
    readonly kind: DeletionKind | 'policy';
    readonly id: string;
    readonly name: string;
    readonly content: RawBuilder<unknown>;
    readonly parts?: Readonly<Record<string, RawBuilder<unknown>>>;
  },
): Promise<void> {
  const parts = Object.entries(thing.parts ?? {}).map(
    ([part, rows]) => sql`select ${part}::text as part, rows.content from (${rows}) rows (content)`,
  );
  const none = sql`select null::text as part, null::jsonb as content where false`;
  await sql`
    with kept as (
      insert into deletions (organization_id, id, kind, name, deleted_at, deleted_by, content)
      values (${thing.organizationId}, ${thing.id}, ${thing.kind}, ${thing.name}, ${context.at},
              ${describeActor(context.actor).label}, ${thing.content})
      on conflict (organization_id, id) do update
        set name = excluded.name, deleted_at = excluded.deleted_at, deleted_by = excluded.deleted_by,
            content = excluded.content, kept_id = excluded.kept_id
      returning kept_id)
    insert into deletion_rows (kept_id, organization_id, part, content)
    select kept.kept_id, ${thing.organizationId}::uuid, hung.part, hung.content
      from kept, (${sql.join([none, ...parts], sql` union all `)}) hung`.execute(trx);
}

/** The rows of a table that fulfil `where`, to keep; `r` is the table's name in it. */
export function rowsToKeep(table: string, where: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select to_jsonb(r) from ${sql.table(table)} r where ${where}`;
}

/** What was kept of a part of a thing, as rows of the table that they are of, to select from. */
export function keptRows(
  { keptId }: Pick<TakenThing, 'keptId'>,
  part: string,
  table: string,
): RawBuilder<unknown> {
  return sql`(select r.* from deletion_rows k, jsonb_populate_record(null::${sql.table(table)}, k.content) r
               where k.kept_id = ${keptId} and k.part = ${part})`;
}

/** The same where plain texts were kept, in a column `value`. */
export function keptTexts({ keptId }: Pick<TakenThing, 'keptId'>, part: string): RawBuilder<unknown> {
  return sql`(select k.content #>> '{}' as value from deletion_rows k where k.kept_id = ${keptId} and k.part = ${part})`;
}

/** How many rows of each part were kept. */
export async function countKept(
  reader: Reader,
  { keptId }: Pick<TakenThing, 'keptId'>,
): Promise<ReadonlyMap<string, number>> {
  const rows = await reader
    .selectFrom('deletion_rows')
    .select((select) => ['part', select.fn.countAll<number>().as('rows')])
    .where('kept_id', '=', keptId)
    .groupBy('part')
    .execute();
  return new Map(rows.map(({ part, rows: count }) => [part, count]));
}

interface KeptRow {
  readonly id: string;
  readonly name: string;
  readonly deleted_at: Date;
  readonly deleted_by: string;
}

const ORDERS: Readonly<Record<string, ListOrder>> = {
  deleted: { by: sql`d.deleted_at`, kind: 'time' },
  name: { by: sql`lower(d.name)`, kind: 'text' },
  by: { by: sql`lower(d.deleted_by)`, kind: 'text' },
};

/** What can be brought back at this moment, last deleted first, with more columns of it; `d` is the deletion. */
export async function readKept<More extends object>(
  db: Reader,
  {
    organizationId,
    at,
    kinds,
    more,
  }: {
    readonly organizationId: string;
    readonly at: Date;
    readonly kinds: RawBuilder<unknown>;
    readonly more: RawBuilder<unknown>;
  },
  { search, sort = '-deleted', cursor, limit }: KeptQuery = {},
): Promise<PageRead<KeptRow & More>> {
  return readPage<KeptRow & More>(
    db,
    {
      columns: sql`d.id, d.name, d.deleted_at, d.deleted_by, ${more}`,
      from: sql`deletions d`,
      where: sql`d.organization_id = ${organizationId} and d.deleted_at > ${oldest(at)} and ${kinds}
        and ${searching(search, sql`d.name`, sql`d.deleted_by`)}`,
      orders: ORDERS,
      id: { by: sql`d.id`, kind: 'uuid' },
    },
    { sort, cursor, limit },
  );
}

/** A row as every list of deleted things shows it. */
export function viewKept(row: KeptRow): Kept {
  return {
    id: row.id,
    name: row.name,
    deletedAt: row.deleted_at.toISOString(),
    deletedBy: row.deleted_by,
    keptUntil: new Date(row.deleted_at.getTime() + KEPT_DAYS * DAY_MS).toISOString(),
  };
}

/** What owners deleted and can bring back; all of it without a limit. Policies are listed by themselves. */
export async function listDeletions(
  db: Reader,
  organizationId: string,
  at: Date,
  { kind, ...query }: DeletionQuery = {},
): Promise<DeletionList> {
  const { rows, total, next } = await readKept<{ readonly kind: DeletionKind }>(
    db,
    {
      organizationId,
      at,
      kinds: sql`d.kind <> 'policy' and ${having(sql`d.kind`, kind)}`,
      more: sql`d.kind`,
    },
    query,
  );
  return { deletions: rows.map((row) => ({ ...viewKept(row), kind: row.kind })), total, next };
}

/** A thing that comes back. */
export interface TakenThing {
  readonly organizationId: string;
  readonly id: string;
  readonly kind: DeletionKind;
  readonly name: string;
  /** Its own values, as the text of a JSON object. */
  readonly content: string;
  /** Where the rows of what hung on it lie. */
  readonly keptId: string;
}

/**
 * Takes a thing out of what is kept, to put it back in this transaction, which forgets its rows in the end. Refuses
 * `not_found` what is not kept.
 */
export async function takeKept(
  trx: Trx,
  organizationId: string,
  { id, at }: { readonly id: string; readonly at: Date },
): Promise<TakenThing> {
  const { rows } = await sql<Omit<TakenThing, 'organizationId' | 'id'>>`
    delete from deletions
     where organization_id = ${organizationId} and id = ${id} and kind <> 'policy' and deleted_at > ${oldest(at)}
    returning kind, name, content::text as content, kept_id as "keptId"`.execute(trx);
  const row = rows[0];
  if (row === undefined) throw notKept();
  return { organizationId, id, ...row };
}

/** The refusal of bringing back what is not kept. `what`: "deleted policy". */
export function notKept(what = 'deleted thing'): RefusalError {
  return new RefusalError({
    code: 'not_found',
    message: `There is no such ${what} in this organization.`,
    help: `What is deleted is kept for ${KEPT_DAYS} days, and until it is restored.`,
  });
}

/** Forgets the rows of a thing that came back. */
export async function forgetRows(trx: Trx, { keptId }: Pick<TakenThing, 'keptId'>): Promise<void> {
  await trx.deleteFrom('deletion_rows').where('kept_id', '=', keptId).execute();
}

/** Forgets what cannot be brought back any more: after its days, deleted again, or who is a member again. */
export async function forgetDeletions(db: Db, at: Date): Promise<void> {
  await db.deleteFrom('deletions').where('deleted_at', '<=', oldest(at)).execute();
  await sql`delete from deletion_rows r where not exists (select 1 from deletions d where d.kept_id = r.kept_id)`.execute(
    db,
  );
}
