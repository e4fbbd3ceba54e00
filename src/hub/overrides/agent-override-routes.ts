import { z } from 'zod';
import {
  AGENT_ROUTES,
  agentErrorSchema,
  overrideAnswerSchema,
  overrideListSchema,
  overrideRequestSchema,
} from '../../shared/contracts/agent-api.ts';
import type { Clock } from '../clock.ts';
import type { Db } from '../database/connection.ts';
import { changeByAgent, createAgentCallers, sessionKey } from '../delivery/agent-caller.ts';
import type { AgentAccess } from '../identity/agent-access.ts';
import { noContent } from '../route-answers.ts';
import type { HubServer } from '../server.ts';
import { endOverride, grantOverride, listOwnOverrides } from './override-service.ts';

const querystring = z.object({ org: z.string() }).partial();

/** What a desktop asks about overrides (docs/delivery.md section 6). */
export function agentOverrideRoutes(
  app: HubServer,
  options: { readonly db: Db; readonly access: AgentAccess; readonly clock: Clock },
): void {
  const { db, clock } = options;
  const callers = createAgentCallers(options);
  const common = {
    config: {
      requires: 'own-check' as const,
      rateLimit: { max: 30, timeWindow: '1 minute', keyGenerator: sessionKey, allowList: [] },
    },
    helmet: false as const,
    onRequest: callers.check,
  };
  app.post(
    AGENT_ROUTES.requestOverride.path,
    {
      ...common,
      schema: {
        summary: 'Override a locked setting for a time, where the policy allows it',
        tags: ['agent'],
        querystring,
        body: overrideRequestSchema,
        response: { 201: overrideAnswerSchema, '4xx': agentErrorSchema },
      },
    },
    async (request, reply) => {
      const caller = callers.of(request);
      const granted = await grantOverride(db, changeByAgent(caller, request, clock), caller, request.body);
      return reply.code(201).header('cache-control', 'no-store').send(granted);
    },
  );
  app.get(
    AGENT_ROUTES.overrides.path,
    {
      ...common,
      schema: {
        summary: "The bearer's own overrides that are in force",
        tags: ['agent'],
        querystring,
        response: { 200: overrideListSchema, '4xx': agentErrorSchema },
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      return { overrides: await listOwnOverrides(db, callers.of(request)) };
    },
  );
  app.delete(
    AGENT_ROUTES.endOverride.path.replace('{id}', ':id'),
    {
      ...common,
      schema: {
        summary: "End one of the bearer's own overrides before its time",
        tags: ['agent'],
        querystring,
        params: z.object({ id: z.uuid() }),
        response: { 204: noContent, '4xx': agentErrorSchema },
      },
    },
    async (request, reply) => {
      const caller = callers.of(request);
      const { organizationId, userId } = caller;
      const wanted = { organizationId, userId, id: request.params.id };
      await endOverride(db, changeByAgent(caller, request, clock), wanted);
      return reply.code(204).send();
    },
  );
}
