import { type Kysely, sql } from 'kysely';

const statements = [
  /*
   * Refresh tokens of devices whose session the hub ended for a reason that their person should be told. A device that
   * comes back with one has proved that the session was its own.
   */
  `create table session_ends (
    token_hash bytea primary key,
    reason text not null check (reason in ('sso_required')),
    ended_at timestamptz not null
  )`,
  `create index session_ends_age on session_ends (ended_at)`,
];

/** Why a device's session ended, for the device to ask. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
