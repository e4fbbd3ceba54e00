import { type RawBuilder, sql } from 'kysely';

/** Stands for the device of a member who has none. */
export const NO_DEVICE = '00000000-0000-0000-0000-000000000000';

/**
 * Every device of the members asked for, and a row for each of them without any, with all that is shown of it, from the
 * tables as they are. `standing` is the status by the table of docs/delivery.md section 5, but for the time: what only
 * the whole member tells (no policy, a domain that nobody controls) comes before what a device says. `ages`: with
 * silence it becomes unknown.
 */
export function devicesNow(organizationId: string, members: RawBuilder<boolean>): RawBuilder<unknown> {
  return sql`
    select d.*, d.id is not null and d.standing not in ('no_policy', 'uncontrolled_domain') as ages
      from (${judged(organizationId, members)}) d`;
}

/** The status, where a device that was not heard of since `heard` is silent. Reads columns of `devicesNow` as `d`. */
export function statusAt(heard: Date): RawBuilder<string> {
  return sql<string>`case when d.ages and d.reported_at < ${heard} then 'unknown' else d.standing end`;
}

function judged(organizationId: string, members: RawBuilder<boolean>): RawBuilder<unknown> {
  return sql`
    select m.user_id, u.email, u.name as user_name, d.id, d.device_id, coalesce(d.name, d.reported_name) as name,
           mp.via, p.id as expected_id, p.name as expected_name, mp.revision as expected_revision,
           coalesce(s.seq, 0) as expected_seq, d.policy_id, d.revision, d.seq, d.platform, d.os_version,
           d.agent_version, d.fetched_at, d.applied_at, d.reported_at, d.device_time, d.first_seen_at, d.frozen,
           d.refused, d.errors, domain.state as domain,
           case when p.id is null then 'no_policy'
                when domain.state = 'guest' then 'uncontrolled_domain'
                when d.id is null then 'unknown'
                when d.policy_id = p.id and d.revision = mp.revision and d.seq is not null then
                  case d.hash_state when 'exact' then 'compliant'
                    when 'override' then case when exists (select 1 from overrides g
                      where g.id = any(d.override_ids) and g.ended_at is null) then 'exception' else 'outdated' end
                    else 'non_compliant' end
                when d.seq is null or d.fetched_seq >= s.seq then 'non_compliant'
                else 'outdated' end as standing
      from memberships m
      join users u on u.id = m.user_id
      left join devices d on d.organization_id = m.organization_id and d.user_id = m.user_id
      left join member_policies mp on mp.organization_id = m.organization_id and mp.user_id = m.user_id
      left join policies p on p.id = mp.policy_id
      left join bundle_sequences s on s.organization_id = m.organization_id and s.user_id = m.user_id
     cross join lateral (
       select case when not exists (select 1 from domains v where v.organization_id = m.organization_id and v.verified_at is not null)
                   then 'domainless'
                   when exists (select 1 from domains v where v.organization_id = m.organization_id
                     and v.verified_at is not null and v.name = lower(substring(u.email from '@([^@]+)$')))
                   then 'verified' else 'guest' end as state) domain
     where m.organization_id = ${organizationId} and ${members}`;
}
