import { type Kysely, sql } from 'kysely';

/** Rows that a statement touched, under a name of their own. */
type Touched = 'inserted' | 'updated' | 'deleted';

/** Marks what `marks` selects after any change of a table, once for each statement. */
function marking(table: string, marks: string, when: readonly Touched[]): readonly string[] {
  const events = {
    inserted: ['insert', 'new'],
    updated: ['update', 'new'],
    deleted: ['delete', 'old'],
  } as const;
  return [
    `create function ${table}_mark_standings() returns trigger language plpgsql as $$
      begin
        insert into device_standing_marks (organization_id, user_id, policy_id) ${marks};
        return null;
      end $$`,
    ...when.map((touched) => {
      const [event, which] = events[touched];
      return `create trigger ${table}_standings_${touched} after ${event} on ${table}
        referencing ${which} table as changed for each statement execute function ${table}_mark_standings()`;
    }),
  ];
}

/** As `marking`, after updates that changed one of the columns which count. */
function markingChanges(
  table: string,
  id: string,
  columns: readonly string[],
  marks: string,
): readonly string[] {
  const changed = columns.map((column) => `b.${column} is distinct from a.${column}`).join(' or ');
  return [
    `create function ${table}_mark_changed_standings() returns trigger language plpgsql as $$
      begin
        insert into device_standing_marks (organization_id, user_id, policy_id)
        ${marks} from before b join after a on a.${id} = b.${id} where ${changed};
        return null;
      end $$`,
    `create trigger ${table}_standings_changed after update on ${table} referencing old table as before new table as after
      for each statement execute function ${table}_mark_changed_standings()`,
  ];
}

const ALWAYS = ['inserted', 'updated', 'deleted'] as const;
/** More members than this at once are not named one by one: everything is worked out again. */
const MANY = 500;
const EACH_MEMBER = `select distinct organization_id, case when (select count(*) from changed) <= ${MANY} then user_id end, null::uuid
  from changed`;

const statements = [
  /*
   * The list of devices as it was last worked out: one row for each device of a member, and one for a member without any
   * (`device` is all zeros). `standing` is the status by what was reported, `status` the one with the silence counted
   * in: it alone depends on the time. The texts are what the list is sorted by.
   */
  `create table device_standings (
    organization_id uuid not null references organizations on delete cascade,
    user_id uuid not null,
    device uuid not null,
    policy_id uuid,
    standing text not null,
    status text not null,
    ages boolean not null,
    reported_at timestamptz,
    email text not null,
    name text not null,
    policy text not null,
    platform text not null,
    agent text not null,
    fetched text not null,
    reported text not null,
    primary key (organization_id, user_id, device)
  )`,
  ...['email', 'name', 'status', 'policy', 'platform', 'agent', 'fetched', 'reported'].map(
    (column) =>
      `create index device_standings_${column} on device_standings (organization_id, ${column}, user_id, device)`,
  ),
  `create index device_standings_of_policy on device_standings (organization_id, policy_id)`,
  // Whom the next moment may make silent, and who may be heard again when the days are changed.
  `create index device_standings_heard on device_standings (organization_id, reported_at) where ages and status <> 'unknown'`,
  `create index device_standings_silent on device_standings (organization_id, reported_at) where ages and status = 'unknown'`,
  // `policy_id` all zeros: none. `present`: a device, and not only a member.
  `create table device_standing_counts (
    organization_id uuid not null references organizations on delete cascade,
    policy_id uuid not null,
    status text not null,
    present boolean not null,
    devices integer not null,
    primary key (organization_id, policy_id, status, present)
  )`,

  /*
   * What has changed since: written in the transaction that changes it, by the tables themselves, so that no path can
   * forget it. Whoever reads the list works out the marked rows first. A mark names a member, or all that receive a
   * policy, or with neither the whole organization. Nothing is unique here: nobody waits for anybody to mark something.
   */
  `create table device_standing_marks (
    organization_id uuid not null,
    user_id uuid,
    policy_id uuid
  )`,
  `create index device_standing_marks_of on device_standing_marks (organization_id)`,
  ...marking('memberships', EACH_MEMBER, ALWAYS),
  ...marking('policy_assignments', EACH_MEMBER, ALWAYS),
  ...marking('team_members', EACH_MEMBER, ALWAYS),
  ...marking('overrides', EACH_MEMBER, ['updated', 'deleted']),
  ...marking('policy_teams', 'select distinct organization_id, null::uuid, null::uuid from changed', ALWAYS),
  ...marking(
    'policy_rollouts',
    'select distinct p.organization_id, null::uuid, p.id from changed c join policies p on p.id = c.policy_id',
    ALWAYS,
  ),
  ...marking('policies', 'select organization_id, null::uuid, id from changed', ['deleted']),
  ...markingChanges('policies', 'id', ['revision', 'name'], 'select a.organization_id, null::uuid, a.id'),
  ...markingChanges('organizations', 'id', ['default_policy_id'], 'select a.id, null::uuid, null::uuid'),
  ...marking('domains', 'select distinct organization_id, null::uuid, null::uuid from changed', [
    'inserted',
    'deleted',
  ]),
  ...markingChanges(
    'domains',
    'id',
    ['verified_at', 'name'],
    'select distinct a.organization_id, null::uuid, null::uuid',
  ),
  ...marking('bundle_sequences', EACH_MEMBER, ALWAYS),

  // The order of policies decides between teams.
  `create function policies_mark_order() returns trigger language plpgsql as $$
    begin
      insert into device_standing_marks (organization_id)
      select distinct a.organization_id from before b join after a on a.id = b.id where a.position <> b.position;
      return null;
    end $$`,
  `create trigger policies_standings_ordered after update on policies referencing old table as before new table as after
    for each statement execute function policies_mark_order()`,

  // A report writes its device twice, and only once something that is shown.
  `create function mark_device() returns trigger language plpgsql as $$
    begin
      insert into device_standing_marks (organization_id, user_id)
      values (coalesce(new.organization_id, old.organization_id), coalesce(new.user_id, old.user_id));
      return null;
    end $$`,
  `create trigger devices_standings_reported after update on devices for each row
    when ((old.reported_at, old.name, old.reported_name, old.platform, old.agent_version, old.policy_id, old.revision, old.seq,
           old.fetched_seq, old.fetched_at, old.hash_state, old.override_ids)
      is distinct from (new.reported_at, new.name, new.reported_name, new.platform, new.agent_version, new.policy_id,
           new.revision, new.seq, new.fetched_seq, new.fetched_at, new.hash_state, new.override_ids))
    execute function mark_device()`,
  ...marking('devices', EACH_MEMBER, ['inserted', 'deleted']),
  `create function mark_account() returns trigger language plpgsql as $$
    begin
      insert into device_standing_marks (organization_id, user_id)
      select organization_id, user_id from memberships where user_id = new.id;
      return null;
    end $$`,
  `create trigger users_standings after update on users for each row when (old.email is distinct from new.email)
    execute function mark_account()`,
  `insert into device_standing_marks (organization_id) select id from organizations`,
];

/** Keeps the list of devices as it is shown, with its counts, and what has to be worked out again. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
