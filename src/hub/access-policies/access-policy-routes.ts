import { accessPoliciesChangeSchema, accessPoliciesSchema } from '../../shared/contracts/access-policies.ts';
import { organizationPathSchema } from '../../shared/contracts/hub-api.ts';
import { organizationOf } from '../access.ts';
import { ifMatchSchema } from '../audit/made-from.ts';
import { changeBy } from '../audit/record.ts';
import { policyTag, versionFrom } from '../policies/policy-conditions.ts';
import { answers } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { changeAccessPolicies, readAccessPolicies } from './access-policy-service.ts';

const PATH = '/v1/orgs/:organization/access-policies';
const common = {
  tags: ['registry and image access'],
  params: organizationPathSchema,
  response: answers(200, accessPoliciesSchema),
};

/** `/v1/orgs/{organization}/access-policies`: from where images may come. */
export function accessPolicyRoutes(app: HubServer, { db, clock }: HubContext): void {
  app.get(
    PATH,
    {
      config: { requires: 'editor' },
      schema: { ...common, summary: 'Registries and kinds of images that members may use' },
    },
    async (request, reply) => {
      const found = await readAccessPolicies(db, organizationOf(request).id);
      return reply.header('etag', policyTag(found)).send(found);
    },
  );
  app.patch(
    PATH,
    {
      config: { requires: 'owner' },
      schema: {
        ...common,
        summary: 'Change them; they reach every member with the next bundle',
        headers: ifMatchSchema,
        body: accessPoliciesChangeSchema,
      },
    },
    async (request, reply) => {
      const edited = {
        organizationId: organizationOf(request).id,
        version: versionFrom(request.headers['if-match']),
      };
      const changed = await changeAccessPolicies(db, changeBy(request, clock), edited, request.body);
      return reply.header('etag', policyTag(changed)).send(changed);
    },
  );
}
