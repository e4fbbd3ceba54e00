import { type Kysely, sql } from 'kysely';

const statements = [
  // The keys that sign policy bundles. The private half is sealed with the hub's secret.
  `create table signing_keys (
    kid text primary key,
    position integer not null unique,
    public_x text not null,
    sealed_private bytea not null,
    predecessor text references signing_keys,
    predecessor_signature text,
    created_at timestamptz not null,
    check ((predecessor is null) = (predecessor_signature is null))
  )`,
];

/** Signing keys of bundles. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
