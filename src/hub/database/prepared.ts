import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type pg from 'pg';

const MARK = '-- prepared';

/**
 * Stands at the end of a statement that PostgreSQL keeps ready on each connection: parsed and planned once, then only
 * run. For statements of a hot path whose text never varies, that name their columns, and whose plan does not depend
 * on how full a table is: a plan that was made while a table was small stays in use while it grows.
 */
export const PREPARED = sql.raw(MARK);

/** Lets a connection keep the marked statements ready. */
export function prepareMarked(client: pg.ClientBase): void {
  const { query } = client;
  const names = new Map<string, string>();
  const named = (statement: unknown): unknown => {
    if (typeof statement !== 'string' || !statement.endsWith(MARK)) return statement;
    const name = names.get(statement) ?? createHash('sha256').update(statement).digest('base64url');
    names.set(statement, name);
    return { text: statement, name };
  };
  Object.assign(client, {
    query: (statement: unknown, ...rest: readonly unknown[]): unknown =>
      Reflect.apply(query, client, [named(statement), ...rest]),
  });
}
