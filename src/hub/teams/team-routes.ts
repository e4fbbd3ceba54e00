import {
  organizationPathSchema,
  teamChangeSchema,
  teamCreationSchema,
  teamListSchema,
  teamMemberListSchema,
  teamMemberPathSchema,
  teamMemberQuerySchema,
  teamPathSchema,
  teamQuerySchema,
  teamSchema,
} from '../../shared/contracts/hub-api.ts';
import { organizationOf } from '../access.ts';
import { ifMatchSchema, tagged } from '../audit/made-from.ts';
import { changeBy } from '../audit/record.ts';
import { answers, noContent } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import {
  createTeam,
  deleteTeam,
  editedOfTeam,
  listTeamMembers,
  listTeams,
  readTeam,
  setTeamMember,
  updateTeam,
} from './team-service.ts';

const tags = ['teams'];

/** `/v1/orgs/{organization}/teams` */
export function teamRoutes(app: HubServer, context: HubContext): void {
  wholeTeamRoutes(app, context);
  teamMemberRoutes(app, context);
}

function wholeTeamRoutes(app: HubServer, { db, clock }: HubContext): void {
  app.get(
    '/v1/orgs/:organization/teams',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'List teams',
        tags,
        params: organizationPathSchema,
        querystring: teamQuerySchema,
        response: answers(200, teamListSchema),
      },
    },
    (request) => listTeams(db, organizationOf(request).id, request.query),
  );
  app.post(
    '/v1/orgs/:organization/teams',
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Create a team',
        tags,
        params: organizationPathSchema,
        body: teamCreationSchema,
        response: answers(201, teamSchema),
      },
    },
    async (request, reply) => {
      const team = await createTeam(db, changeBy(request, clock), organizationOf(request).id, request.body);
      return reply.code(201).send(team);
    },
  );
  app.get(
    '/v1/orgs/:organization/teams/:teamId',
    {
      config: { requires: 'editor' },
      schema: { summary: 'One team', tags, params: teamPathSchema, response: answers(200, teamSchema) },
    },
    async (request, reply) => {
      const team = await readTeam(db, organizationOf(request).id, request.params.teamId);
      return tagged(reply, team, editedOfTeam(team));
    },
  );
  app.patch(
    '/v1/orgs/:organization/teams/:teamId',
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Rename or describe a team',
        tags,
        params: teamPathSchema,
        headers: ifMatchSchema,
        body: teamChangeSchema,
        response: answers(200, teamSchema),
      },
    },
    async (request, reply) => {
      const change = { ...request.body, teamId: request.params.teamId };
      const team = await updateTeam(db, changeBy(request, clock), organizationOf(request).id, change);
      return tagged(reply, team, editedOfTeam(team));
    },
  );
  app.delete(
    '/v1/orgs/:organization/teams/:teamId',
    {
      config: { requires: 'owner' },
      schema: { summary: 'Delete a team', tags, params: teamPathSchema, response: answers(204, noContent) },
    },
    async (request, reply) => {
      await deleteTeam(db, changeBy(request, clock), organizationOf(request).id, request.params.teamId);
      return reply.code(204).send();
    },
  );
}

function teamMemberRoutes(app: HubServer, { db, clock }: HubContext): void {
  app.get(
    '/v1/orgs/:organization/teams/:teamId/members',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'Who is in a team',
        tags,
        params: teamPathSchema,
        querystring: teamMemberQuerySchema,
        response: answers(200, teamMemberListSchema),
      },
    },
    (request) => listTeamMembers(db, organizationOf(request).id, request.params.teamId, request.query),
  );
  for (const [method, present] of [
    ['PUT', true],
    ['DELETE', false],
  ] as const) {
    app.route({
      method,
      url: '/v1/orgs/:organization/teams/:teamId/members/:userId',
      config: { requires: 'owner' },
      schema: {
        summary: present ? 'Put a member into a team' : 'Take a member out of a team',
        tags,
        params: teamMemberPathSchema,
        response: answers(204, noContent),
      },
      handler: async (request, reply) => {
        const { teamId, userId } = request.params;
        await setTeamMember(db, changeBy(request, clock), organizationOf(request).id, {
          teamId,
          userId,
          present,
        });
        return reply.code(204).send();
      },
    });
  }
}
