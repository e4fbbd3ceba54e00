import { type Kysely, sql } from 'kysely';

const statements = [
  `create index api_tokens_list on api_tokens (organization_id, created_at, id)`,
  `create index overrides_policy on overrides (policy_id, granted_at, id)`,
  // The one before had the second column turned round, which no order of the list is.
  `drop index overrides_list`,
  `create index overrides_list on overrides (organization_id, granted_at, id)`,
];

/** Finds the first page of lists that came whole before. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
