import { type RawBuilder, sql } from 'kysely';
import type { Reader } from './connection.ts';
import { cutPage, keyset, type ListId, type ListOrder } from './keyset.ts';

/** A list of the API as SQL: what is read from where, and the orders that it can be asked for in. */
export interface ListSource {
  readonly columns: RawBuilder<unknown>;
  /** With all that the columns, the orders and the conditions name. */
  readonly from: RawBuilder<unknown>;
  /** What belongs to the list and was searched for. */
  readonly where: RawBuilder<unknown>;
  readonly orders: Readonly<Record<string, ListOrder>>;
  readonly id: ListId;
}

/** Which part of it is wanted. */
export interface PageWanted {
  /** Name of an order; with "-" before it, the other way round. */
  readonly sort: string;
  readonly cursor?: string | undefined;
  /** Left out: everything. */
  readonly limit?: number | undefined;
}

/** A page as the database answers it. */
export interface PageRead<Row> {
  readonly rows: readonly Row[];
  /** All that match, on whatever page. */
  readonly total: number;
  readonly next: string | null;
}

/** Reads a page of a list with how many match. Refuses (`bad_request`) a cursor of another list or order. */
export async function readPage<Row extends object>(
  reader: Reader,
  { columns, from, where, orders, id }: ListSource,
  { sort, cursor, limit }: PageWanted,
): Promise<PageRead<Row>> {
  const page = keyset(orders, { sort, cursor, id: id.by, idKind: id.kind });
  const { rows } = await sql<Row & { readonly sort_key: string; readonly sort_id: string }>`
    select ${columns}, ${page.key} as sort_key, ${id.by}::text as sort_id
      from ${from} where ${where} and ${page.after} order by ${page.orderBy}
     ${limit === undefined ? sql`` : sql`limit ${limit + 1}`}`.execute(reader);
  const counted = await sql<{ total: number }>`
    select count(*) as total from ${from} where ${where}`.execute(reader);
  const cut = cutPage(rows, limit);
  return { ...cut, total: counted.rows[0]?.total ?? 0 };
}
