import { type Kysely, sql } from 'kysely';

const statements = [
  /*
   * Requests of a connection's SCIM client that were refused, so that an owner sees why it fails. Not audit: nothing
   * was changed, and a client that fails may do so thousands of times. The same refusal again counts up.
   */
  `create table scim_refusals (
    id bigint primary key generated always as identity,
    connection_id uuid not null references connections on delete cascade,
    at timestamptz not null,
    times integer not null default 1,
    method text not null,
    path text not null,
    status integer not null,
    scim_type text,
    detail text not null,
    source_address text
  )`,
  `create index scim_refusals_list on scim_refusals (connection_id, id desc)`,
  `create trigger scim_refusals_announce after insert on scim_refusals referencing new table as changed
    for each statement execute function announce_failures()`,
];

/** What of SCIM was refused, and why. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
