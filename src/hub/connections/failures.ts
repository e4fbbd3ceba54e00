import { sql } from 'kysely';
import type { Db, Reader } from '../database/connection.ts';
import { readRow } from './connection-service.ts';

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

/** The last failures, newest first. */
export async function listFailures(reader: Reader, organizationId: string, connectionId: string) {
  await readRow(reader, organizationId, connectionId);
  return reader
    .selectFrom('connection_failures')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .orderBy('id', 'desc')
    .limit(KEPT_FAILURES)
    .execute();
}
