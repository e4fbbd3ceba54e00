import {
  provisioningLogQuerySchema,
  provisioningLogSchema,
  scimPathSchema,
  scimRefusalListSchema,
  scimRefusalQuerySchema,
  scimSettingsChangeSchema,
  scimSettingsSchema,
  scimTokenCreationAnswerSchema,
  scimTokenPathSchema,
} from '../../shared/contracts/hub-provisioning.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { organizationOf } from '../access.ts';
import { ifMatchSchema, tagged } from '../audit/made-from.ts';
import { changeBy } from '../audit/record.ts';
import { answers, noContent } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import {
  editedOfScim,
  readProvisioningLog,
  readRefusals,
  readScimSettings,
  tokenView,
  updateScimSettings,
} from './settings.ts';
import { createScimToken, revokeScimTokens } from './tokens.ts';

const tags = ['scim'];
const base = '/v1/orgs/:organization/connections/:connectionId/scim';

/** `/v1/orgs/{organization}/connections/{connectionId}/scim`: what owners set up and read. */
export function scimSettingsRoutes(app: HubServer, context: HubContext): void {
  switches(app, context);
  tokens(app, context);
}

function switches(app: HubServer, { db, clock, config }: HubContext): void {
  app.get(
    base,
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'SCIM of a connection: address, switches, tokens',
        tags,
        params: scimPathSchema,
        response: answers(200, scimSettingsSchema),
      },
    },
    async (request, reply) => {
      const found = await readScimSettings(db, config.publicUrl, placeOf(request));
      return tagged(reply, found, editedOfScim(found));
    },
  );
  app.patch(
    base,
    {
      config: { requires: 'owner', recentSignIn: true },
      schema: {
        summary: 'Switch SCIM of a connection on or off; the users stay',
        tags,
        params: scimPathSchema,
        headers: ifMatchSchema,
        body: scimSettingsChangeSchema,
        response: answers(200, scimSettingsSchema),
      },
    },
    async (request, reply) => {
      await updateScimSettings(db, changeBy(request, clock), placeOf(request), request.body);
      const found = await readScimSettings(db, config.publicUrl, placeOf(request));
      return tagged(reply, found, editedOfScim(found));
    },
  );
  app.get(
    `${base}/log`,
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'What the SCIM client of a connection did, and what it was refused, newest first',
        tags,
        params: scimPathSchema,
        querystring: provisioningLogQuerySchema,
        response: answers(200, provisioningLogSchema),
      },
    },
    (request) => readProvisioningLog(db, placeOf(request), request.query),
  );
  app.get(
    `${base}/refusals`,
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'What the SCIM client of a connection was refused, newest first',
        tags,
        params: scimPathSchema,
        querystring: scimRefusalQuerySchema,
        response: answers(200, scimRefusalListSchema),
      },
    },
    (request) => readRefusals(db, placeOf(request), request.query),
  );
}

function tokens(app: HubServer, { db, clock }: HubContext): void {
  app.post(
    `${base}/tokens`,
    {
      config: { requires: 'owner', recentSignIn: true },
      schema: {
        summary: 'Make a SCIM token; the one before stays valid until the next but one',
        tags,
        params: scimPathSchema,
        response: answers(201, scimTokenCreationAnswerSchema),
      },
    },
    async (request, reply) => {
      const made = await createScimToken(db, changeBy(request, clock), placeOf(request));
      if (made === null) throw missing('connection');
      return reply.code(201).send({ token: tokenView(made.token), secret: made.secret });
    },
  );
  app.delete(
    `${base}/tokens/:scimTokenId`,
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Revoke a SCIM token',
        tags,
        params: scimTokenPathSchema,
        response: answers(204, noContent),
      },
    },
    async (request, reply) => {
      const where = { ...placeOf(request), tokenId: request.params.scimTokenId };
      if ((await revokeScimTokens(db, changeBy(request, clock), where)) === 0) throw missing('token');
      return reply.code(204).send();
    },
  );
}

function placeOf(
  request: Parameters<typeof organizationOf>[0] & { readonly params: { connectionId: string } },
) {
  return { organizationId: organizationOf(request).id, connectionId: request.params.connectionId };
}

function missing(what: string): RefusalError {
  return new RefusalError({ code: 'not_found', message: `There is no such ${what} in this organization.` });
}
