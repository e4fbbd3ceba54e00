import { type Kysely, sql } from 'kysely';

/** First steps that happen outside of the hub, and that an owner says are done. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table checklist_marks (
    organization_id uuid not null references organizations on delete cascade,
    step text not null,
    marked_at timestamptz not null,
    primary key (organization_id, step)
  )`.execute(db);
}
