import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HubContext, HubPlugin, HubServer } from '../server.ts';
import { authenticated } from './authenticated.ts';
import { discoveryRoutes } from './discovery-routes.ts';
import { parseBody, readText } from './parse-body.ts';
import { noteRefusal } from './refusals.ts';
import { GROUPS, USERS } from './resource-kind.ts';
import { resourceRoutes } from './resource-routes.ts';
import { rootSearchRoutes } from './root-search-routes.ts';
import { asScimError, BODY_LIMIT, SCIM_MEDIA_TYPE, sendError } from './scim-answers.ts';
import { ScimError } from './scim-error.ts';
import type { ScimRequest, ScimRoute } from './scim-route.ts';
import { scimActorName } from './settings.ts';
import type { ScimConnection } from './tokens.ts';

/** The base paths: the RFC's, and the one that Docker's clients are configured with. */
const BASES = ['/scim/v2', '/v2/scim/2.0'] as const;

/** Per minute and token: Entra asks for 25 a second, and bursts. */
const REQUESTS_PER_MINUTE = 12_000;

/** SCIM 2.0 at both base paths (RFC 7643, 7644; docs/identity.md section 4). */
export const scimPlugin: HubPlugin = createScimPlugin({ requestsPerMinute: REQUESTS_PER_MINUTE });

/** The same with another limit of requests, for each token. */
export function createScimPlugin({ requestsPerMinute }: { readonly requestsPerMinute: number }): HubPlugin {
  return async (app, context) => {
    const routes = [
      ...discoveryRoutes(),
      ...resourceRoutes(context.db, USERS),
      ...resourceRoutes(context.db, GROUPS),
      ...rootSearchRoutes(context),
    ];
    for (const base of BASES) {
      await app.register(
        async (scope) => serve(scope as HubServer, context, { base, routes, requestsPerMinute }),
        { prefix: base },
      );
    }
  };
}

function serve(
  scope: HubServer,
  context: HubContext,
  {
    base,
    routes,
    requestsPerMinute,
  }: { readonly base: string; readonly routes: readonly ScimRoute[]; readonly requestsPerMinute: number },
): void {
  readBodiesAsText(scope);
  scope.decorateRequest('scimConnection', null);
  scope.decorateRequest('scimConnectionId', null);
  const refuse = async (error: ScimError, request: FastifyRequest, reply: FastifyReply) => {
    await keepRefusal(context, request, error);
    return sendError(reply, error);
  };
  scope.setErrorHandler((error, request, reply) => refuse(asScimError(error, request), request, reply));
  context.onUnreadable(base, (part, status, detail) => ({
    contentType: `${SCIM_MEDIA_TYPE}; charset=utf-8`,
    body: JSON.stringify(
      new ScimError(status, detail, part === 'address' && status === 400 ? 'invalidPath' : undefined).body(),
    ),
  }));
  const authenticate = authenticated(context);
  scope.setNotFoundHandler(
    { preHandler: async (request: FastifyRequest) => void (await authenticate(request)) },
    (request, reply) => refuse(nothingThere(request, reply, base, routes), request, reply),
  );
  for (const { method, path, handler } of routes) {
    scope.route({
      method,
      url: path,
      bodyLimit: BODY_LIMIT,
      config: {
        requires: 'own-check',
        // Whole fleets come from one address: what is counted is the token.
        rateLimit: {
          // The hub's own limit passes over routes that judge for themselves; this one is for them.
          allowList: [],
          max: requestsPerMinute,
          timeWindow: '1 minute',
          keyGenerator: (request) => request.headers.authorization ?? request.ip,
        },
      },
      // Before the body: nobody unknown makes the hub read 16 MiB.
      onRequest: async (request) => {
        request.scimConnection = await authenticate(request);
      },
      handler: async (request, reply) => {
        const connection = request.scimConnection;
        if (connection === null) throw new ScimError(401, 'Send the SCIM token.');
        void reply
          .header('content-type', `${SCIM_MEDIA_TYPE}; charset=utf-8`)
          .header('cache-control', 'no-store');
        const params = request.params;
        const id =
          typeof params === 'object' && params !== null && 'id' in params && typeof params.id === 'string'
            ? params.id
            : '';
        const answer = await handler(scimRequest(context, request, connection), reply, { id });
        return reply.send(answer === undefined ? undefined : JSON.stringify(answer));
      },
    });
  }
}

/** 405 where the path exists and the method does not (RFC 9110 section 15.5.6), else 404. */
function nothingThere(
  request: FastifyRequest,
  reply: FastifyReply,
  base: string,
  routes: readonly ScimRoute[],
): ScimError {
  const path = (request.url.split('?', 1)[0] ?? '').slice(base.length);
  const allowed = routes
    .filter((route) => new RegExp(`^${route.path.replace('.', '\\.').replace(':id', '[^/]+')}$`).test(path))
    .map((route) => route.method);
  if (allowed.length === 0) return new ScimError(404, `There is nothing at ${path.slice(0, 200)}.`);
  const methods = [...new Set(allowed.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))];
  void reply.header('allow', methods.join(', '));
  return new ScimError(405, `${path.slice(0, 200)} takes ${methods.join(', ')}, not ${request.method}.`);
}

// Parsed here and not by the framework: what is wrong with a body must be said in SCIM's own words.
function readBodiesAsText(scope: HubServer): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    ['application/scim+json', 'application/json'],
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) => readText(body),
  );
}

function scimRequest(
  { config, clock }: HubContext,
  request: FastifyRequest,
  connection: ScimConnection,
): ScimRequest {
  const base = BASES.find((candidate) => request.url.startsWith(`${candidate}/`)) ?? BASES[0];
  return {
    connection,
    context: {
      actor: { kind: 'system', name: scimActorName(connection) },
      sourceAddress: request.ip,
      at: new Date(clock.now()),
    },
    base: `${config.publicUrl}${base}`,
    ifMatch: request.headers['if-match'],
    ifNoneMatch: request.headers['if-none-match'],
    query: request.query,
    body: parseBody(request.body),
  };
}

/** Lets the owners see why their identity provider fails. An empty look-up is nothing that fails. */
async function keepRefusal(
  { db, clock, log }: HubContext,
  request: FastifyRequest,
  error: ScimError,
): Promise<void> {
  const { scimConnectionId: connectionId, method } = request;
  if (connectionId === null || (error.status === 404 && method === 'GET')) return;
  const path = request.url.split('?', 1)[0] ?? '';
  const refused = { connectionId, at: new Date(clock.now()), method, path, sourceAddress: request.ip, error };
  await noteRefusal(db, refused).catch((reason: unknown) =>
    log.warn({ err: reason }, 'a refused SCIM request could not be noted'),
  );
}
