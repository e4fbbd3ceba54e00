import {
  assignmentAnswerSchema,
  assignmentListSchema,
  assignmentQuerySchema,
  assignmentSchema,
  defaultPolicyAnswerSchema,
  defaultPolicySchema,
  memberPathSchema,
  organizationPathSchema,
  policyPathSchema,
} from '../../shared/contracts/hub-api.ts';
import {
  assignmentFileAnswerSchema,
  assignmentFileSchema,
} from '../../shared/contracts/hub-assignment-lists.ts';
import { organizationOf } from '../access.ts';
import { ifMatchSchema, tagged } from '../audit/made-from.ts';
import { changeBy } from '../audit/record.ts';
import { answers, noContent } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { assignPolicyByFile } from './assignment-file.ts';
import { listAssignments } from './assignment-list.ts';
import {
  assignPolicy,
  editedOfDefault,
  readDefaultPolicy,
  setDefaultPolicy,
  unassignPolicy,
} from './assignment-service.ts';

/** Who gets which policy: the organization's default, and members' own. */
export function assignmentRoutes(app: HubServer, context: HubContext): void {
  defaultRoutes(app, context);
  userRoutes(app, context);
}

function defaultRoutes(app: HubServer, { db, clock }: HubContext): void {
  app.get(
    '/v1/orgs/:organization/default-policy',
    {
      config: { requires: 'editor' },
      schema: {
        summary: "The organization's default policy, if there is one",
        tags: ['assignments'],
        params: organizationPathSchema,
        response: answers(200, defaultPolicyAnswerSchema),
      },
    },
    async (request, reply) => {
      const found = await readDefaultPolicy(db, organizationOf(request).id);
      return tagged(reply, found, editedOfDefault(found));
    },
  );
  app.put(
    '/v1/orgs/:organization/default-policy',
    {
      config: { requires: 'editor' },
      schema: {
        summary: "Set the organization's default policy, or none",
        tags: ['assignments'],
        params: organizationPathSchema,
        headers: ifMatchSchema,
        body: defaultPolicySchema,
        response: answers(200, defaultPolicyAnswerSchema),
      },
    },
    async (request, reply) => {
      const { id } = organizationOf(request);
      const found = await setDefaultPolicy(db, changeBy(request, clock), id, request.body.policyId);
      return tagged(reply, found, editedOfDefault(found));
    },
  );
}

function userRoutes(app: HubServer, { db, clock }: HubContext): void {
  app.post(
    '/v1/orgs/:organization/policies/:policyId/users',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'Assign a policy to the users of a CSV file; a dry run says what would happen, line by line',
        tags: ['assignments'],
        params: policyPathSchema,
        body: assignmentFileSchema,
        response: answers(200, assignmentFileAnswerSchema),
      },
    },
    (request) =>
      assignPolicyByFile(db, changeBy(request, clock), organizationOf(request).id, {
        ...request.body,
        policyId: request.params.policyId,
      }),
  );
  app.get(
    '/v1/orgs/:organization/policies/:policyId/users',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'Members who have the policy assigned',
        tags: ['assignments'],
        params: policyPathSchema,
        querystring: assignmentQuerySchema,
        response: answers(200, assignmentListSchema),
      },
    },
    (request) => listAssignments(db, organizationOf(request).id, request.params.policyId, request.query),
  );
  app.put(
    '/v1/orgs/:organization/members/:userId/policy',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'Assign a policy to a member; moving one names the policy they are moved from',
        tags: ['assignments'],
        params: memberPathSchema,
        body: assignmentSchema,
        response: answers(200, assignmentAnswerSchema),
      },
    },
    (request) => {
      const wanted = { userId: request.params.userId, ...request.body };
      return assignPolicy(db, changeBy(request, clock), organizationOf(request).id, wanted);
    },
  );
  app.delete(
    '/v1/orgs/:organization/members/:userId/policy',
    {
      config: { requires: 'editor' },
      schema: {
        summary: "Take a member's own policy away",
        tags: ['assignments'],
        params: memberPathSchema,
        response: answers(204, noContent),
      },
    },
    async (request, reply) => {
      await unassignPolicy(db, changeBy(request, clock), organizationOf(request).id, request.params.userId);
      return reply.code(204).send();
    },
  );
}
