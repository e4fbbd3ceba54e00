import type { FastifyRequest } from 'fastify';
import { policyPathSchema, policySchema } from '../../shared/contracts/hub-api.ts';
import {
  rollbackSchema,
  rolloutChangeSchema,
  rolloutStartSchema,
} from '../../shared/contracts/hub-rollouts.ts';
import { organizationOf } from '../access.ts';
import { ifMatchSchema } from '../audit/made-from.ts';
import { changeBy } from '../audit/record.ts';
import { policyTag, presentPolicy, versionFrom } from '../policies/policy-conditions.ts';
import type { Edited } from '../policies/policy-refusals.ts';
import { answers } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { changeRollout, promoteRollout, rollBack, startRollout } from './rollout-service.ts';

const BASE = '/v1/orgs/:organization/policies/:policyId';
const common = {
  tags: ['roll-outs'],
  params: policyPathSchema,
  headers: ifMatchSchema,
  response: answers(200, policySchema),
};
const config = { requires: 'editor' as const };

/** Revisions that go to some members first. */
export function rolloutRoutes(app: HubServer, { db, clock }: HubContext): void {
  app.post(
    `${BASE}/rollout`,
    {
      config,
      schema: {
        ...common,
        summary: 'Give a revision, or a new document, to a percentage or to named teams first',
        body: rolloutStartSchema,
      },
    },
    async (request, reply) => {
      const edited = editedBy(request, request.params.policyId);
      const changed = await startRollout(db, changeBy(request, clock), edited, request.body);
      return reply.header('etag', policyTag(changed)).send(presentPolicy(changed));
    },
  );
  app.patch(
    `${BASE}/rollout`,
    {
      config,
      schema: {
        ...common,
        summary: 'Widen, narrow, pause or continue a roll-out',
        body: rolloutChangeSchema,
      },
    },
    async (request, reply) => {
      const edited = editedBy(request, request.params.policyId);
      const changed = await changeRollout(db, changeBy(request, clock), edited, request.body);
      return reply.header('etag', policyTag(changed)).send(presentPolicy(changed));
    },
  );
  app.post(
    `${BASE}/rollout/promote`,
    { config, schema: { ...common, summary: 'Give the revision to everyone' } },
    async (request, reply) => {
      const edited = editedBy(request, request.params.policyId);
      const changed = await promoteRollout(db, changeBy(request, clock), edited);
      return reply.header('etag', policyTag(changed)).send(presentPolicy(changed));
    },
  );
  app.post(
    `${BASE}/rollback`,
    {
      config,
      schema: {
        ...common,
        summary: 'Take back the roll-out, or without one the last change of the document',
        body: rollbackSchema,
      },
    },
    async (request, reply) => {
      const edited = editedBy(request, request.params.policyId);
      const changed = await rollBack(db, changeBy(request, clock), edited, request.body.reason);
      return reply.header('etag', policyTag(changed)).send(presentPolicy(changed));
    },
  );
}

function editedBy(request: FastifyRequest, policyId: string): Edited {
  const header = request.headers['if-match'];
  return { organizationId: organizationOf(request).id, policyId, version: versionFrom(header) };
}
