import { type Kysely, sql } from 'kysely';

const statements = [
  // A team has one policy at most, like a member; the order of the policy list decides between teams.
  `create table policy_teams (
    organization_id uuid not null,
    team_id uuid not null,
    policy_id uuid not null,
    assigned_at timestamptz not null,
    primary key (organization_id, team_id),
    foreign key (organization_id, team_id) references teams (organization_id, id) on delete cascade,
    foreign key (organization_id, policy_id) references policies (organization_id, id) on delete cascade
  )`,
  `create index policy_teams_policy on policy_teams (policy_id)`,

  // Where a roll-back of the revision in force goes to.
  `alter table policies add column previous_revision integer`,

  /*
   * A revision on its way: some members receive it while the others keep the one in force. While it is paused nobody
   * new gets it: who came to the policy later than that waits for the end of the pause.
   */
  `create table policy_rollouts (
    policy_id uuid primary key references policies on delete cascade,
    revision integer not null,
    percentage integer not null check (percentage between 0 and 100),
    team_ids uuid[] not null default '{}',
    started_at timestamptz not null,
    paused_at timestamptz,
    foreign key (policy_id, revision) references policy_revisions (policy_id, revision)
  )`,
  // 0 to 99, the same for a member and a policy for ever: whoever is inside at 10 % is inside at 20 %.
  `create function rollout_bucket(policy uuid, member uuid) returns integer language sql immutable parallel safe as $$
    select (('x' || substr(md5(policy::text || ':' || member::text), 1, 8))::bit(32)::bigint % 100)::integer
  $$`,

  /*
   * Which policy and revision each member receives, and through what: the one place that decides it
   * (docs/policy.md section 8). A direct assignment beats a team's, a team's the organization's default.
   */
  `create view member_policies as
    select m.organization_id, m.user_id, p.id as policy_id, team.team_id,
           case when p.id is null then null when a.policy_id is not null then 'member'
                when team.policy_id is not null then 'team' else 'default' end as via,
           case when p.id is null then null
                when r.policy_id is not null
                 and (rollout_bucket(p.id, m.user_id) < r.percentage
                      or exists (select 1 from team_members tm
                                  where tm.organization_id = m.organization_id and tm.user_id = m.user_id
                                    and tm.team_id = any(r.team_ids)
                                    and (r.paused_at is null or tm.added_at <= r.paused_at)))
                 and (r.paused_at is null
                      or greatest(m.joined_at, a.assigned_at, team.since) <= r.paused_at)
                then r.revision else p.revision end as revision
      from memberships m
      join organizations o on o.id = m.organization_id
      left join policy_assignments a on a.organization_id = m.organization_id and a.user_id = m.user_id
      left join lateral (
        select pt.policy_id, pt.team_id, greatest(pt.assigned_at, tm.added_at) as since
          from team_members tm
          join policy_teams pt on pt.organization_id = tm.organization_id and pt.team_id = tm.team_id
          join policies tp on tp.id = pt.policy_id
         where tm.organization_id = m.organization_id and tm.user_id = m.user_id and a.policy_id is null
         order by tp.position, tp.created_at, tp.id, pt.team_id
         limit 1) team on true
      left join policies p on p.id = coalesce(a.policy_id, team.policy_id, o.default_policy_id)
      left join policy_rollouts r on r.policy_id = p.id`,

  /*
   * Places in teams change by hand, by sign-in, by SCIM, and with the team itself. From here, and not from the code,
   * so that no path can forget whom it concerns. Only teams that decide something matter.
   */
  `create function stamp_team_members() returns trigger language plpgsql as $$
    declare stamp bigint := floor(extract(epoch from clock_timestamp()) * 1000);
    begin
      insert into bundle_sequences (organization_id, user_id, seq, changed_at)
      select m.organization_id, m.user_id, stamp, clock_timestamp()
        from memberships m
       where exists (
         select 1 from changed c
          where c.organization_id = m.organization_id and c.user_id = m.user_id
            and (exists (select 1 from policy_teams pt where pt.team_id = c.team_id
                           and not exists (select 1 from policy_assignments a
                             where a.organization_id = c.organization_id and a.user_id = c.user_id))
              or exists (select 1 from policy_rollouts r join policies p on p.id = r.policy_id
                          where p.organization_id = c.organization_id and c.team_id = any(r.team_ids))))
       order by m.user_id
      on conflict (organization_id, user_id) do update
        set seq = greatest(bundle_sequences.seq + 1, excluded.seq), changed_at = excluded.changed_at;
      return null;
    end $$`,
  `create trigger team_members_added after insert on team_members
    referencing new table as changed for each statement execute function stamp_team_members()`,
  `create trigger team_members_removed after delete on team_members
    referencing old table as changed for each statement execute function stamp_team_members()`,
  `create function stamp_teams_of_policies() returns trigger language plpgsql as $$
    declare stamp bigint := floor(extract(epoch from clock_timestamp()) * 1000);
    begin
      insert into bundle_sequences (organization_id, user_id, seq, changed_at)
      select distinct m.organization_id, m.user_id, stamp, clock_timestamp()
        from changed c
        join team_members tm on tm.organization_id = c.organization_id and tm.team_id = c.team_id
        join memberships m on m.organization_id = tm.organization_id and m.user_id = tm.user_id
       where not exists (select 1 from policy_assignments a
               where a.organization_id = m.organization_id and a.user_id = m.user_id)
       order by m.user_id
      on conflict (organization_id, user_id) do update
        set seq = greatest(bundle_sequences.seq + 1, excluded.seq), changed_at = excluded.changed_at;
      return null;
    end $$`,
  `create trigger policy_teams_added after insert on policy_teams
    referencing new table as changed for each statement execute function stamp_teams_of_policies()`,
  `create trigger policy_teams_changed after update on policy_teams
    referencing new table as changed for each statement execute function stamp_teams_of_policies()`,
  `create trigger policy_teams_removed after delete on policy_teams
    referencing old table as changed for each statement execute function stamp_teams_of_policies()`,
  // With a team go both its members and its policy, and neither trigger above would still see the other.
  `create function stamp_team_before_it_goes() returns trigger language plpgsql as $$
    declare stamp bigint := floor(extract(epoch from clock_timestamp()) * 1000);
    begin
      if exists (select 1 from policy_teams pt where pt.team_id = old.id)
         or exists (select 1 from policy_rollouts r where old.id = any(r.team_ids)) then
        insert into bundle_sequences (organization_id, user_id, seq, changed_at)
        select m.organization_id, m.user_id, stamp, clock_timestamp()
          from memberships m join team_members tm on tm.organization_id = m.organization_id and tm.user_id = m.user_id
         where tm.team_id = old.id
         order by m.user_id
        on conflict (organization_id, user_id) do update
          set seq = greatest(bundle_sequences.seq + 1, excluded.seq), changed_at = excluded.changed_at;
      end if;
      return old;
    end $$`,
  `create trigger teams_go before delete on teams for each row execute function stamp_team_before_it_goes()`,
];

/** Policies of teams, revisions that go to some members first, and the view that says who receives what. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
