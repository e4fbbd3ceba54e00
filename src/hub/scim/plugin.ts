import type { FastifyReply, FastifyRequest } from 'fastify';
import { REFUSALS, RefusalError } from '../../shared/contracts/refusal.ts';
import type { HubContext, HubPlugin, HubServer } from '../server.ts';
import { discoveryRoutes } from './discovery-routes.ts';
import { GROUPS, USERS } from './resource-kind.ts';
import { resourceRoutes } from './resource-routes.ts';
import { rootSearchRoutes } from './root-search-routes.ts';
import { ScimError } from './scim-error.ts';
import type { ScimRequest, ScimRoute } from './scim-route.ts';
import { scimActorName } from './settings.ts';
import { connectionOfToken, noteTokenUse, type ScimConnection } from './tokens.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The connection whose token came with the request; on routes of SCIM. */
    scimConnection: ScimConnection | null;
  }
}

/** Media type of every SCIM answer (RFC 7644 section 3.1). */
export const SCIM_MEDIA_TYPE = 'application/scim+json';

/** The base paths: the RFC's, and the one that Docker's clients are configured with. */
const BASES = ['/scim/v2', '/v2/scim/2.0'] as const;

/** A full push of 20,000 members is larger than any other body of the hub. */
const BODY_LIMIT = 16 * 1024 * 1024;
/** Deeper than any resource. */
const MAX_DEPTH = 64;
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
  scope.setErrorHandler((error, request, reply) => sendError(reply, asScimError(error, request)));
  const authenticate = authenticated(context);
  scope.setNotFoundHandler(
    { preHandler: async (request: FastifyRequest) => void (await authenticate(request)) },
    (request, reply) => sendError(reply, nothingThere(request, reply, base, routes)),
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
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
}

function authenticated(context: HubContext): (request: FastifyRequest) => Promise<ScimConnection> {
  return async (request) => {
    const [scheme = '', token = ''] = (request.headers.authorization ?? '').split(' ', 2);
    const connection = scheme.toLowerCase() === 'bearer' ? await connectionOfToken(context.db, token) : null;
    if (connection === 'off') {
      throw new ScimError(
        403,
        'SCIM is switched off for this connection: its users stay as they are. An owner can switch it on again.',
      );
    }
    if (connection === null) {
      throw new ScimError(
        401,
        "Send the connection's SCIM token as Authorization: Bearer. It is shown once, when it is made; an owner can make a new one.",
      );
    }
    await noteTokenUse(context.db, connection, new Date(context.clock.now()));
    return connection;
  };
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

function parseBody(body: unknown): unknown {
  // Some clients name a media type on requests without a body.
  if (typeof body !== 'string' || body === '') return undefined;
  refuseDeep(body);
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new ScimError(
      400,
      `The body is not JSON: ${error instanceof Error ? error.message : 'it cannot be read'}.`,
      'invalidSyntax',
    );
  }
}

/** Brackets within brackets beyond any resource: walking them would exhaust the stack. */
function refuseDeep(text: string): void {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === 0x22) quoted = !quoted;
    else if (quoted) at += char === 0x5c ? 1 : 0;
    else if (char === 0x7b || char === 0x5b) depth += 1;
    else if (char === 0x7d || char === 0x5d) depth -= 1;
    if (depth > MAX_DEPTH)
      throw new ScimError(400, `The body is nested more than ${MAX_DEPTH} deep.`, 'invalidSyntax');
  }
}

function sendError(reply: FastifyReply, error: ScimError): FastifyReply {
  if (error.status === 401) void reply.header('www-authenticate', 'Bearer realm="SCIM"');
  return reply
    .code(error.status)
    .header('content-type', `${SCIM_MEDIA_TYPE}; charset=utf-8`)
    .send(JSON.stringify(error.body()));
}

function asScimError(error: unknown, request: FastifyRequest): ScimError {
  if (error instanceof ScimError) return error;
  if (error instanceof RefusalError && REFUSALS[error.refusal.code].status < 500)
    return new ScimError(REFUSALS[error.refusal.code].status, error.message);
  const status =
    error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
      ? error.statusCode
      : 500;
  if (status === 413) return new ScimError(413, `The body is larger than ${BODY_LIMIT / 1024 / 1024} MiB.`);
  if (status === 429)
    return new ScimError(429, 'Too many requests with this token; wait as Retry-After says.');
  if (status === 415) return new ScimError(415, `Send ${SCIM_MEDIA_TYPE} or application/json.`);
  if (status >= 400 && status < 500 && error instanceof Error)
    return new ScimError(status, error.message, status === 400 ? 'invalidSyntax' : undefined);
  request.log.error({ err: error, reference: request.id }, 'SCIM request failed');
  return new ScimError(
    500,
    `Something went wrong in the hub (reference ${request.id}); nothing was changed. Try again later.`,
  );
}
