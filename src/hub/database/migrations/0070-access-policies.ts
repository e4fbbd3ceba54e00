import { type Kysely, sql } from 'kysely';

/** Registry and image access of organizations: `null` allows everything, as having no row does. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table access_policies (
    organization_id uuid primary key references organizations on delete cascade,
    registries jsonb,
    images jsonb,
    version integer not null,
    updated_at timestamptz not null,
    updated_by text not null
  )`.execute(db);
}
