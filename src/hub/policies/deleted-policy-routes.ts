import { organizationPathSchema } from '../../shared/contracts/hub-api.ts';
import {
  deletedPolicyListSchema,
  deletedPolicyPathSchema,
  deletedPolicyQuerySchema,
  policyUndeletionAnswerSchema,
  policyUndeletionSchema,
} from '../../shared/contracts/hub-deleted-policies.ts';
import { organizationOf } from '../access.ts';
import { changeBy } from '../audit/record.ts';
import { answers } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { listDeletedPolicies, restoreDeletedPolicy } from './deleted-policies.ts';

const tags = ['policies'];

/** `/v1/orgs/{organization}/deleted-policies` */
export function deletedPolicyRoutes(app: HubServer, { db, clock }: HubContext): void {
  app.get(
    '/v1/orgs/:organization/deleted-policies',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'Deleted policies that can be restored still, last deleted first',
        tags,
        params: organizationPathSchema,
        querystring: deletedPolicyQuerySchema,
        response: answers(200, deletedPolicyListSchema),
      },
    },
    (request) => listDeletedPolicies(db, organizationOf(request).id, new Date(clock.now()), request.query),
  );
  app.post(
    '/v1/orgs/:organization/deleted-policies/:deletedPolicyId/restore',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'Restore a deleted policy, with its history and the assignments that are free still',
        tags,
        params: deletedPolicyPathSchema,
        body: policyUndeletionSchema,
        response: answers(200, policyUndeletionAnswerSchema),
      },
    },
    (request) =>
      restoreDeletedPolicy(db, changeBy(request, clock), organizationOf(request).id, {
        policyId: request.params.deletedPolicyId,
        name: request.body.name,
      }),
  );
}
