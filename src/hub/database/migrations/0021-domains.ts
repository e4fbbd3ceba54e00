import { type Kysely, sql } from 'kysely';

/** When a domain was last looked at, and since when its proof is missing (docs/identity.md section 6). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table domains
    add column checked_at timestamptz,
    add column failing_since timestamptz,
    add column forced boolean not null default false`.execute(db);
}
