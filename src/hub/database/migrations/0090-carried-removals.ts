import { type Kysely, sql } from 'kysely';

const statements = [
  // Removing everybody of a move goes on when the page is closed, and when the hub is started again.
  `alter table provisioning_migrations
    -- The one that is under way: paused and begun again, it is another. Null: there is none.
    add column removal_id uuid,
    add column removal_actor jsonb,
    add column removal_label text,
    add column removal_address text,
    -- Which process works on it, until when: another takes over where one was killed.
    add column removal_claimed_until timestamptz,
    -- Why the last removal ended before everybody was through it.
    add column removal_problem text`,
  `create index provisioning_migrations_removals on provisioning_migrations (created_at)
    where removal_id is not null`,
  `create trigger provisioning_migrations_announce after update on provisioning_migrations
    referencing new table as changed for each statement execute function announce_jobs()`,
];

/** Moves to SCIM whose people the hub removes by itself. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
