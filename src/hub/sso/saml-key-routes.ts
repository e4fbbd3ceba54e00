import type { FastifyRequest } from 'fastify';
import {
  connectionPathSchema,
  samlKeyChangeSchema,
  samlKeyListSchema,
  samlKeyPathSchema,
  samlKeyViewSchema,
} from '../../shared/contracts/hub-sso.ts';
import { organizationOf } from '../access.ts';
import { changeBy } from '../audit/record.ts';
import { answers, noContent } from '../route-answers.ts';
import type { HubSecret } from '../secrets/hub-secret.ts';
import type { HubContext, HubServer } from '../server.ts';
import { addSamlKey, listSamlKeys, retireSamlKey, signWithSamlKey } from './saml-key-service.ts';

const tags = ['connections'];
const base = '/v1/orgs/:organization/connections/:connectionId/saml-keys';
const provenOwner = { requires: 'owner' as const, recentSignIn: true };

/** `/v1/orgs/{organization}/connections/{connectionId}/saml-keys`: the keys of a SAML connection, and their exchange. */
export function samlKeyRoutes(
  app: HubServer,
  { db, clock, config }: HubContext,
  { secret }: { readonly secret: HubSecret },
): void {
  const place = { db, secret, publicUrl: config.publicUrl };
  const at = <Params extends { readonly connectionId: string }>(request: FastifyRequest, params: Params) => ({
    ...params,
    organizationId: organizationOf(request).id,
  });
  app.get(
    base,
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'The keys of this hub for a SAML identity provider',
        tags,
        params: connectionPathSchema,
        response: answers(200, samlKeyListSchema),
      },
    },
    (request) => listSamlKeys(place, at(request, request.params), new Date(clock.now())),
  );
  app.post(
    base,
    {
      config: provenOwner,
      schema: {
        summary: 'Make the next key for a SAML identity provider, beside the present one',
        tags,
        params: connectionPathSchema,
        response: answers(201, samlKeyViewSchema),
      },
    },
    async (request, reply) => {
      const made = await addSamlKey(place, changeBy(request, clock), at(request, request.params));
      return reply.code(201).send(made);
    },
  );
  app.patch(
    `${base}/:fingerprint`,
    {
      config: provenOwner,
      schema: {
        summary: 'Sign the requests to a SAML identity provider with this key',
        tags,
        params: samlKeyPathSchema,
        body: samlKeyChangeSchema,
        response: answers(200, samlKeyViewSchema),
      },
    },
    (request) => signWithSamlKey(place, changeBy(request, clock), at(request, request.params)),
  );
  app.delete(
    `${base}/:fingerprint`,
    {
      config: provenOwner,
      schema: {
        summary: 'Retire a key for a SAML identity provider',
        tags,
        params: samlKeyPathSchema,
        response: answers(204, noContent),
      },
    },
    async (request, reply) => {
      await retireSamlKey(place, changeBy(request, clock), at(request, request.params));
      return reply.code(204).send();
    },
  );
}
