import { z } from 'zod';
import { organizationPathSchema, policyPathSchema, policySchema } from '../../shared/contracts/hub-api.ts';
import { overrideQuerySchema } from '../../shared/contracts/hub-overrides.ts';
import { exceptionsSchema, organizationOverridesSchema } from '../../shared/contracts/hub-rollouts.ts';
import { organizationOf } from '../access.ts';
import { ifMatchSchema } from '../audit/made-from.ts';
import { changeBy } from '../audit/record.ts';
import { policyTag, presentPolicy, versionFrom } from '../policies/policy-conditions.ts';
import { answers, noContent } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { changeExceptions } from './exceptions.ts';
import { listOverrides } from './override-list.ts';
import { endDueOverrides, endOverride } from './override-service.ts';

const tags = ['overrides'];
/** How late after its time an override may leave the bundle; the agent itself is never late. */
const SWEEP_MS = 5_000;

/** What users may override, and what they did override: for owners (docs/identity.md, table of roles). */
export function overrideRoutes(app: HubServer, context: HubContext): void {
  exceptionRoutes(app, context);
  grantRoutes(app, context);
  sweep(app, context);
}

function exceptionRoutes(app: HubServer, { db, clock }: HubContext): void {
  app.put(
    '/v1/orgs/:organization/policies/:policyId/exceptions',
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Say which locked settings users may override, and for how long',
        tags,
        params: policyPathSchema,
        headers: ifMatchSchema,
        body: exceptionsSchema,
        response: answers(200, policySchema),
      },
    },
    async (request, reply) => {
      const edited = {
        organizationId: organizationOf(request).id,
        policyId: request.params.policyId,
        version: versionFrom(request.headers['if-match']),
      };
      const changed = await changeExceptions(db, changeBy(request, clock), edited, request.body.exceptions);
      return reply.header('etag', policyTag(changed)).send(presentPolicy(changed));
    },
  );
}

function grantRoutes(app: HubServer, { db, clock }: HubContext): void {
  app.get(
    '/v1/orgs/:organization/overrides',
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Overrides of members, newest first',
        tags,
        params: organizationPathSchema,
        querystring: overrideQuerySchema,
        response: answers(200, organizationOverridesSchema),
      },
    },
    (request) => listOverrides(db, organizationOf(request).id, request.query),
  );
  app.delete(
    '/v1/orgs/:organization/overrides/:overrideId',
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Revoke an override: the value of the policy returns',
        tags,
        params: organizationPathSchema.extend({ overrideId: z.uuid() }),
        response: answers(204, noContent),
      },
    },
    async (request, reply) => {
      const wanted = { organizationId: organizationOf(request).id, id: request.params.overrideId };
      await endOverride(db, changeBy(request, clock), wanted);
      return reply.code(204).send();
    },
  );
}

function sweep(app: HubServer, { db, clock, log }: HubContext): void {
  let running: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    running = endDueOverrides(db, new Date(clock.now())).catch((error: unknown) =>
      log.warn({ err: error }, 'overrides whose time has come could not be ended; trying again'),
    );
  }, SWEEP_MS);
  timer.unref();
  app.addHook('onClose', async () => {
    clearInterval(timer);
    await running;
  });
}
