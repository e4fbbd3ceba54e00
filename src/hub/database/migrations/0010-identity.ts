import { type Kysely, sql } from 'kysely';

const statements = [
  // Values made once for all hub processes (provider keys, cookie keys), sealed with the hub's secret.
  `create table sealed_values (
    name text primary key,
    sealed bytea not null,
    created_at timestamptz not null
  )`,

  // One row per signed-in device: the grant of OpenID Connect. Deleting it ends every token of that device.
  `create table device_sessions (
    grant_hash bytea primary key,
    id uuid not null unique default gen_random_uuid(),
    user_id uuid not null references users on delete cascade,
    client_id text not null,
    sealed bytea not null,
    device_name text,
    address text,
    user_agent text,
    created_at timestamptz not null,
    last_used_at timestamptz not null,
    expires_at timestamptz not null
  )`,
  `create index device_sessions_user on device_sessions (user_id)`,
  `create index device_sessions_expiry on device_sessions (expires_at)`,

  // Everything else the OpenID provider keeps. Ids are keyed digests; the content is sealed.
  `create table oidc_entities (
    model text not null,
    id_hash bytea not null,
    sealed bytea not null,
    grant_hash bytea references device_sessions on delete cascade,
    lookup_hash bytea,
    predecessor_hash bytea,
    created_at timestamptz not null,
    expires_at timestamptz,
    consumed_at timestamptz,
    polled_at timestamptz,
    poll_seconds integer,
    primary key (model, id_hash)
  )`,
  `create index oidc_entities_grant on oidc_entities (grant_hash)`,
  `create index oidc_entities_lookup on oidc_entities (model, lookup_hash) where lookup_hash is not null`,
  `create index oidc_entities_successors on oidc_entities (predecessor_hash) where predecessor_hash is not null`,
  `create index oidc_entities_expiry on oidc_entities (expires_at)`,

  `create table browser_sessions (
    id_hash bytea primary key,
    id uuid not null unique default gen_random_uuid(),
    user_id uuid not null references users on delete cascade,
    address text,
    user_agent text,
    created_at timestamptz not null,
    expires_at timestamptz not null
  )`,
  `create index browser_sessions_user on browser_sessions (user_id)`,
  `create index browser_sessions_expiry on browser_sessions (expires_at)`,

  // Counters of guesses by account and by address. Keys are digests: the table names nobody.
  `create table attempt_counters (
    key bytea primary key,
    count integer not null,
    window_ends_at timestamptz not null
  )`,
  `create index attempt_counters_expiry on attempt_counters (window_ends_at)`,

  /*
   * Who may do what is cached for seconds in every hub process. Whatever narrows it announces the user, from
   * here and not from the code, so that no path that removes a member can forget to.
   */
  `create function announce_access() returns trigger language plpgsql as $$
    declare subject uuid;
    begin
      if tg_op = 'DELETE' then
        subject := case when tg_table_name = 'users' then (to_jsonb(old) ->> 'id')::uuid else (to_jsonb(old) ->> 'user_id')::uuid end;
      else
        subject := case when tg_table_name = 'users' then (to_jsonb(new) ->> 'id')::uuid else (to_jsonb(new) ->> 'user_id')::uuid end;
      end if;
      perform pg_notify('mooring_access', subject::text);
      return null;
    end $$`,
  `create trigger device_sessions_access after delete on device_sessions
    for each row execute function announce_access()`,
  `create trigger memberships_access after insert or update or delete on memberships
    for each row execute function announce_access()`,
  `create trigger users_access after delete or update of disabled_at, email, name on users
    for each row execute function announce_access()`,
];

/** Sessions of devices and browsers, what the OpenID provider keeps, counters, and the announcement of changes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
