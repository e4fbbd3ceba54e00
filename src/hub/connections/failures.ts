import { type Selectable, sql } from 'kysely';
import type { ConnectionFailureList, ConnectionFailureQuery } from '../../shared/contracts/hub-sso.ts';
import type { Db, Reader } from '../database/connection.ts';
import { having, searching } from '../database/contains.ts';
import type { ListOrder } from '../database/keyset.ts';
import { readPage } from '../database/read-page.ts';
import { readRow } from './connection-service.ts';
import { helpFor } from './failure-help.ts';
import type { ConnectionFailuresTable } from './tables.ts';

/** What went wrong most lately is kept for so many entries of a connection. */
const KEPT_FAILURES = 200;

/** Writes down a failure, or what of a sign-in was left out. Never part of the sign-in's own transaction. */
export async function noteFailure(
  db: Db,
  at: Date,
  failure: {
    readonly connectionId: string;
    readonly class: string;
    readonly detail: string;
    readonly email: string | null;
  },
): Promise<void> {
  await sql`with made as (
      insert into connection_failures (connection_id, at, class, detail, email)
      select ${failure.connectionId}, ${at}, ${failure.class}, ${failure.detail.replaceAll('\0', '').slice(0, 1000)}, ${failure.email?.replaceAll('\0', '').slice(0, 254) ?? null}
       where exists (select 1 from connections where id = ${failure.connectionId}))
    delete from connection_failures where connection_id = ${failure.connectionId} and id <= (
      select id from connection_failures where connection_id = ${failure.connectionId} order by id desc offset ${KEPT_FAILURES - 1} limit 1)`.execute(
    db,
  );
}

const ORDERS: Readonly<Record<string, ListOrder>> = {
  at: { by: sql`f.id`, kind: 'number' },
  email: { by: sql`lower(coalesce(f.email, ''))`, kind: 'text' },
};

/** The last failures, newest first or in another order, with what to do about each; every one without a limit. */
export async function listFailures(
  reader: Reader,
  organizationId: string,
  connectionId: string,
  { search, class: wanted, sort = '-at', cursor, limit }: ConnectionFailureQuery = {},
): Promise<ConnectionFailureList> {
  await readRow(reader, organizationId, connectionId);
  const { rows, total, next } = await readPage<Selectable<ConnectionFailuresTable>>(
    reader,
    {
      columns: sql`f.*`,
      from: sql`connection_failures f`,
      where: sql`f.connection_id = ${connectionId} and ${having(sql`f.class`, wanted)}
        and ${searching(search, sql`f.email`, sql`f.detail`)}`,
      orders: ORDERS,
      id: { by: sql`f.id`, kind: 'number' },
    },
    { sort, cursor, limit },
  );
  const failures = rows.map((row) => ({
    at: row.at.toISOString(),
    class: row.class,
    detail: row.detail,
    help: helpFor(row.class),
    email: row.email,
  }));
  return { failures, classes: await countClasses(reader, connectionId), total, next };
}

async function countClasses(reader: Reader, connectionId: string): Promise<ConnectionFailureList['classes']> {
  const { rows } = await sql<{ class: string; count: number; last_at: Date }>`
    select f.class, count(*) as count, max(f.at) as last_at from connection_failures f
     where f.connection_id = ${connectionId} group by f.class order by max(f.id) desc`.execute(reader);
  return rows.map((row) => ({
    class: row.class,
    count: row.count,
    lastAt: row.last_at.toISOString(),
    help: helpFor(row.class),
  }));
}
