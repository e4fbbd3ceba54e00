import { assignmentAnswerSchema, policyPathSchema, teamPathSchema } from '../../shared/contracts/hub-api.ts';
import { policyTeamsSchema, teamAssignmentSchema } from '../../shared/contracts/hub-rollouts.ts';
import { organizationOf } from '../access.ts';
import { changeBy } from '../audit/record.ts';
import { answers, noContent } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { assignPolicyToTeam, listPolicyTeams, unassignPolicyFromTeam } from './team-assignment-service.ts';

const tags = ['assignments'];

/** Policies of teams. */
export function teamAssignmentRoutes(app: HubServer, { db, clock }: HubContext): void {
  app.get(
    '/v1/orgs/:organization/policies/:policyId/teams',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'Teams that have the policy assigned',
        tags,
        params: policyPathSchema,
        response: answers(200, policyTeamsSchema),
      },
    },
    (request) => listPolicyTeams(db, organizationOf(request).id, request.params.policyId),
  );
  app.put(
    '/v1/orgs/:organization/teams/:teamId/policy',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'Assign a policy to a team; moving it names the policy it is moved from',
        tags,
        params: teamPathSchema,
        body: teamAssignmentSchema,
        response: answers(200, assignmentAnswerSchema),
      },
    },
    (request) => {
      const wanted = { teamId: request.params.teamId, ...request.body };
      return assignPolicyToTeam(db, changeBy(request, clock), organizationOf(request).id, wanted);
    },
  );
  app.delete(
    '/v1/orgs/:organization/teams/:teamId/policy',
    {
      config: { requires: 'editor' },
      schema: {
        summary: "Take a team's policy away",
        tags,
        params: teamPathSchema,
        response: answers(204, noContent),
      },
    },
    async (request, reply) => {
      const { teamId } = request.params;
      await unassignPolicyFromTeam(db, changeBy(request, clock), organizationOf(request).id, teamId);
      return reply.code(204).send();
    },
  );
}
