import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HubContext, HubPlugin, HubServer } from '../server.ts';
import { discoveryRoutes } from './discovery-routes.ts';
import { groupRoutes } from './group-routes.ts';
import { ScimError } from './scim-error.ts';
import type { ScimRequest, ScimRoute } from './scim-route.ts';
import { connectionOfToken, noteTokenUse, type ScimConnection } from './tokens.ts';
import { userRoutes } from './user-routes.ts';

/** Media type of every SCIM answer (RFC 7644 section 3.1). */
export const SCIM_MEDIA_TYPE = 'application/scim+json';

/** The base paths: the RFC's, and the one that Docker's clients are configured with. */
const BASES = ['/scim/v2', '/v2/scim/2.0'] as const;

/** A full push of 20,000 members is larger than any other body of the hub. */
const BODY_LIMIT = 16 * 1024 * 1024;
/** Per minute and token: entra asks for 25 a second, and bursts. */
const REQUESTS_PER_MINUTE = 12_000;

/** SCIM 2.0 at both base paths (RFC 7643, 7644; docs/identity.md section 4). */
export const scimPlugin: HubPlugin = async (app, context) => {
  const routes = [...discoveryRoutes(), ...userRoutes(context), ...groupRoutes(context)];
  for (const base of BASES) {
    await app.register(async (scope) => serve(scope as HubServer, context, routes), { prefix: base });
  }
};

function serve(scope: HubServer, context: HubContext, routes: readonly ScimRoute[]): void {
  readBodiesAsText(scope);
  scope.setErrorHandler((error, request, reply) => sendError(reply, asScimError(error, request)));
  scope.setNotFoundHandler({ preHandler: authenticated(context) }, (request, reply) =>
    sendError(reply, new ScimError(404, `There is nothing at ${request.url.split('?', 1)[0] ?? ''}.`)),
  );
  const authenticate = authenticated(context);
  for (const { method, path, handler } of routes) {
    scope.route({
      method,
      url: path,
      bodyLimit: BODY_LIMIT,
      config: {
        requires: 'own-check',
        // Whole fleets come from one address: what is counted is the token.
        rateLimit: {
          max: REQUESTS_PER_MINUTE,
          timeWindow: '1 minute',
          keyGenerator: (request) => request.headers.authorization ?? request.ip,
        },
      },
      handler: async (request, reply) => {
        const connection = await authenticate(request);
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
    if (connection === null) {
      throw new ScimError(
        401,
        "Send the connection's SCIM token as Authorization: Bearer. It is shown once, when it is made; an owner can make a new one.",
      );
    }
    await noteTokenUse(context.db, connection.tokenId, new Date(context.clock.now()));
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
      actor: { kind: 'system', name: `SCIM: ${connection.name}` },
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
  if (typeof body !== 'string') return undefined;
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

function sendError(reply: FastifyReply, error: ScimError): FastifyReply {
  if (error.status === 401) void reply.header('www-authenticate', 'Bearer realm="SCIM"');
  return reply
    .code(error.status)
    .header('content-type', `${SCIM_MEDIA_TYPE}; charset=utf-8`)
    .send(JSON.stringify(error.body()));
}

function asScimError(error: unknown, request: FastifyRequest): ScimError {
  if (error instanceof ScimError) return error;
  const status =
    error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
      ? error.statusCode
      : 500;
  if (status === 413) return new ScimError(413, `The body is larger than ${BODY_LIMIT / 1024 / 1024} MiB.`);
  if (status === 415) return new ScimError(415, `Send ${SCIM_MEDIA_TYPE} or application/json.`);
  if (status >= 400 && status < 500 && error instanceof Error)
    return new ScimError(status, error.message, status === 400 ? 'invalidSyntax' : undefined);
  request.log.error({ err: error, reference: request.id }, 'SCIM request failed');
  return new ScimError(
    500,
    `Something went wrong in the hub (reference ${request.id}); nothing was changed. Try again later.`,
  );
}
