import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  AGENT_ROUTES,
  agentAccountSchema,
  agentErrorSchema,
  agentKeysSchema,
} from '../../shared/contracts/agent-api.ts';
import { BUNDLE_MEDIA_TYPE } from '../../shared/contracts/bundle.ts';
import type { Db } from '../database/connection.ts';
import type { AnswerEarly } from '../early-answers.ts';
import type { AgentAccess, AgentBearer } from '../identity/agent-access.ts';
import type { HubServer } from '../server.ts';
import { readAgentAccount } from './agent-account.ts';
import { NO_ORGANIZATION, notMember, organizationNamed, refuse, UNAUTHENTICATED } from './agent-refusals.ts';
import type { Bundles, Delivered } from './bundles.ts';
import { answerFromMemory, bundleHeaders, matches } from './remembered-policy.ts';
import { publishedKeys } from './signing-keys.ts';

export interface AgentRouteOptions {
  readonly db: Db;
  readonly access: AgentAccess;
  readonly bundles: Bundles;
  readonly answerEarly: AnswerEarly;
}

/** Every desktop asks each hour, thousands from one address: no limit by address, no log line, no page headers. */
export const LEAN = {
  config: { requires: 'own-check' as const, rateLimit: false as const },
  helmet: false as const,
  logLevel: 'warn' as const,
};

/** What desktops ask (docs/delivery.md section 2). */
export function registerAgentRoutes(app: HubServer, options: AgentRouteOptions): void {
  const { db, access, bundles, answerEarly } = options;
  const unknown = new WeakSet<IncomingMessage>();
  answerEarly(AGENT_ROUTES.policy.path, answerFromMemory({ access, bundles, unknown }));
  app.get(
    AGENT_ROUTES.policy.path,
    {
      ...LEAN,
      schema: {
        summary: 'The signed policy bundle of the bearer in one organization',
        tags: ['agent'],
        querystring: z.object({ org: z.string() }).partial(),
        response: {
          200: z.string().describe('A compact JWS'),
          304: z.null().describe('Unchanged'),
          '4xx': agentErrorSchema,
        },
      },
      // Both compilers would cost more than the answer; the one parameter is read below.
      validatorCompiler: () => () => true,
      serializerCompiler: () => (value) => (typeof value === 'string' ? value : JSON.stringify(value)),
    },
    // Where both answers are in memory no promise is made: that is nearly every request.
    (request, reply) => {
      if (unknown.has(request.raw)) return refuse(reply, UNAUTHENTICATED);
      const bearer = access.verify(request.headers.authorization);
      return bearer instanceof Promise
        ? bearer.then((known) => answerBearer(request, reply, bundles, known))
        : answerBearer(request, reply, bundles, bearer);
    },
  );
  app.get(
    AGENT_ROUTES.account.path,
    {
      ...LEAN,
      schema: { summary: 'Who the bearer is', tags: ['agent'], response: { 200: agentAccountSchema } },
    },
    async (request, reply) => {
      const bearer = await access.verify(request.headers.authorization);
      const account = bearer === null ? null : await readAgentAccount(db, bearer);
      if (account === null) {
        refuse(reply, UNAUTHENTICATED);
        return reply;
      }
      return reply.header('cache-control', 'no-store').send(account);
    },
  );
  app.get(
    AGENT_ROUTES.keys.path,
    {
      ...LEAN,
      // No bearer: asked once at sign-in, and when a key is unknown.
      config: { requires: 'own-check' },
      schema: {
        summary: 'Keys that sign bundles, each signed by its predecessor',
        tags: ['agent'],
        response: { 200: agentKeysSchema },
      },
    },
    async (_request, reply) =>
      reply.header('cache-control', 'public, max-age=60').send(await publishedKeys(db)),
  );
}

function answerBearer(
  request: FastifyRequest,
  reply: FastifyReply,
  bundles: Bundles,
  bearer: AgentBearer | null,
): void | Promise<void> {
  if (bearer === null) return refuse(reply, UNAUTHENTICATED);
  const organization = organizationNamed(request);
  if (organization === '') return refuse(reply, NO_ORGANIZATION);
  const delivered = bundles.find(bearer.userId, organization);
  return delivered instanceof Promise
    ? delivered.then((found) => answerFound(request, reply, organization, found))
    : answerFound(request, reply, organization, delivered);
}

function answerFound(
  request: FastifyRequest,
  reply: FastifyReply,
  organization: string,
  delivered: Delivered | null,
): void | Promise<void> {
  return delivered === null ? refuse(reply, notMember(organization)) : answer(request, reply, delivered);
}

/** Sends at once where it can: an answer without a promise is the cheapest one. */
function answer(request: FastifyRequest, reply: FastifyReply, delivered: Delivered): void | Promise<void> {
  reply.headers(bundleHeaders(delivered));
  if (matches(request.headers['if-none-match'], delivered.etag)) {
    reply.code(304).send();
    return;
  }
  reply.header('content-type', BUNDLE_MEDIA_TYPE);
  const jws = delivered.jws();
  if (jws instanceof Promise) return jws.then((signed) => void reply.send(signed));
  reply.send(jws);
}
