import { type ChangeContext, recordChanges } from '../audit/record.ts';
import type { SsoConnection } from '../connections/find-connection.ts';
import type { Trx } from '../database/connection.ts';
import type { Role } from '../database/schema.ts';
import { joinOrganization } from '../organizations/member-service.ts';
import { type AssertedIdentity, parseGroup } from '../sso/asserted-identity.ts';
import type { SsoNotice } from '../sso/sso-requests.ts';
import { ensureTeam, joinTeam, teamPlaceEntry } from '../teams/team-places.ts';

/** Organizations that a connection may provision into. */
export interface Scope {
  readonly own: { readonly id: string; readonly name: string };
  readonly byName: ReadonlyMap<string, string>;
}

/** One person being placed by one sign-in. */
export interface Placing {
  readonly connection: SsoConnection;
  readonly identity: AssertedIdentity;
  readonly context: ChangeContext;
  readonly scope: Scope;
  readonly account: { readonly id: string; readonly email: string };
  /** What was left out is added here. */
  readonly notices: SsoNotice[];
  /** The person is provisioned for the first time: only then do role attributes act. */
  readonly first: boolean;
}

/**
 * Places the person in each `organization:team` that the claim names, and takes them out of the teams that an earlier
 * sign-in gave and this one does not name. Answers whether any group placed them.
 */
export async function placeByGroups(trx: Trx, placing: Placing): Promise<boolean> {
  const { groups } = placing.identity;
  if (groups.kind === 'overage') {
    placing.notices.push({
      class: 'groups_overage',
      detail: 'A link came in place of the groups; teams stay as they are.',
    });
    return false;
  }
  if (groups.kind !== 'listed') return false;
  const parsed = groups.values.map((value) => ({ value, group: parseGroup(value) }));
  const odd = parsed.find(({ group }) => group === null);
  if (odd !== undefined) {
    const detail = `"${odd.value.slice(0, 200)}" is not of the form organization:team; all groups were left out.`;
    placing.notices.push({ class: 'group_format', detail });
    return false;
  }
  const kept: string[] = [];
  for (const { group } of parsed) {
    if (group === null) continue;
    const organizationId = placing.scope.byName.get(group.organization);
    if (organizationId === undefined) leftOut(placing, group.organization);
    else {
      const role = isRoleFor(placing, organizationId) ? roleFor(placing, organizationId) : 'member';
      kept.push(await joinNamedTeam(trx, placing, { organizationId, team: group.team, role }));
    }
  }
  await leaveOthers(trx, placing, kept);
  return kept.length > 0;
}

/** Somebody who is not a member yet joins the default organization and team, or what the attributes name. */
export async function placeNewcomer(trx: Trx, placing: Placing): Promise<void> {
  const { connection, identity, scope, first } = placing;
  const named = first && identity.organization !== null ? identity.organization : null;
  const organizationId = named === null ? scope.own.id : scope.byName.get(named);
  if (named !== null && organizationId === undefined) leftOut(placing, named);
  const target = organizationId ?? scope.own.id;
  if (await isMember(trx, target, placing.account.id)) return;
  const role = first ? roleFor(placing, target) : 'member';
  const refused = named !== null && organizationId === undefined;
  const team =
    first && identity.team !== null && !refused
      ? identity.team
      : target === scope.own.id
        ? connection.defaultTeam
        : null;
  if (team === null) await join(trx, placing, target, role);
  else await joinNamedTeam(trx, placing, { organizationId: target, team, role });
}

/** A role attribute is about one organization, however many the groups name: the one that is named, else the own one. */
function isRoleFor({ first, identity, scope }: Placing, organizationId: string): boolean {
  if (!first) return false;
  const named = identity.organization === null ? scope.own.id : scope.byName.get(identity.organization);
  return organizationId === named;
}

function roleFor(placing: Placing, organizationId: string): Role {
  const wanted = placing.identity.role?.toLowerCase();
  if (wanted === 'editor') return 'editor';
  if (wanted !== 'owner') return 'member';
  if (organizationId === placing.scope.own.id) return 'owner';
  placing.notices.push({
    class: 'organization_not_allowed',
    detail: `The role owner is granted in ${placing.scope.own.name} only.`,
  });
  return 'member';
}

function leftOut({ notices, scope }: Placing, organization: string): void {
  const detail = `This connection may not provision into "${organization}"; it may into ${[...scope.byName.keys()].join(', ')}.`;
  if (!notices.some((each) => each.detail === detail))
    notices.push({ class: 'organization_not_allowed', detail });
}

async function join(trx: Trx, placing: Placing, organizationId: string, role: Role): Promise<void> {
  const { connection, context, account } = placing;
  if (await isMember(trx, organizationId, account.id)) return;
  await joinOrganization(trx, context, { organizationId, account, role, origin: 'jit' });
  await trx
    .updateTable('memberships')
    .set({ connection_id: connection.id })
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', account.id)
    .execute();
}

async function joinNamedTeam(
  trx: Trx,
  placing: Placing,
  wanted: { readonly organizationId: string; readonly team: string; readonly role: Role },
): Promise<string> {
  const { connection, context, account } = placing;
  const { organizationId, team } = wanted;
  await join(trx, placing, organizationId, wanted.role);
  const teamId = await ensureTeam(trx, context, organizationId, team.slice(0, 200));
  await joinTeam(trx, context, {
    ...{ organizationId, teamId, account, origin: 'jit', connectionId: connection.id },
  });
  return teamId;
}

// Only what sign-in by this connection gave is taken away: places by hand, invitation or SCIM stay.
async function leaveOthers(trx: Trx, placing: Placing, kept: readonly string[]): Promise<void> {
  const { connection, account, context } = placing;
  let leaving = trx
    .deleteFrom('team_members')
    .where('user_id', '=', account.id)
    .where('connection_id', '=', connection.id)
    .where('origin', '=', 'jit');
  if (kept.length > 0) leaving = leaving.where('team_id', 'not in', [...kept]);
  const left = await leaving.returning(['organization_id', 'team_id']).execute();
  if (left.length === 0) return;
  const teams = await trx
    .selectFrom('teams')
    .select(['id', 'organization_id', 'name'])
    .where(
      'id',
      'in',
      left.map((each) => each.team_id),
    )
    .execute();
  await recordChanges(
    trx,
    context,
    teams.map(({ id: teamId, organization_id: organizationId, name: team }) =>
      teamPlaceEntry({ organizationId, teamId, team, email: account.email }, false),
    ),
  );
}

async function isMember(trx: Trx, organizationId: string, userId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('memberships')
    .select('user_id')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row !== undefined;
}
