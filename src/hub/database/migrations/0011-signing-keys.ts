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
  `create function announce_signing_key() returns trigger language plpgsql as $$
    begin
      perform pg_notify('mooring_signing_keys', new.kid);
      return null;
    end $$`,
  `create trigger signing_keys_announced after insert on signing_keys
    for each row execute function announce_signing_key()`,

  /*
   * What members receive is announced by whatever stamps it, in the transaction that changes it: one by one for
   * a few, once for the whole organization beyond that (a default policy for 10,000 members is one message).
   */
  `create function announce_sequences() returns trigger language plpgsql as $$
    begin
      if (select count(*) from stamped) <= 50 then
        perform pg_notify('mooring_sequences', json_build_object(
          'organization', organization_id, 'user', user_id, 'seq', seq)::text) from stamped;
      else
        perform pg_notify('mooring_sequences', json_build_object('organization', organization_id)::text)
          from (select distinct organization_id from stamped) organizations;
      end if;
      return null;
    end $$`,
  `create trigger bundle_sequences_inserted after insert on bundle_sequences
    referencing new table as stamped for each statement execute function announce_sequences()`,
  `create trigger bundle_sequences_updated after update on bundle_sequences
    referencing new table as stamped for each statement execute function announce_sequences()`,
];

/** Signing keys of bundles, and the announcement of new keys and new sequence numbers. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
