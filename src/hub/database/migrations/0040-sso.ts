import { type Kysely, sql } from 'kysely';

const statements = [
  // How a connection signs people in. `settings` holds nothing secret; the client secret of OIDC is sealed.
  `alter table connections
    add column settings jsonb check (jsonb_typeof(settings) = 'object'),
    add column sealed_secret bytea,
    add column domain_names text[] not null default '{}',
    add column enforced boolean not null default false,
    add column updated_at timestamptz not null default now()`,

  /*
   * A sign-in on its way to an identity provider. The answer of SAML is a post from another site, so no cookie of ours
   * comes with it: what is needed to go on lies here. A row is answered once.
   */
  `create table sso_requests (
    id_hash bytea primary key,
    id uuid not null unique default gen_random_uuid(),
    connection_id uuid not null references connections on delete cascade,
    purpose text not null check (purpose in ('sign-in', 'test')),
    browser_hash bytea,
    sealed bytea not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    answered_at timestamptz,
    sealed_outcome bytea,
    finished_at timestamptz
  )`,
  `create index sso_requests_expiry on sso_requests (expires_at)`,
  // Assertions that were accepted, until their time is over anyway.
  `create table sso_assertions (
    connection_id uuid not null references connections on delete cascade,
    assertion_hash bytea not null,
    expires_at timestamptz not null,
    primary key (connection_id, assertion_hash)
  )`,
  `create index sso_assertions_expiry on sso_assertions (expires_at)`,
  // Whom an identity provider's subject is: (issuer, subject) for OIDC, (entity id, address) for SAML.
  `create table sso_identities (
    connection_id uuid not null references connections on delete cascade,
    issuer text not null,
    subject_hash bytea not null,
    user_id uuid not null references users on delete cascade,
    created_at timestamptz not null,
    last_used_at timestamptz not null,
    primary key (connection_id, issuer, subject_hash)
  )`,
  `create index sso_identities_user on sso_identities (user_id)`,
  `create table connection_failures (
    id bigint primary key generated always as identity,
    connection_id uuid not null references connections on delete cascade,
    at timestamptz not null,
    class text not null,
    detail text not null,
    email text
  )`,
  `create index connection_failures_list on connection_failures (connection_id, id desc)`,

  // A session that came by a connection may be shorter than the hub's own.
  `alter table browser_sessions
    add column connection_id uuid references connections on delete set null,
    add column device_minutes integer check (device_minutes > 0)`,
  `alter table organizations
    add column device_sign_in boolean not null default true,
    add column second_factor_required boolean not null default false`,

  // Second factor of local accounts. `last_step`: a code is good once (RFC 6238 section 5.2).
  `create table second_factors (
    user_id uuid primary key references users on delete cascade,
    sealed bytea not null,
    created_at timestamptz not null,
    confirmed_at timestamptz,
    last_step bigint not null default 0
  )`,
  `create table recovery_codes (
    user_id uuid not null references users on delete cascade,
    code_hash bytea not null,
    used_at timestamptz,
    primary key (user_id, code_hash)
  )`,
  // A password was right, the second factor is still to come.
  `create table pending_sign_ins (
    id_hash bytea primary key,
    user_id uuid not null references users on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null
  )`,
  `create index pending_sign_ins_expiry on pending_sign_ins (expires_at)`,
  // Made on the hub's own machine: opens the account although its domain asks for single sign-on.
  `alter table setup_links add column recovery boolean not null default false`,
];

/** Single sign-on, second factors, and what they keep. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
