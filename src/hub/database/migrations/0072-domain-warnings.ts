import { type Kysely, sql } from 'kysely';

const statements = [
  // The failing that the owners were told of by mail: the same `failing_since`, so that each is told of once.
  `alter table domains add column warned_of timestamptz`,
];

/** Of which failing domains the owners have had a letter. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
