import { Readable } from 'node:stream';
import {
  documentCheckAnswerSchema,
  documentCheckSchema,
  organizationPathSchema,
  policyChangeSchema,
  policyCreationSchema,
  policyDuplicationSchema,
  policyExportQuerySchema,
  policyListSchema,
  policyOrderListSchema,
  policyOrderSchema,
  policyPathSchema,
  policyQuerySchema,
  policySchema,
} from '../../shared/contracts/hub-api.ts';
import { organizationOf } from '../access.ts';
import { ifMatchSchema, tagged } from '../audit/made-from.ts';
import { changeBy } from '../audit/record.ts';
import { answers, noContent, streamedFile } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { assignmentRoutes } from './assignment-routes.ts';
import { deletePolicy } from './deleted-policies.ts';
import { deletedPolicyRoutes } from './deleted-policy-routes.ts';
import { checkDocument } from './document.ts';
import { exportPolicy } from './export/export-policy.ts';
import { policyTag, presentPolicy, versionFrom } from './policy-conditions.ts';
import { listPolicies, pagePolicies, readStoredPolicy } from './policy-list.ts';
import {
  createPolicy,
  duplicatePolicy,
  editedOfOrder,
  orderPolicies,
  updatePolicy,
} from './policy-service.ts';
import { revisionRoutes } from './revision-routes.ts';
import { teamAssignmentRoutes } from './team-assignment-routes.ts';

/** `/v1/orgs/{organization}/policies`, the default and assignments. */
export function policyRoutes(app: HubServer, context: HubContext): void {
  listRoutes(app, context);
  readRoutes(app, context);
  changeRoutes(app, context);
  revisionRoutes(app, context);
  assignmentRoutes(app, context);
  teamAssignmentRoutes(app, context);
  deletedPolicyRoutes(app, context);
}

const tags = ['policies'];

function listRoutes(app: HubServer, { db, clock }: HubContext): void {
  app.get(
    '/v1/orgs/:organization/policies',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'List and search policies',
        tags,
        params: organizationPathSchema,
        querystring: policyQuerySchema,
        response: answers(200, policyListSchema),
      },
    },
    (request) => pagePolicies(db, organizationOf(request).id, request.query),
  );
  app.post(
    '/v1/orgs/:organization/policies',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'Create a policy, from text (an admin-settings.json) or an object',
        tags,
        params: organizationPathSchema,
        body: policyCreationSchema,
        response: answers(201, policySchema),
      },
    },
    async (request, reply) => {
      const created = await createPolicy(
        db,
        changeBy(request, clock),
        organizationOf(request).id,
        request.body,
      );
      return reply.code(201).header('etag', policyTag(created)).send(presentPolicy(created));
    },
  );
  app.get(
    '/v1/orgs/:organization/policy-order',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'All policies in their order, whole: it is changed as a whole',
        tags,
        params: organizationPathSchema,
        response: answers(200, policyOrderListSchema),
      },
    },
    async (request, reply) => {
      const policies = await listPolicies(db, organizationOf(request).id);
      const order = policies.map(({ id, name, teams }) => ({
        id,
        name,
        teams: teams.map((team) => team.name),
      }));
      return tagged(reply, { policies: order }, editedOfOrder(order));
    },
  );
  app.put(
    '/v1/orgs/:organization/policy-order',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'Put the policies in order',
        tags,
        params: organizationPathSchema,
        headers: ifMatchSchema,
        body: policyOrderSchema,
        response: answers(200, policyListSchema),
      },
    },
    async (request) => {
      const { id } = organizationOf(request);
      await orderPolicies(db, changeBy(request, clock), id, request.body.policyIds);
      const policies = await listPolicies(db, id);
      return { policies, total: policies.length, next: null };
    },
  );
  app.post(
    '/v1/orgs/:organization/policy-check',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'Check a document without saving it',
        tags,
        params: organizationPathSchema,
        body: documentCheckSchema,
        response: answers(200, documentCheckAnswerSchema),
      },
    },
    async (request) => {
      const { acceptable, problems } = checkDocument(request.body);
      return { acceptable, problems: [...problems] };
    },
  );
}

function readRoutes(app: HubServer, { db }: HubContext): void {
  app.get(
    '/v1/orgs/:organization/policies/:policyId',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'One policy with its document',
        tags,
        params: policyPathSchema,
        response: answers(200, policySchema),
      },
    },
    async (request, reply) => {
      const stored = await readStoredPolicy(db, organizationOf(request).id, request.params.policyId);
      return reply.header('etag', policyTag(stored)).send(presentPolicy(stored));
    },
  );
  app.get(
    '/v1/orgs/:organization/policies/:policyId/export',
    {
      config: { requires: 'editor' },
      schema: {
        summary:
          'The policy as a file: admin-settings.json, configuration profile of macOS, registry file of Windows',
        tags,
        params: policyPathSchema,
        querystring: policyExportQuerySchema,
        response: answers(200, streamedFile),
        produces: ['application/json', 'application/x-apple-aspen-config', 'text/x-ms-regedit'],
      },
    },
    async (request, reply) => {
      const { id, name } = organizationOf(request);
      const stored = await readStoredPolicy(db, id, request.params.policyId);
      const file = exportPolicy({ ...stored, organization: name }, request.query.format);
      return reply
        .header('content-disposition', `attachment; filename="${file.name}"`)
        .type(file.mediaType)
        .send(Readable.from([file.content]));
    },
  );
}

function changeRoutes(app: HubServer, { db, clock }: HubContext): void {
  app.patch(
    '/v1/orgs/:organization/policies/:policyId',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'Change a policy; a new document is a new revision',
        tags,
        params: policyPathSchema,
        headers: ifMatchSchema,
        body: policyChangeSchema,
        response: answers(200, policySchema),
      },
    },
    async (request, reply) => {
      const edited = {
        organizationId: organizationOf(request).id,
        policyId: request.params.policyId,
        version: versionFrom(request.headers['if-match']),
      };
      const changed = await updatePolicy(db, changeBy(request, clock), edited, request.body);
      return reply.header('etag', policyTag(changed)).send(presentPolicy(changed));
    },
  );
  app.delete(
    '/v1/orgs/:organization/policies/:policyId',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'Delete a policy; for 30 days it can be restored',
        tags,
        params: policyPathSchema,
        headers: ifMatchSchema,
        response: answers(204, noContent),
      },
    },
    async (request, reply) => {
      const edited = {
        organizationId: organizationOf(request).id,
        policyId: request.params.policyId,
        version: versionFrom(request.headers['if-match']),
      };
      await deletePolicy(db, changeBy(request, clock), edited);
      return reply.code(204).send();
    },
  );
  app.post(
    '/v1/orgs/:organization/policies/:policyId/duplicate',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'Copy a policy under another name',
        tags,
        params: policyPathSchema,
        body: policyDuplicationSchema,
        response: answers(201, policySchema),
      },
    },
    async (request, reply) => {
      const wanted = { policyId: request.params.policyId, name: request.body.name };
      const copy = await duplicatePolicy(db, changeBy(request, clock), organizationOf(request).id, wanted);
      return reply.code(201).header('etag', policyTag(copy)).send(presentPolicy(copy));
    },
  );
}
