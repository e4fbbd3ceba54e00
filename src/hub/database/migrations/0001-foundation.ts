import { type Kysely, sql } from 'kysely';

/*
 * Plain SQL: constraints are the point here, and they read best in their own language. A migration that has
 * been released is never edited; the next one mends it.
 */
const statements = [
  `create table users (
    id uuid primary key default gen_random_uuid(),
    email text not null check (email ~ '^[^@\\s]+@[^@\\s]+$' and length(email) <= 254),
    username text not null check (length(username) between 1 and 64),
    name text not null check (length(name) <= 200),
    password_hash text,
    disabled_at timestamptz,
    created_at timestamptz not null default now()
  )`,
  `create unique index users_email on users (lower(email))`,
  `create unique index users_username on users (lower(username))`,

  `create table organizations (
    id uuid primary key default gen_random_uuid(),
    name text not null unique check (name ~ '^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$'),
    display_name text not null check (length(display_name) between 1 and 200),
    contact_name text check (length(contact_name) <= 200),
    contact_url text check (length(contact_url) <= 2000),
    refresh_seconds integer not null default 3600 check (refresh_seconds between 10 and 3600),
    grace_seconds integer check (grace_seconds >= 0),
    default_policy_id uuid,
    created_at timestamptz not null default now(),
    check ((contact_name is null) = (contact_url is null))
  )`,

  `create table memberships (
    organization_id uuid not null references organizations on delete cascade,
    user_id uuid not null references users on delete cascade,
    role text not null check (role in ('member', 'editor', 'owner')),
    origin text not null check (origin in ('manual', 'invitation', 'jit', 'scim')),
    joined_at timestamptz not null default now(),
    primary key (organization_id, user_id)
  )`,
  `create index memberships_user on memberships (user_id)`,

  `create table teams (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references organizations on delete cascade,
    name text not null check (length(name) between 1 and 200),
    description text not null default '',
    created_at timestamptz not null default now(),
    unique (organization_id, id)
  )`,
  `create unique index teams_name on teams (organization_id, lower(name))`,
  `create table team_members (
    organization_id uuid not null,
    team_id uuid not null,
    user_id uuid not null,
    origin text not null check (origin in ('manual', 'invitation', 'jit', 'scim')),
    added_at timestamptz not null default now(),
    primary key (team_id, user_id),
    foreign key (organization_id, team_id) references teams (organization_id, id) on delete cascade,
    foreign key (organization_id, user_id) references memberships (organization_id, user_id) on delete cascade
  )`,
  `create index team_members_user on team_members (organization_id, user_id)`,

  `create table domains (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references organizations on delete cascade,
    name text not null check (name = lower(name) and length(name) between 3 and 253),
    challenge text not null,
    verified_at timestamptz,
    created_at timestamptz not null default now(),
    unique (organization_id, name)
  )`,
  `create unique index domains_verified on domains (name) where verified_at is not null`,

  `create table policies (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references organizations on delete cascade,
    name text not null check (length(name) between 1 and 200),
    description text not null default '' check (length(description) <= 2000),
    revision integer not null check (revision >= 1),
    version integer not null default 1,
    position integer not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null,
    unique (organization_id, id)
  )`,
  `create unique index policies_name on policies (organization_id, lower(name))`,
  `create table policy_revisions (
    policy_id uuid not null references policies on delete cascade,
    revision integer not null check (revision >= 1),
    document jsonb not null check (jsonb_typeof(document) = 'object'),
    text text not null,
    author_id uuid references users on delete set null,
    author_label text not null,
    reason text not null default '',
    created_at timestamptz not null default now(),
    primary key (policy_id, revision)
  )`,
  // The revision in force exists: checked at commit, because policy and first revision need each other.
  `alter table policies add constraint policies_revision
    foreign key (id, revision) references policy_revisions (policy_id, revision) deferrable initially deferred`,
  `alter table organizations add constraint organizations_default_policy
    foreign key (id, default_policy_id) references policies (organization_id, id)
    on delete set null (default_policy_id)`,

  `create table policy_assignments (
    organization_id uuid not null,
    user_id uuid not null,
    policy_id uuid not null,
    assigned_at timestamptz not null default now(),
    primary key (organization_id, user_id),
    foreign key (organization_id, user_id) references memberships (organization_id, user_id) on delete cascade,
    foreign key (organization_id, policy_id) references policies (organization_id, id) on delete cascade
  )`,
  `create index policy_assignments_policy on policy_assignments (policy_id)`,

  `create table bundle_sequences (
    organization_id uuid not null references organizations on delete cascade,
    user_id uuid not null references users on delete cascade,
    seq bigint not null check (seq > 0),
    changed_at timestamptz not null,
    primary key (organization_id, user_id)
  )`,

  // No foreign keys: an event outlives what it speaks of.
  `create table audit_events (
    id bigint primary key generated always as identity,
    organization_id uuid,
    at timestamptz not null,
    actor_kind text not null check (actor_kind in ('user', 'token', 'system')),
    actor_id uuid,
    actor_label text not null,
    action text not null,
    target_kind text not null,
    target_id text,
    target_label text not null,
    before jsonb,
    after jsonb,
    source_address text
  )`,
  `create index audit_events_list on audit_events (organization_id, id desc)`,
  `create function refuse_audit_change() returns trigger language plpgsql as $$
    begin
      raise exception 'audit events are append-only' using errcode = 'insufficient_privilege';
    end $$`,
  `create trigger audit_events_append_only before update or delete or truncate on audit_events
    for each statement execute function refuse_audit_change()`,

  `create table api_tokens (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references organizations on delete cascade,
    name text not null check (length(name) between 1 and 200),
    role text not null check (role in ('member', 'editor', 'owner')),
    secret_hash bytea not null unique,
    created_by uuid references users on delete cascade,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    last_used_at timestamptz,
    revoked_at timestamptz
  )`,
  `create index api_tokens_organization on api_tokens (organization_id)`,

  `create table invitations (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null references organizations on delete cascade,
    email text not null,
    role text not null check (role in ('member', 'editor', 'owner')),
    team_id uuid,
    secret_hash bytea not null unique,
    invited_by uuid references users on delete set null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    accepted_at timestamptz,
    revoked_at timestamptz,
    foreign key (organization_id, team_id) references teams (organization_id, id) on delete set null (team_id)
  )`,
  `create unique index invitations_pending on invitations (organization_id, lower(email))
    where accepted_at is null and revoked_at is null`,

  `create table setup_links (
    id uuid primary key default gen_random_uuid(),
    purpose text not null check (purpose in ('owner', 'password')),
    organization_id uuid references organizations on delete cascade,
    user_id uuid references users on delete cascade,
    secret_hash bytea not null unique,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz,
    check ((purpose = 'owner' and organization_id is not null) or (purpose = 'password' and user_id is not null))
  )`,
];

/** Users, organizations, memberships, teams, domains, policies, sequences, audit, tokens, links. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
