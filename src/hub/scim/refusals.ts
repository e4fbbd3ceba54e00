import { type Selectable, sql } from 'kysely';
import type { ScimRefusalList, ScimRefusalQuery } from '../../shared/contracts/hub-provisioning.ts';
import type { Db, Reader } from '../database/connection.ts';
import { searching } from '../database/contains.ts';
import type { ListOrder } from '../database/keyset.ts';
import { readPage } from '../database/read-page.ts';
import type { Database } from '../database/schema.ts';
import type { ScimError } from './scim-error.ts';
import './tables.ts';

/** So many different refusals are kept for a connection; the oldest go. */
const KEPT = 200;

/** A request that was refused. */
export interface RefusedRequest {
  readonly connectionId: string;
  readonly at: Date;
  readonly method: string;
  /** Without its query: the detail says what was wrong there. */
  readonly path: string;
  readonly sourceAddress: string;
  readonly error: ScimError;
}

/**
 * Writes down a refused request for the owners. What is the same as the last one counts up instead: a client that
 * repeats itself pushes nothing else out.
 */
export async function noteRefusal(db: Db, refused: RefusedRequest): Promise<void> {
  const { connectionId, at, method, error } = refused;
  const path = clean(refused.path, 300);
  const detail = clean(error.message, 1000);
  const scimType = error.scimType ?? null;
  const repeated = await sql`update scim_refusals set times = times + 1, at = ${at}
    where id = (select max(id) from scim_refusals where connection_id = ${connectionId})
      and method = ${method} and path = ${path} and status = ${error.status}
      and scim_type is not distinct from ${scimType} and detail = ${detail} returning 1`.execute(db);
  if (repeated.rows.length > 0) return;
  await sql`with made as (
      insert into scim_refusals (connection_id, at, method, path, status, scim_type, detail, source_address)
      select ${connectionId}, ${at}, ${method}, ${path}, ${error.status}, ${scimType}, ${detail}, ${refused.sourceAddress}
       where exists (select 1 from connections where id = ${connectionId}))
    delete from scim_refusals where connection_id = ${connectionId} and id <= (
      select id from scim_refusals where connection_id = ${connectionId} order by id desc offset ${KEPT - 1} limit 1)`.execute(
    db,
  );
}

const ORDERS: Readonly<Record<string, ListOrder>> = { at: { by: sql`r.id`, kind: 'number' } };

/** The last refused requests of a connection, newest first; every one that is kept without a limit. */
export async function listRefusals(
  reader: Reader,
  connectionId: string,
  { search, sort = '-at', cursor, limit }: ScimRefusalQuery = {},
): Promise<ScimRefusalList> {
  const { rows, total, next } = await readPage<Selectable<Database['scim_refusals']>>(
    reader,
    {
      columns: sql`r.*`,
      from: sql`scim_refusals r`,
      where: sql`r.connection_id = ${connectionId} and ${searching(search, sql`r.path`, sql`r.detail`)}`,
      orders: ORDERS,
      id: { by: sql`r.id`, kind: 'number' },
    },
    { sort, cursor, limit },
  );
  const refused = rows.map((row) => ({
    at: row.at.toISOString(),
    times: row.times,
    method: row.method,
    path: row.path,
    status: row.status,
    scimType: row.scim_type,
    detail: row.detail,
    sourceAddress: row.source_address,
  }));
  return { refused, total, next };
}

function clean(text: string, length: number): string {
  return text.replaceAll('\0', '').slice(0, length).toWellFormed();
}
