import { type Kysely, sql } from 'kysely';

const statements = [
  // The move of an organization from sign-in provisioning to SCIM: a job that stops and goes on where it was.
  `create table provisioning_migrations (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references organizations on delete cascade,
    connection_id uuid not null references connections on delete cascade,
    step text not null check (step in ('prepared', 'removing', 'verifying', 'finished', 'cancelled')),
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create unique index provisioning_migrations_open on provisioning_migrations (connection_id)
    where step not in ('finished', 'cancelled')`,
  `create index provisioning_migrations_list on provisioning_migrations (organization_id, created_at)`,
  // No reference to the account: the report outlives it.
  `create table provisioning_migration_people (
    migration_id uuid not null references provisioning_migrations on delete cascade,
    user_id uuid not null,
    email text not null,
    role text not null check (role in ('member', 'editor', 'owner')),
    state text not null check (state in ('waiting', 'removed', 'refused', 'returned', 'adopted')),
    detail text not null default '',
    primary key (migration_id, user_id)
  )`,
];

/** Progress of moves from sign-in provisioning to SCIM. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
