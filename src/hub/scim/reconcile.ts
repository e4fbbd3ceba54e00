import { type RawBuilder, sql } from 'kysely';
import { type AuditEntry, type ChangeContext, recordChanges } from '../audit/record.ts';
import type { Trx } from '../database/connection.ts';
import type { Role } from '../database/schema.ts';
import { endSessions } from '../identity/session-ends.ts';
import { endWhatExceeds } from '../organizations/made-by-members.ts';
import { endOverridesOfMembers } from '../overrides/override-service.ts';
import { stampRecipients } from '../policies/recipients.ts';
import { teamPlaceEntry } from '../teams/team-places.ts';
import { otherProviders, type Provider, passOn } from './hand-over.ts';
import { type Leaving, requireOwner } from './keep-owner.ts';
import type { ScimConnection } from './tokens.ts';

/*
 * Memberships and places in teams follow what SCIM keeps. One set of statements serves one user and a group of
 * thousands alike. Only what this connection gave is ever taken away: members who were added by hand, were
 * invited, or came through another connection stay untouched; what another connection names as well passes to it.
 */

interface MembershipRow extends Leaving {
  readonly role: Role;
}

interface TeamMoveRow extends Pick<MembershipRow, 'organization_id' | 'user_id' | 'email'> {
  readonly team_id: string;
  readonly team: string;
  readonly present: boolean;
}

/** The connection's own organization, and those that accept it at present. */
function allowed(connection: Provider, organizationId: RawBuilder<unknown>) {
  return sql`(${organizationId} = ${connection.organizationId} or ${organizationId} in
    (select co.organization_id from connection_organizations co where co.connection_id = ${connection.id}))`;
}

/** Who should be a member of what: the user's own placement first, then the organizations of their groups. */
const DESIRED = (connection: Provider, userIds: readonly string[]) => sql`
  select distinct on (user_id, organization_id) user_id, organization_id, role from (
    select su.user_id, su.placement_organization_id as organization_id, su.placement_role as role, 1 as rank
      from scim_users su
     where su.connection_id = ${connection.id} and su.user_id = any(${[...userIds]}::uuid[])
       and su.managed and su.active and su.placement_organization_id is not null
    union all
    select su.user_id, g.organization_id, 'member', 2
      from scim_users su
      join scim_group_members gm on gm.scim_user_id = su.id
      join scim_groups g on g.id = gm.group_id
     where su.connection_id = ${connection.id} and su.user_id = any(${[...userIds]}::uuid[]) and su.managed and su.active
  ) wanted where ${allowed(connection, sql`wanted.organization_id`)} order by user_id, organization_id, rank`;

/**
 * Brings memberships and teams of these accounts to what SCIM says now, stamps whose policy may have changed, ends
 * the sessions of whoever belongs to no organization any more, and records each membership that began or ended.
 * `deleted`: they are no longer SCIM's, which is another reason to tell them than being deactivated.
 */
export async function reconcile(
  trx: Trx,
  context: ChangeContext,
  connection: ScimConnection,
  userIds: readonly string[],
  how: { readonly deleted?: boolean } = {},
): Promise<void> {
  if (userIds.length === 0) return;
  await passOn(trx, context, connection, { userIds, desired: DESIRED(connection, userIds) });
  const ended = await endMemberships(trx, context, connection, userIds);
  const begun = await beginMemberships(trx, context, connection, userIds);
  const moved = [...(await moveTeams(trx, context, connection, userIds))];
  const left = [...new Set(moved.map((row) => row.organization_id))];
  for (const other of left.length === 0 ? [] : await otherProviders(trx, connection, userIds))
    moved.push(...(await moveTeams(trx, context, other, userIds, left)));
  await requireOwners(trx, ended);
  await endIdleSessions(trx, ended, { at: context.at, deleted: how.deleted === true });
  await stamp(trx, context, [...begun, ...moved]);
  await recordChanges(trx, context, [
    ...ended.map((row) => membershipEntry('member.remove', row)),
    ...begun.map((row) => membershipEntry('member.add', row)),
  ]);
}

/**
 * Takes the connection's own organization, and with it every other change of the same connection; then each one that
 * it gave a membership in or may give one in. In one order everywhere, so that two connections that provision into
 * each other's organizations cannot deadlock.
 */
export async function lockOrganizations(trx: Trx, connection: ScimConnection): Promise<void> {
  const own = sql`${connection.organizationId}::uuid`;
  await sql`select 1 from organizations where id = ${own} or id in (
      select organization_id from connection_organizations where connection_id = ${connection.id}
      union all select organization_id from scim_groups where connection_id = ${connection.id} and organization_id <> ${own}
      union all select organization_id from memberships where connection_id = ${connection.id} and organization_id < ${own}
      union all select organization_id from memberships where connection_id = ${connection.id} and organization_id > ${own})
    order by id for no key update`.execute(trx);
}

/** Puts somebody who just became a member into the teams that SCIM names, and stamps them when that moved them. */
export async function settleTeams(
  trx: Trx,
  context: ChangeContext,
  connection: ScimConnection,
  userIds: readonly string[],
): Promise<void> {
  await stamp(trx, context, await moveTeams(trx, context, connection, userIds));
}

async function endMemberships(
  trx: Trx,
  context: ChangeContext,
  connection: ScimConnection,
  userIds: readonly string[],
): Promise<readonly MembershipRow[]> {
  await endOverridesOfMembers(
    trx,
    context,
    sql`o.user_id = any(${[...userIds]}::uuid[])
      and exists (select 1 from memberships m where m.organization_id = o.organization_id and m.user_id = o.user_id
                     and m.connection_id = ${connection.id} and m.origin = 'scim')
      and not exists (select 1 from (${DESIRED(connection, userIds)}) d
                       where d.user_id = o.user_id and d.organization_id = o.organization_id)`,
  );
  const { rows } = await sql<MembershipRow>`
    with desired as (${DESIRED(connection, userIds)})
    delete from memberships m using users u
     where u.id = m.user_id and m.connection_id = ${connection.id} and m.origin = 'scim'
       and m.user_id = any(${[...userIds]}::uuid[])
       and not exists (select 1 from desired d where d.user_id = m.user_id and d.organization_id = m.organization_id)
    returning m.organization_id, m.user_id, u.email, m.role`.execute(trx);
  // What they made there ends with the membership.
  const gone = rows.map(({ organization_id, user_id }) => ({ organization_id, user_id }));
  await endWhatExceeds(trx, context, gone);
  return rows;
}

async function beginMemberships(
  trx: Trx,
  context: ChangeContext,
  connection: ScimConnection,
  userIds: readonly string[],
): Promise<readonly MembershipRow[]> {
  const { rows } = await sql<MembershipRow>`
    with desired as (${DESIRED(connection, userIds)}), added as (
      insert into memberships (organization_id, user_id, role, origin, joined_at, connection_id)
      select d.organization_id, d.user_id, d.role, 'scim', ${context.at}, ${connection.id} from desired d
      on conflict (organization_id, user_id) do nothing
      returning organization_id, user_id, role)
    select added.*, u.email from added join users u on u.id = added.user_id`.execute(trx);
  return rows;
}

/** Places in teams, and the events of them; answers who gained or lost one. `within`: only in these organizations. */
async function moveTeams(
  trx: Trx,
  context: ChangeContext,
  connection: Provider,
  userIds: readonly string[],
  within?: readonly string[],
): Promise<readonly Pick<MembershipRow, 'organization_id' | 'user_id'>[]> {
  const ids = [...userIds];
  const here = (organizationId: RawBuilder<unknown>) =>
    within === undefined ? sql`true` : sql`${organizationId} = any(${[...within]}::uuid[])`;
  const desired = sql`select * from (
    select su.user_id, g.organization_id, g.team_id from scim_users su
      join scim_group_members gm on gm.scim_user_id = su.id join scim_groups g on g.id = gm.group_id
     where su.connection_id = ${connection.id} and su.user_id = any(${ids}::uuid[]) and su.managed and su.active
    union
    select su.user_id, t.organization_id, t.id from scim_users su join teams t on t.id = su.placement_team_id
     where su.connection_id = ${connection.id} and su.user_id = any(${ids}::uuid[]) and su.managed and su.active
    ) wanted where ${allowed(connection, sql`wanted.organization_id`)} and ${here(sql`wanted.organization_id`)}`;
  const { rows } = await sql<TeamMoveRow>`
    with desired as (${desired}), gone as (
      delete from team_members tm
       where tm.connection_id = ${connection.id} and tm.origin = 'scim' and tm.user_id = any(${ids}::uuid[])
         and ${here(sql`tm.organization_id`)} and not exists (select 1 from desired d where d.user_id = tm.user_id and d.team_id = tm.team_id)
      returning tm.organization_id, tm.user_id, tm.team_id), added as (
      insert into team_members (organization_id, team_id, user_id, origin, added_at, connection_id)
      select d.organization_id, d.team_id, d.user_id, 'scim', ${context.at}, ${connection.id} from desired d
        join memberships m on m.organization_id = d.organization_id and m.user_id = d.user_id
      on conflict (team_id, user_id) do nothing
      returning organization_id, user_id, team_id)
    select moved.*, u.email, t.name as team
      from (select *, false as present from gone union all select *, true from added) moved
      join users u on u.id = moved.user_id join teams t on t.id = moved.team_id`.execute(trx);
  await recordChanges(
    trx,
    context,
    rows.map(({ organization_id: organizationId, team_id: teamId, team, email, present }) =>
      teamPlaceEntry({ organizationId, teamId, team, email }, present),
    ),
  );
  return rows;
}

/** An organization must keep an owner: whatever would take the last one is refused as a whole. */
async function requireOwners(trx: Trx, ended: readonly MembershipRow[]): Promise<void> {
  for (const row of ended.filter((candidate) => candidate.role === 'owner')) await requireOwner(trx, row);
}

// Sessions belong to the account: they end with its last membership, and until then each organization refuses by itself.
async function endIdleSessions(
  trx: Trx,
  ended: readonly MembershipRow[],
  { at, deleted }: { readonly at: Date; readonly deleted: boolean },
): Promise<void> {
  if (ended.length === 0) return;
  const ids = sql`any(${ended.map((row) => row.user_id)}::uuid[])`;
  const idle = (deactivated: RawBuilder<unknown>) => sql`(
    select u.id from users u where u.id = ${ids} and not exists (select 1 from memberships m where m.user_id = u.id)
       and (not ${deleted} and exists (
         select 1 from scim_users su where su.user_id = u.id and su.managed and not su.active)) = ${deactivated})`;
  await endSessions(trx, idle(sql`true`), { reason: 'account_deactivated', at });
  await endSessions(trx, idle(sql`false`), { reason: 'account_removed', at });
}

async function stamp(
  trx: Trx,
  context: ChangeContext,
  touched: readonly Pick<MembershipRow, 'organization_id' | 'user_id'>[],
): Promise<void> {
  const byOrganization = Map.groupBy(touched, (row) => row.organization_id);
  for (const [organizationId, rows] of byOrganization) {
    const recipients = { kind: 'users', userIds: [...new Set(rows.map((row) => row.user_id))] } as const;
    await stampRecipients(trx, { organizationId, recipients, at: context.at });
  }
}

/** The event of a membership that SCIM began or ended. */
export function membershipEntry(action: 'member.add' | 'member.remove', row: MembershipRow): AuditEntry {
  const state = { role: row.role, origin: 'scim' } as const;
  return {
    organizationId: row.organization_id,
    action,
    target: { kind: 'member', id: row.user_id, label: row.email },
    ...(action === 'member.add' ? { after: state } : { before: state }),
  };
}
