import { type Kysely, sql } from 'kysely';

const statements = [
  // An identity provider of an organization. How it signs people in is added by a later migration.
  `create table connections (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references organizations on delete cascade,
    name text not null check (length(name) between 1 and 200),
    kind text not null check (kind in ('saml', 'oidc')),
    default_team text check (length(default_team) between 1 and 200),
    jit_enabled boolean not null default true,
    scim_enabled boolean not null default false,
    scim_wins boolean not null default false,
    scim_adopts_jit boolean not null default false,
    created_at timestamptz not null default now(),
    unique (organization_id, id)
  )`,
  `create unique index connections_name on connections (organization_id, lower(name))`,
  // Other organizations whose owner accepted that this connection provisions into them.
  `create table connection_organizations (
    connection_id uuid not null references connections on delete cascade,
    organization_id uuid not null references organizations on delete cascade,
    accepted_by uuid references users on delete set null,
    accepted_at timestamptz not null default now(),
    primary key (connection_id, organization_id)
  )`,
  // Two may be valid at a time, so that a token can be changed without a gap.
  `create table scim_tokens (
    id uuid primary key default gen_random_uuid(),
    connection_id uuid not null references connections on delete cascade,
    secret_hash bytea not null unique,
    created_by uuid references users on delete set null,
    created_at timestamptz not null default now(),
    last_used_at timestamptz,
    revoked_at timestamptz
  )`,
  `create index scim_tokens_connection on scim_tokens (connection_id)`,

  // The part of a provisioned membership that says who gave it, so that only the giver takes it away.
  `alter table memberships add column connection_id uuid references connections on delete set null`,
  `alter table team_members add column connection_id uuid references connections on delete set null`,

  // E-mail addresses of a resource, folded, for the look-up by address.
  `create function scim_emails(resource jsonb) returns text[] language sql immutable parallel safe as $$
    select coalesce(array_agg(lower(element ->> 'value')), '{}')
      from jsonb_array_elements(case when jsonb_typeof(resource -> 'emails') = 'array' then resource -> 'emails' else '[]' end) element
     where element ->> 'value' is not null
  $$`,
  /*
   * A person as the connection's client knows them. managed: provisioned by SCIM; otherwise by sign-in (JIT), and
   * then readable only. An inactive row stays: the client must find it again.
   */
  `create table scim_users (
    id uuid primary key default gen_random_uuid(),
    connection_id uuid not null references connections on delete cascade,
    user_id uuid not null references users on delete cascade,
    managed boolean not null,
    user_name text not null,
    external_id text,
    active boolean not null,
    resource jsonb not null check (jsonb_typeof(resource) = 'object'),
    placement_organization_id uuid references organizations on delete set null,
    placement_role text not null default 'member' check (placement_role in ('member', 'editor', 'owner')),
    placement_team_id uuid references teams on delete set null,
    version integer not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (connection_id, user_id)
  )`,
  `create unique index scim_users_name on scim_users (connection_id, lower(user_name))`,
  `create index scim_users_external on scim_users (connection_id, external_id)`,
  `create index scim_users_order on scim_users (connection_id, created_at, id)`,
  `create index scim_users_emails on scim_users using gin (scim_emails(resource))`,
  `create index scim_users_user on scim_users (user_id)`,

  `create table scim_groups (
    id uuid primary key default gen_random_uuid(),
    connection_id uuid not null references connections on delete cascade,
    organization_id uuid not null references organizations on delete cascade,
    team_id uuid not null references teams on delete cascade,
    display_name text not null,
    external_id text,
    version integer not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create unique index scim_groups_name on scim_groups (connection_id, lower(display_name))`,
  `create index scim_groups_external on scim_groups (connection_id, external_id)`,
  `create index scim_groups_order on scim_groups (connection_id, created_at, id)`,
  `create table scim_group_members (
    group_id uuid not null references scim_groups on delete cascade,
    scim_user_id uuid not null references scim_users on delete cascade,
    primary key (group_id, scim_user_id)
  )`,
  `create index scim_group_members_user on scim_group_members (scim_user_id)`,
];

/** Connections to identity providers, their SCIM tokens, and what was provisioned through them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
