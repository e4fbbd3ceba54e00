import { type Kysely, sql } from 'kysely';

const statements = [
  /*
   * What a device last said of itself. Its own id is a claim: it names a row only together with the user who is signed
   * in there, so nobody can write over another's device. `hash_state` never changes for a report, because revisions
   * never change: it is judged once, when the report comes.
   */
  `create table devices (
    id uuid primary key default gen_random_uuid(),
    organization_id uuid not null,
    user_id uuid not null,
    device_id uuid not null,
    name text check (length(name) between 1 and 200),
    reported_name text not null default '',
    platform text not null check (platform in ('mac', 'windows', 'linux')),
    os_version text not null,
    agent_version text not null,
    first_seen_at timestamptz not null,
    reported_at timestamptz not null,
    device_time timestamptz not null,
    policy_id uuid,
    revision integer,
    seq bigint,
    fetched_seq bigint,
    fetched_at timestamptz,
    applied_at timestamptz,
    hash_state text not null check (hash_state in ('none', 'exact', 'override', 'mismatch')),
    override_ids uuid[] not null default '{}',
    frozen text,
    refused text,
    errors integer not null default 0,
    report jsonb not null,
    unique (organization_id, user_id, device_id),
    foreign key (organization_id, user_id) references memberships (organization_id, user_id) on delete cascade
  )`,
  `create index devices_reported on devices (organization_id, reported_at)`,
  // One row a report: the same one sent twice, because its answer was lost, counts once.
  `create table device_reports (
    device uuid not null references devices on delete cascade,
    report_id uuid not null,
    received_at timestamptz not null,
    device_time timestamptz not null,
    reason text not null,
    policy_id uuid,
    revision integer,
    seq bigint,
    hash_state text not null,
    errors integer not null,
    drift integer not null,
    primary key (device, report_id)
  )`,
  `create index device_reports_age on device_reports (received_at)`,
  `create table device_drift (
    id bigint primary key generated always as identity,
    device uuid not null references devices on delete cascade,
    received_at timestamptz not null,
    at timestamptz not null,
    kind text not null,
    setting text,
    wrong jsonb,
    right_value jsonb
  )`,
  `create index device_drift_list on device_drift (device, id desc)`,
  `create index device_drift_age on device_drift (received_at)`,
  `create table report_settings (
    organization_id uuid primary key references organizations on delete cascade,
    unknown_after_days integer not null check (unknown_after_days between 1 and 365),
    retention_days integer not null check (retention_days between 1 and 3650)
  )`,
];

/** Devices, what they reported, what was repaired on them, and how long that is kept. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
