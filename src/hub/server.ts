import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyBaseLogger, type FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { Registry } from 'prom-client';
import { DEEPEST_BODY, isNestedDeeper } from '../shared/contracts/json-limits.ts';
import { RefusalError } from '../shared/contracts/refusal.ts';
import { createAccessCheck } from './access.ts';
import { answerHeaders, headersAlone, keepNoData } from './answer-headers.ts';
import type { Authenticate } from './authentication.ts';
import type { Clock } from './clock.ts';
import type { Announcements } from './database/announcements.ts';
import type { Db } from './database/connection.ts';
import { answerEarly } from './early-answers.ts';
import { answerErrors } from './error-answers.ts';
import type { HubConfig, HubContext, HubPlugin, HubServer } from './hub-plugin.ts';
import type { Logger } from './logging.ts';
import { measureRequests } from './operations/metrics.ts';
import { describeRoutes } from './operations/openapi.ts';
import { limitRefused, RATE_LIMIT } from './rate-limits.ts';
import { followWork, type RunningWork } from './running-work.ts';
import { unreadableRequests } from './unreadable-requests.ts';

export type { HubConfig, HubContext, HubPlugin, HubServer } from './hub-plugin.ts';

export interface ServerOptions {
  readonly db: Db;
  readonly config: HubConfig;
  readonly log: Logger;
  readonly clock: Clock;
  readonly announcements: Announcements;
  /** Asked in this order; the first that knows the caller wins. */
  readonly authenticators: readonly Authenticate[];
  readonly plugins: readonly HubPlugin[];
  /** Where numbers for Prometheus are collected; left out, they are counted for nobody. */
  readonly metrics?: Registry;
  /** Told of the work for each request; left out, nobody waits for it. */
  readonly work?: RunningWork;
}

/** A policy document may have 1 MiB, and travels inside a JSON string. */
const BODY_LIMIT = 3 * 1024 * 1024;

/** Builds the server without listening: `server.inject` or `server.listen` follow. */
export async function buildServer(options: ServerOptions): Promise<HubServer> {
  const { config, work = followWork() } = options;
  const unreadable = unreadableRequests(headersAlone(config));
  const app: HubServer = fastify({
    frameworkErrors: unreadable.badAddress,
    clientErrorHandler: unreadable.badHead,
    loggerInstance: options.log as FastifyBaseLogger,
    bodyLimit: BODY_LIMIT,
    trustProxy: config.trustProxy.length === 0 ? false : [...config.trustProxy],
    requestTimeout: 60_000,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: false },
    ...(config.tls === undefined ? {} : { https: config.tls }),
  } as object).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest('actor', null);
  app.decorateRequest('actingOrganization', null);
  answerErrors(app);
  app.addHook('onRoute', (route) => {
    if (route.config?.requires === undefined) {
      throw new Error(`${String(route.method)} ${route.url} does not say what it requires of the caller`);
    }
    const { handler } = route;
    route.handler = function followed(request, reply) {
      return work.follow(handler.call(this, request, reply));
    };
  });
  await app.register(cookie);
  await app.register(helmet, answerHeaders(config));
  app.addHook('onRequest', keepNoData);
  await app.register(rateLimit, RATE_LIMIT);
  const origin = new URL(config.publicUrl).origin;
  const checkAccess = createAccessCheck({
    db: options.db,
    authenticators: options.authenticators,
    origin,
    clock: options.clock,
  });
  const letIn = limitRefused(app, checkAccess);
  app.addHook('onRequest', (request, reply) => work.follow(letIn(request, reply)));
  app.addHook('preValidation', refuseEndlessNesting);
  const metrics = options.metrics ?? new Registry();
  const early = answerEarly(app.server, measureRequests(app, metrics));
  app.addHook('preClose', async () => early.stop());
  await describeRoutes(app, config);
  const context: HubContext = {
    ...options,
    ...{ metrics, checkAccess, answerEarly: early.add, onUnreadable: unreadable.onUnreadable },
  };
  for (const plugin of options.plugins) {
    await app.register(async (scope) => plugin(scope.withTypeProvider<ZodTypeProvider>(), context));
  }
  return app;
}

/** What checks the shapes of bodies goes down with them: one that is too deep would be a fault of the hub's. */
async function refuseEndlessNesting({ body }: FastifyRequest): Promise<void> {
  if (!isNestedDeeper(body, DEEPEST_BODY)) return;
  throw new RefusalError({
    code: 'bad_request',
    message: `Lists and objects of the request are nested more than ${DEEPEST_BODY} deep, which nothing here needs.`,
    help: 'Send it without the nesting.',
  });
}
