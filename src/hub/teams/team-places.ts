import { sql } from 'kysely';
import { type AuditEntry, type ChangeContext, recordChange } from '../audit/record.ts';
import type { Trx } from '../database/connection.ts';
import type { Origin } from '../database/schema.ts';

/* Places in teams, and what the audit log says of them: the same whoever gave them, and in the log of the team's own organization. */

/** Somebody's place in a team, as an event names it. */
export interface TeamPlace {
  readonly organizationId: string;
  readonly teamId: string;
  readonly team: string;
  readonly email: string;
}

/** The event of a place in a team that somebody got (`present`) or lost. */
export function teamPlaceEntry(
  { organizationId, teamId, team, email }: TeamPlace,
  present: boolean,
): AuditEntry {
  return {
    organizationId,
    action: present ? 'team.add-member' : 'team.remove-member',
    target: { kind: 'team', id: teamId, label: team },
    after: { member: email },
  };
}

/** Puts a member into a team; whoever is in it already stays as they came. The organization must be locked. */
export async function joinTeam(
  trx: Trx,
  context: ChangeContext,
  joining: {
    readonly organizationId: string;
    readonly teamId: string;
    readonly account: { readonly id: string; readonly email: string };
    readonly origin: Origin;
    readonly connectionId?: string;
  },
): Promise<void> {
  const { organizationId, teamId, account, origin, connectionId = null } = joining;
  const { rows } = await sql<{ name: string }>`with added as (
      insert into team_members (organization_id, team_id, user_id, origin, added_at, connection_id)
      values (${organizationId}, ${teamId}, ${account.id}, ${origin}, ${context.at}, ${connectionId})
      on conflict do nothing returning team_id)
    select t.name from added join teams t on t.id = added.team_id`.execute(trx);
  const [team] = rows;
  if (team === undefined) return;
  const place = { organizationId, teamId, team: team.name, email: account.email };
  await recordChange(trx, context, teamPlaceEntry(place, true));
}

/** The team of that name, created when it is missing; names are compared without case. */
export async function ensureTeam(
  trx: Trx,
  context: ChangeContext,
  organizationId: string,
  name: string,
): Promise<string> {
  const made = await trx
    .insertInto('teams')
    .values({ organization_id: organizationId, name, created_at: context.at })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made !== undefined) {
    await recordChange(trx, context, {
      organizationId,
      action: 'team.create',
      target: { kind: 'team', id: made.id, label: name },
      after: { name },
    });
    return made.id;
  }
  const { rows } = await sql<{ id: string }>`select id from teams
    where organization_id = ${organizationId} and lower(name) = lower(${name})`.execute(trx);
  const team = rows[0];
  if (team === undefined) throw new Error(`team ${name} is neither there nor can be made`);
  return team.id;
}
