import type { AssignmentAnswer } from '../../shared/contracts/hub-api.ts';
import type { PolicyTeams } from '../../shared/contracts/hub-rollouts.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Reader, Trx } from '../database/connection.ts';
import { readTeam } from '../teams/team-service.ts';
import { readStoredPolicy } from './policy-list.ts';
import { lockOrganization } from './recipients.ts';
import './tables.ts';

/*
 * Policies of teams (docs/policy.md section 8). Whose bundle such an assignment changes is stamped by triggers: a
 * place in a team changes in many ways, and none of them may forget it.
 */

/** Assigns a policy to a team. A team that has another one is moved only when `moveFrom` names it (`conflict`). */
export async function assignPolicyToTeam(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  wanted: { readonly teamId: string; readonly policyId: string; readonly moveFrom?: string | undefined },
): Promise<AssignmentAnswer> {
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const policy = await readStoredPolicy(trx, organizationId, wanted.policyId);
    const team = await readTeam(trx, organizationId, wanted.teamId);
    const present = await readTeamPolicy(trx, team.id);
    const answer = { policy: { id: policy.id, name: policy.name }, movedFrom: present };
    if (present?.id === policy.id) return { ...answer, movedFrom: null };
    if (present !== null && present.id !== wanted.moveFrom) {
      throw new RefusalError({
        code: 'conflict',
        message: `The team "${team.name}" has the policy "${present.name}"; a team has one policy at most.`,
        help: `To move it to "${policy.name}", send the request again with moveFrom "${present.id}".`,
        details: { policy: present, moveFrom: present.id },
      });
    }
    const row = { policy_id: policy.id, assigned_at: context.at };
    await trx
      .insertInto('policy_teams')
      .values({ organization_id: organizationId, team_id: team.id, ...row })
      .onConflict((conflict) => conflict.columns(['organization_id', 'team_id']).doUpdateSet(row))
      .execute();
    await recordChange(trx, context, {
      organizationId,
      action: 'policy.assign-team',
      target: { kind: 'team', id: team.id, label: team.name },
      before: { policy: present?.name ?? null },
      after: { policy: policy.name },
    });
    return answer;
  });
}

/** Takes a team's policy away. Nothing happens when it has none. */
export async function unassignPolicyFromTeam(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  teamId: string,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const team = await readTeam(trx, organizationId, teamId);
    const present = await readTeamPolicy(trx, teamId);
    if (present === null) return;
    await trx.deleteFrom('policy_teams').where('team_id', '=', teamId).execute();
    await recordChange(trx, context, {
      organizationId,
      action: 'policy.unassign-team',
      target: { kind: 'team', id: teamId, label: team.name },
      before: { policy: present.name },
      after: { policy: null },
    });
  });
}

/** The policy assigned to a team; `null`: none. */
export async function readTeamPolicy(
  trx: Trx | Db,
  teamId: string,
): Promise<{ readonly id: string; readonly name: string } | null> {
  const row = await trx
    .selectFrom('policy_teams as t')
    .innerJoin('policies as p', 'p.id', 't.policy_id')
    .where('t.team_id', '=', teamId)
    .select(['p.id', 'p.name'])
    .executeTakeFirst();
  return row ?? null;
}

/** Teams that have the policy, by name. */
export async function listPolicyTeams(
  db: Reader,
  organizationId: string,
  policyId: string,
): Promise<PolicyTeams> {
  await readStoredPolicy(db, organizationId, policyId);
  const rows = await db
    .selectFrom('policy_teams as pt')
    .innerJoin('teams as t', 't.id', 'pt.team_id')
    .where('pt.organization_id', '=', organizationId)
    .where('pt.policy_id', '=', policyId)
    .select((select) => [
      't.id',
      't.name',
      'pt.assigned_at',
      select
        .selectFrom('team_members as m')
        .whereRef('m.team_id', '=', 't.id')
        .select((count) => count.fn.countAll<number>().as('count'))
        .as('members'),
    ])
    .orderBy('t.name')
    .execute();
  return {
    teams: rows.map((row) => ({
      id: row.id,
      name: row.name,
      members: row.members ?? 0,
      assignedAt: row.assigned_at.toISOString(),
    })),
  };
}
