import {
  policyPathSchema,
  policySchema,
  revisionListSchema,
  revisionPathSchema,
  revisionQuerySchema,
  revisionRestorationSchema,
  revisionSchema,
} from '../../shared/contracts/hub-api.ts';
import { organizationOf } from '../access.ts';
import { ifMatchSchema } from '../audit/made-from.ts';
import { changeBy } from '../audit/record.ts';
import { answers } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { policyTag, presentPolicy, versionFrom } from './policy-conditions.ts';
import { restoreRevision } from './policy-service.ts';
import { listRevisions, readRevision } from './revision-list.ts';

const tags = ['revisions'];

/** `/v1/orgs/{organization}/policies/{policyId}/revisions` */
export function revisionRoutes(app: HubServer, { db, clock }: HubContext): void {
  app.get(
    '/v1/orgs/:organization/policies/:policyId/revisions',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'History of a policy, newest first',
        tags,
        params: policyPathSchema,
        querystring: revisionQuerySchema,
        response: answers(200, revisionListSchema),
      },
    },
    (request) => listRevisions(db, organizationOf(request).id, request.params.policyId, request.query),
  );
  app.get(
    '/v1/orgs/:organization/policies/:policyId/revisions/:revision',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'One revision with its document',
        tags,
        params: revisionPathSchema,
        response: answers(200, revisionSchema),
      },
    },
    (request) => {
      const { policyId, revision } = request.params;
      return readRevision(db, organizationOf(request).id, policyId, revision);
    },
  );
  app.post(
    '/v1/orgs/:organization/policies/:policyId/revisions/:revision/restore',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'Bring an earlier document back, as a new revision',
        tags,
        params: revisionPathSchema,
        headers: ifMatchSchema,
        body: revisionRestorationSchema,
        response: answers(200, policySchema),
      },
    },
    async (request, reply) => {
      const { policyId, revision } = request.params;
      const edited = {
        organizationId: organizationOf(request).id,
        policyId,
        version: versionFrom(request.headers['if-match']),
      };
      const wanted = { revision, reason: request.body.reason };
      const restored = await restoreRevision(db, changeBy(request, clock), edited, wanted);
      return reply.header('etag', policyTag(restored)).send(presentPolicy(restored));
    },
  );
}
