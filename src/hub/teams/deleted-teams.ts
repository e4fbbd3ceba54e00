import { sql } from 'kysely';
import type { ChangeContext } from '../audit/record.ts';
import type { Trx } from '../database/connection.ts';
import { keepThing, keptRows, rowsToKeep, type TakenThing } from '../deletions/kept-things.ts';
import { countedParts, type PutBack } from '../deletions/put-back.ts';
import { stampWhomItChanges } from '../policies/recipients.ts';
import { refuseTakenTeamName } from './team-names.ts';

/* A deleted team comes back with what people gave it by hand; whom a directory put there, the directory puts back. */

/** Keeps a team that is about to be deleted. */
export async function keepTeam(
  trx: Trx,
  context: ChangeContext,
  team: { readonly organizationId: string; readonly id: string; readonly name: string },
): Promise<void> {
  const ofIt = sql`r.team_id = ${team.id}`;
  const content = sql`(select jsonb_build_object('team', to_jsonb(t)) from teams t where t.id = ${team.id})`;
  const parts = {
    members: rowsToKeep('team_members', sql`${ofIt} and r.origin in ('manual', 'invitation')`),
    policies: rowsToKeep('policy_teams', ofIt),
    groups: rowsToKeep('scim_groups', ofIt),
    invitations: rowsToKeep('invitations', sql`${ofIt} and r.accepted_at is null and r.revoked_at is null`),
  };
  await keepThing(trx, context, { ...team, kind: 'team', content, parts });
}

/**
 * Puts a team back under its id: members who are members of the organization still, its policy, pending invitations to
 * it, and its directory groups, without the people in them. Refuses (`conflict`) a name that is taken.
 */
export async function putBackTeam(
  trx: Trx,
  context: ChangeContext,
  thing: TakenThing,
  name = thing.name,
): Promise<PutBack> {
  const { id, organizationId, content } = thing;
  const back = { members: 0n, policies: 0n, groups: 0n };
  await stampWhomItChanges(trx, { organizationId, at: context.at }, async () => {
    await sql`
      insert into teams (id, organization_id, name, description, created_at)
      select t.id, ${organizationId}, ${name}, t.description, t.created_at
        from jsonb_populate_record(null::teams, ${content}::jsonb -> 'team') t`
      .execute(trx)
      .catch(refuseTakenTeamName(name));
    const members = await sql`
      insert into team_members (organization_id, team_id, user_id, origin, added_at)
      select m.organization_id, ${id}, m.user_id, a.origin, a.added_at
        from ${keptRows(thing, 'members', 'team_members')} a
        join memberships m on m.organization_id = ${organizationId} and m.user_id = a.user_id
      on conflict do nothing`.execute(trx);
    const policies = await sql`
      insert into policy_teams (organization_id, team_id, policy_id, assigned_at)
      select p.organization_id, ${id}, p.id, ${context.at}
        from ${keptRows(thing, 'policies', 'policy_teams')} a
        join policies p on p.organization_id = ${organizationId} and p.id = a.policy_id
      on conflict do nothing`.execute(trx);
    back.members = members.numAffectedRows ?? 0n;
    back.policies = policies.numAffectedRows ?? 0n;
    back.groups = await putBackGroups(trx, thing);
    await sql`
      update invitations i set team_id = ${id}
        from ${keptRows(thing, 'invitations', 'invitations')} k
       where i.id = k.id and i.organization_id = ${organizationId} and i.team_id is null`.execute(trx);
  });
  return { name, parts: await countedParts(trx, thing, back) };
}

/** Groups of connections that may place people here still, and that the directory did not make anew. */
async function putBackGroups(trx: Trx, thing: TakenThing): Promise<bigint> {
  const { id, organizationId } = thing;
  const { numAffectedRows = 0n } = await sql`
    insert into scim_groups (id, connection_id, organization_id, team_id, display_name, external_id, version, created_at, updated_at)
    select g.id, g.connection_id, ${organizationId}, ${id}, g.display_name, g.external_id, g.version + 1, g.created_at, g.updated_at
      from ${keptRows(thing, 'groups', 'scim_groups')} g
      join connections c on c.id = g.connection_id
     where c.organization_id = ${organizationId} or exists (
       select 1 from connection_organizations co where co.connection_id = c.id and co.organization_id = ${organizationId})
    on conflict do nothing`.execute(trx);
  return numAffectedRows;
}
