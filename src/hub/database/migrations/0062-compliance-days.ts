import { type Kysely, sql } from 'kysely';

/** How many devices had which status on each day: what the trend is drawn from. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table compliance_days (
    organization_id uuid not null references organizations on delete cascade,
    day date not null,
    status text not null,
    devices integer not null check (devices >= 0),
    primary key (organization_id, day, status)
  )`.execute(db);
}
