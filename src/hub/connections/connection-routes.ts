import type { FastifyRequest } from 'fastify';
import { organizationPathSchema } from '../../shared/contracts/hub-api.ts';
import {
  connectionChangeSchema,
  connectionCreationSchema,
  connectionFailureListSchema,
  connectionFailureQuerySchema,
  connectionListSchema,
  connectionPathSchema,
  connectionQuerySchema,
  connectionSchema,
  connectionTestOutcomeSchema,
  connectionTestPathSchema,
  connectionTestSchema,
  metadataSchema,
} from '../../shared/contracts/hub-sso.ts';
import { organizationOf } from '../access.ts';
import { ifMatchSchema, tagged } from '../audit/made-from.ts';
import { changeBy } from '../audit/record.ts';
import { answers, noContent } from '../route-answers.ts';
import type { HubSecret } from '../secrets/hub-secret.ts';
import type { HubContext, HubPlugin, HubServer } from '../server.ts';
import type { Outbound } from '../sso/outbound.ts';
import { samlKeyRoutes } from '../sso/saml-key-routes.ts';
import { createSsoRequests } from '../sso/sso-requests.ts';
import { acceptanceRoutes } from './acceptance-routes.ts';
import {
  applySettings,
  createConnection,
  deleteConnection,
  listConnections,
  readConnection,
  readForEdit,
  updateConnection,
} from './connection-service.ts';
import { beginTest, readTest } from './connection-test.ts';
import { listFailures } from './failures.ts';
import { readIdpMetadata } from './idp-metadata.ts';

const tags = ['connections'];
const base = '/v1/orgs/:organization/connections';
const owner = { requires: 'owner' as const };
/** Whoever decides how people sign in decides who gets in. */
const provenOwner = { ...owner, recentSignIn: true };

export interface ConnectionSurroundings {
  readonly secret: HubSecret;
  readonly outbound: Outbound;
}

/** `/v1/orgs/{organization}/connections` */
export function connectionRoutes(around: ConnectionSurroundings): HubPlugin {
  return (app, context) => {
    registerReads(app, context);
    registerChanges(app, context, around);
    registerTests(app, context, around);
    samlKeyRoutes(app, context, around);
    acceptanceRoutes(app, context);
  };
}

function registerReads(app: HubServer, { db, clock, config }: HubContext): void {
  const where = () => ({ publicUrl: config.publicUrl, now: clock.now() });
  app.get(
    base,
    {
      config: owner,
      schema: {
        summary: 'List identity providers',
        tags,
        params: organizationPathSchema,
        querystring: connectionQuerySchema,
        response: answers(200, connectionListSchema),
      },
    },
    (request) => listConnections(db, where(), organizationOf(request).id, request.query),
  );
  app.get(
    `${base}/:connectionId`,
    {
      config: owner,
      schema: {
        summary: 'Read an identity provider',
        tags,
        params: connectionPathSchema,
        response: answers(200, connectionSchema),
      },
    },
    async (request, reply) => {
      const { id } = organizationOf(request);
      const found = await readForEdit(db, where(), id, request.params.connectionId);
      return tagged(reply, found.connection, found.edited);
    },
  );
  app.get(
    `${base}/:connectionId/failures`,
    {
      config: owner,
      schema: {
        summary: 'The last failures of an identity provider, by class',
        tags,
        params: connectionPathSchema,
        querystring: connectionFailureQuerySchema,
        response: answers(200, connectionFailureListSchema),
      },
    },
    (request) => listFailures(db, organizationOf(request).id, request.params.connectionId, request.query),
  );
}

function registerChanges(
  app: HubServer,
  { db, clock, config }: HubContext,
  around: ConnectionSurroundings,
): void {
  const place = { db, secret: around.secret, publicUrl: config.publicUrl };
  const at = (request: FastifyRequest, connectionId: string) => ({
    organizationId: organizationOf(request).id,
    connectionId,
  });
  app.post(
    base,
    {
      config: provenOwner,
      schema: {
        summary: 'Connect an identity provider',
        tags,
        params: organizationPathSchema,
        body: connectionCreationSchema,
        response: answers(201, connectionSchema),
      },
    },
    async (request, reply) =>
      reply
        .code(201)
        .send(
          await createConnection(place, changeBy(request, clock), organizationOf(request).id, request.body),
        ),
  );
  app.patch(
    `${base}/:connectionId`,
    {
      config: provenOwner,
      schema: {
        summary: 'Change an identity provider',
        tags,
        params: connectionPathSchema,
        headers: ifMatchSchema,
        body: connectionChangeSchema,
        response: answers(200, connectionSchema),
      },
    },
    (request) =>
      updateConnection(
        place,
        changeBy(request, clock),
        at(request, request.params.connectionId),
        request.body,
      ),
  );
  app.put(
    `${base}/:connectionId/metadata`,
    {
      config: provenOwner,
      schema: {
        summary: 'Set a SAML identity provider up from its metadata',
        tags,
        params: connectionPathSchema,
        headers: ifMatchSchema,
        body: metadataSchema,
        response: answers(200, connectionSchema),
      },
    },
    async (request) => {
      const where = at(request, request.params.connectionId);
      // Asked before anything is fetched: an address is not to be tried for somebody else's connection.
      await readConnection(
        db,
        { publicUrl: config.publicUrl, now: clock.now() },
        where.organizationId,
        where.connectionId,
      );
      const { xml, url } = request.body;
      const text = xml ?? (await around.outbound.text(url ?? ''));
      return applySettings(place, changeBy(request, clock), where, readIdpMetadata(text));
    },
  );
  app.delete(
    `${base}/:connectionId`,
    {
      config: provenOwner,
      schema: {
        summary: 'Remove an identity provider',
        tags,
        params: connectionPathSchema,
        response: answers(204, noContent),
      },
    },
    async (request, reply) => {
      await deleteConnection(db, changeBy(request, clock), at(request, request.params.connectionId));
      return reply.code(204).send();
    },
  );
}

function registerTests(
  app: HubServer,
  { db, clock, config }: HubContext,
  { secret }: ConnectionSurroundings,
): void {
  const requests = createSsoRequests({ db, secret, now: () => new Date(clock.now()) });
  app.post(
    `${base}/:connectionId/tests`,
    {
      config: owner,
      schema: {
        summary: 'Begin a test of an identity provider',
        tags,
        params: connectionPathSchema,
        response: answers(201, connectionTestSchema),
      },
    },
    async (request, reply) => {
      const where = { organizationId: organizationOf(request).id, connectionId: request.params.connectionId };
      const place = { db, requests, publicUrl: config.publicUrl };
      return reply.code(201).send(await beginTest(place, changeBy(request, clock), where));
    },
  );
  app.get(
    `${base}/:connectionId/tests/:testId`,
    {
      config: owner,
      schema: {
        summary: 'What a test of an identity provider showed',
        tags,
        params: connectionTestPathSchema,
        response: answers(200, connectionTestOutcomeSchema),
      },
    },
    (request) =>
      readTest({ db, requests }, { organizationId: organizationOf(request).id, ...request.params }),
  );
}
