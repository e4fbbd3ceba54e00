import { type Kysely, sql } from 'kysely';

const statements = [
  /*
   * Keys of one SAML connection, from when its key is first exchanged; before, it uses the one of the hub. One signs,
   * each opens assertions.
   */
  `create table connection_saml_keys (
    connection_id uuid not null references connections on delete cascade,
    fingerprint text not null,
    certificate text not null,
    sealed_private bytea not null,
    signs boolean not null,
    created_at timestamptz not null,
    primary key (connection_id, fingerprint)
  )`,
  `create unique index connection_saml_keys_signs on connection_saml_keys (connection_id) where signs`,
];

/** Keys of SAML that are exchanged connection by connection. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
