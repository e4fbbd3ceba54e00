import { type Kysely, sql } from 'kysely';

const statements = [
  // One thing done with many members. It goes on when the page is closed, and when the hub is started again.
  `create table member_jobs (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references organizations on delete cascade,
    action jsonb not null,
    actor jsonb not null,
    actor_label text not null,
    source_address text,
    created_at timestamptz not null,
    -- Which process works on it, until when: another takes over where one was killed.
    claimed_until timestamptz,
    finished_at timestamptz
  )`,
  `create index member_jobs_list on member_jobs (organization_id, created_at desc)`,
  `create index member_jobs_open on member_jobs (created_at) where finished_at is null`,
  // No foreign key to the account: what was done to whom outlives it.
  `create table member_job_items (
    job_id uuid not null references member_jobs on delete cascade,
    user_id uuid not null,
    email text not null,
    state text not null default 'waiting' check (state in ('waiting', 'done', 'refused')),
    detail text not null default '',
    primary key (job_id, user_id)
  )`,
  `create index member_job_items_state on member_job_items (job_id, state, email)`,
  `create function announce_jobs() returns trigger language plpgsql as $$
    begin
      perform pg_notify('mooring_changes', json_build_object('organization', organization_id, 'topic', 'job')::text)
         from (select distinct organization_id from changed) organizations;
      return null;
    end $$`,
  `create trigger member_jobs_announce after update on member_jobs referencing new table as changed
    for each statement execute function announce_jobs()`,
];

/** Work on many members at once. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
