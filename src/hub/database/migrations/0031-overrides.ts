import { type Kysely, sql } from 'kysely';

const statements = [
  // What users may override for a time: beside the document, so that a document stays an admin-settings.json.
  `alter table policies add column exceptions jsonb not null default '[]' check (jsonb_typeof(exceptions) = 'array')`,

  // A grant is in force while it has no end; it is ended by the hub's own sweep, never by the clock alone, because what
  // a member receives changes only together with its sequence number.
  `create table overrides (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null,
    user_id uuid not null,
    policy_id uuid not null references policies on delete cascade,
    device_id uuid not null,
    setting text not null,
    value jsonb not null,
    reason text not null check (length(reason) between 1 and 1000),
    granted_at timestamptz not null,
    until timestamptz not null,
    used_at timestamptz,
    ended_at timestamptz,
    ended_because text check (ended_because in ('time', 'user', 'revoked', 'replaced', 'withdrawn')),
    check ((ended_at is null) = (ended_because is null)),
    foreign key (organization_id, user_id) references memberships (organization_id, user_id) on delete cascade
  )`,
  `create unique index overrides_in_force on overrides (organization_id, user_id, setting) where ended_at is null`,
  `create index overrides_due on overrides (until) where ended_at is null`,
  `create index overrides_list on overrides (organization_id, granted_at desc, id)`,

  // Bundles for devices without a network are counted by organization.
  `create table offline_sequences (
    organization_id uuid primary key references organizations on delete cascade,
    seq bigint not null
  )`,
];

/** Exceptions of policies, overrides that were granted, and the count of offline bundles. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
