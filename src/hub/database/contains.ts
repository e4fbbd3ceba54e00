import { type RawBuilder, sql } from 'kysely';

/** A pattern for `ilike` that finds a text anywhere, without regard to case: nothing in it is a wildcard. */
export function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&').replaceAll('\0', '')}%`;
}

/** Holds where one of the columns contains the text, without regard to case; everywhere without a text. */
export function searching(
  text: string | undefined,
  ...columns: readonly RawBuilder<unknown>[]
): RawBuilder<boolean> {
  if (text === undefined) return sql<boolean>`true`;
  const pattern = containing(text);
  return sql<boolean>`(${sql.join(
    columns.map((column) => sql`${column} ilike ${pattern}`),
    sql` or `,
  )})`;
}

/** Holds where a column has the value that is filtered for; everywhere without one. */
export function having(column: RawBuilder<unknown>, value: string | undefined): RawBuilder<boolean> {
  return value === undefined ? sql<boolean>`true` : sql<boolean>`${column} = ${value.replaceAll('\0', '')}`;
}
