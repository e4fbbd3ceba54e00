import { organizationPathSchema } from '../../shared/contracts/hub-api.ts';
import {
  acceptanceListSchema,
  acceptanceQuerySchema,
  acceptedConnectionListSchema,
  acceptedConnectionQuerySchema,
  acceptingOrganizationPathSchema,
  connectionPathSchema,
  sharedConnectionPathSchema,
} from '../../shared/contracts/hub-sso.ts';
import { organizationOf } from '../access.ts';
import { changeBy } from '../audit/record.ts';
import { answers, noContent } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { listAcceptances, listAccepted } from './acceptance-lists.ts';
import { acceptConnection, revokeAcceptance, withdrawConnection } from './acceptance-service.ts';

const tags = ['connections'];
const owner = { requires: 'owner' as const };

/** Which connections of others may provision into an organization, seen and changed from both sides. */
export function acceptanceRoutes(app: HubServer, { db, clock }: HubContext): void {
  const acceptances = '/v1/orgs/:organization/connections/:connectionId/acceptances';
  app.get(
    acceptances,
    {
      config: owner,
      schema: {
        summary: 'Organizations that accepted this connection',
        tags,
        params: connectionPathSchema,
        querystring: acceptanceQuerySchema,
        response: answers(200, acceptanceListSchema),
      },
    },
    (request) => {
      const { connectionId } = request.params;
      return listAcceptances(db, { organizationId: organizationOf(request).id, connectionId }, request.query);
    },
  );
  app.delete(
    `${acceptances}/:acceptingOrganization`,
    {
      config: owner,
      schema: {
        summary: 'Stop provisioning into an organization that accepted this connection',
        tags,
        params: acceptingOrganizationPathSchema,
        response: answers(204, noContent),
      },
    },
    async (request, reply) => {
      const { connectionId, acceptingOrganization } = request.params;
      const where = { organizationId: organizationOf(request).id, connectionId, acceptingOrganization };
      await withdrawConnection(db, changeBy(request, clock), where);
      return reply.code(204).send();
    },
  );
  const accepted = '/v1/orgs/:organization/accepted-connections';
  app.get(
    accepted,
    {
      config: owner,
      schema: {
        summary: 'Connections of other organizations that may provision into this one',
        tags,
        params: organizationPathSchema,
        querystring: acceptedConnectionQuerySchema,
        response: answers(200, acceptedConnectionListSchema),
      },
    },
    (request) => listAccepted(db, organizationOf(request).id, request.query),
  );
  for (const [method, summary, change] of [
    ['PUT', 'Let a connection of another organization provision into this one', acceptConnection],
    ['DELETE', 'Take that back', revokeAcceptance],
  ] as const) {
    app.route({
      method,
      url: `${accepted}/:sharedConnectionId`,
      // Taking it back only narrows who gets in.
      config: method === 'PUT' ? { ...owner, recentSignIn: true } : owner,
      schema: { summary, tags, params: sharedConnectionPathSchema, response: answers(204, noContent) },
      handler: async (request, reply) => {
        await change(db, changeBy(request, clock), {
          organizationId: organizationOf(request).id,
          connectionId: request.params.sharedConnectionId,
        });
        return reply.code(204).send();
      },
    });
  }
}
