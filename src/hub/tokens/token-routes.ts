import {
  apiTokenCreationAnswerSchema,
  apiTokenCreationSchema,
  apiTokenListSchema,
  apiTokenQuerySchema,
  organizationPathSchema,
  tokenPathSchema,
} from '../../shared/contracts/hub-api.ts';
import { organizationOf } from '../access.ts';
import { changeBy } from '../audit/record.ts';
import { answers, noContent } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { createApiToken, listApiTokens, revokeApiToken } from './api-tokens.ts';

const tags = ['tokens'];

/** `/v1/orgs/{organization}/tokens` */
export function tokenRoutes(app: HubServer, { db, clock }: HubContext): void {
  app.get(
    '/v1/orgs/:organization/tokens',
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'List API tokens that still work',
        tags,
        params: organizationPathSchema,
        querystring: apiTokenQuerySchema,
        response: answers(200, apiTokenListSchema),
      },
    },
    (request) => listApiTokens(db, organizationOf(request).id, new Date(clock.now()), request.query),
  );
  app.post(
    '/v1/orgs/:organization/tokens',
    {
      config: { requires: 'owner', recentSignIn: true },
      schema: {
        summary: 'Create an API token; its secret is shown in this answer only',
        tags,
        params: organizationPathSchema,
        body: apiTokenCreationSchema,
        response: answers(201, apiTokenCreationAnswerSchema),
      },
    },
    async (request, reply) => {
      const answer = await createApiToken(
        db,
        changeBy(request, clock),
        organizationOf(request).id,
        request.body,
      );
      return reply.code(201).header('cache-control', 'no-store').send(answer);
    },
  );
  app.delete(
    '/v1/orgs/:organization/tokens/:tokenId',
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Revoke an API token',
        tags,
        params: tokenPathSchema,
        response: answers(204, noContent),
      },
    },
    async (request, reply) => {
      await revokeApiToken(db, changeBy(request, clock), organizationOf(request).id, request.params.tokenId);
      return reply.code(204).send();
    },
  );
}
