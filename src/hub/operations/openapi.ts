import swagger from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { HubConfig, HubServer } from '../hub-plugin.ts';

/** Address of the document; public: it describes, and opens nothing. */
const OPENAPI_PATH = '/openapi.json';

/**
 * Collects the schemas of every route into one OpenAPI document. Registered before the routes; a route that is
 * no part of the API for programs (pages, the OpenID Connect provider) says `schema: { hide: true }`.
 */
export async function describeRoutes(app: HubServer, config: HubConfig): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Mooring Hub',
        version: config.version,
        description:
          'Every answer that is not a success has the body { error: { code, message, help?, details? } }; the status follows from the code.',
      },
      servers: [{ url: config.publicUrl }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    },
    transformObject: jsonSchemaTransformObject,
    transform: (input) => {
      const { schema, url } = jsonSchemaTransform(input);
      const requires = input.route.config?.requires;
      const open = requires === undefined || requires === 'nothing';
      const shown = {
        ...schema,
        security: open ? [] : [{ bearer: [] }],
        'x-requires': requires ?? 'nothing',
        ...(input.route.config?.recentSignIn === true ? { 'x-recent-sign-in': true } : {}),
      };
      return { schema: shown, url };
    },
  });
  app.get(
    OPENAPI_PATH,
    { config: { requires: 'nothing' }, schema: { hide: true } },
    async (_request, reply) =>
      reply.type('application/json; charset=utf-8').send(JSON.stringify(app.swagger())),
  );
}
