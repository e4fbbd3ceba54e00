import type pg from 'pg';

/** A table of ours, as PostgreSQL describes it. */
export interface Table {
  readonly name: string;
  /** Every stored column that is not computed, in order. */
  readonly columns: readonly string[];
  /** Names of the tables that it refers to. */
  readonly refersTo: readonly string[];
}

/** What the migrations themselves keep; written by them, never copied. */
const BOOKKEEPING = ['kysely_migration', 'kysely_migration_lock'];

/** Every table of the schema but the migrations' own. */
export async function listTables(client: pg.Client): Promise<readonly Table[]> {
  const { rows } = await client.query<Table>(
    `select c.relname as name,
            (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
              where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
            coalesce((select array_agg(distinct r.relname::text) from pg_constraint f join pg_class r on r.oid = f.confrelid
              where f.conrelid = c.oid and f.contype = 'f'), '{}') as "refersTo"
       from pg_class c
      where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace and c.relname <> all($1)
      order by c.relname`,
    [BOOKKEEPING],
  );
  return rows;
}

/** Tables after those that they refer to, as far as circles allow: easier to read, and to load by hand. */
export function foreignKeyOrder(tables: readonly Table[]): readonly Table[] {
  const ordered: Table[] = [];
  const rest = [...tables];
  while (rest.length > 0) {
    const placed = new Set(ordered.map((table) => table.name));
    const ready = rest.findIndex((table) =>
      table.refersTo.every((name) => placed.has(name) || name === table.name),
    );
    ordered.push(...rest.splice(Math.max(ready, 0), 1));
  }
  return ordered;
}
