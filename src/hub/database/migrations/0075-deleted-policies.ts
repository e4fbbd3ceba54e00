import { type Kysely, sql } from 'kysely';

/**
 * What a deleted policy was, for as long as it may come back. It lies beside the policies and not among them: whatever
 * asks who receives what cannot find it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table deleted_policies (
    id uuid primary key,
    organization_id uuid not null references organizations on delete cascade,
    name text not null,
    revision integer not null,
    deleted_at timestamptz not null,
    deleted_by text not null,
    content jsonb not null
  )`.execute(db);
  await sql`create index deleted_policies_organization on deleted_policies (organization_id, deleted_at)`.execute(
    db,
  );
}
