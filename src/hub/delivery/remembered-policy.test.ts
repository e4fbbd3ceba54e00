import { createServer } from 'node:http';
import fastify from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { afterEach, expect, it } from 'vitest';
import type { Db } from '../database/connection.ts';
import { answerEarly } from '../early-answers.ts';
import type { AgentBearer } from '../identity/agent-access.ts';
import { registerAgentRoutes } from './agent-routes.ts';
import type { Delivered } from './bundles.ts';
import { answerFromMemory } from './remembered-policy.ts';

const ADA: AgentBearer = {
  ...{ userId: 'ada', sessionId: 'one', sessionExpiresAt: new Date(0) },
  proof: { authorization: 'Bearer a', idHash: '', endsAt: 0 },
};

let stop: (() => void) | undefined;
afterEach(() => stop?.());

/** Asks a server that has nothing but this answer: 404 is what is left to the route. */
async function ask(bearer: AgentBearer | null | Promise<AgentBearer | null>, bundle: Delivered | undefined) {
  const answer = answerFromMemory({
    access: { verify: () => bearer, renew: async () => undefined, stop: () => undefined },
    unknown: new WeakSet(),
    bundles: {
      known: (userId, organization) => (userId === 'ada' && organization === 'acme' ? bundle : undefined),
      find: () => null,
      prepare: async () => new Map(),
      stop: () => undefined,
    },
  });
  const server = createServer(async (request, response) => {
    if ((await answer(request, response)) === null) response.writeHead(404).end();
  });
  stop = () => void server.close();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const response = await fetch(`http://127.0.0.1:${address.port}/v1/agent/policy?org=acme`);
  return [response.status, response.headers.get('etag'), await response.text()];
}

const bundle: Delivered = { etag: '"7"', jws: () => 'a.b.c' };

it('answers a bearer who is remembered, and one who had to be asked for', async () => {
  expect(await ask(ADA, bundle)).toEqual([200, '"7"', 'a.b.c']);
  expect(await ask(Promise.resolve(ADA), bundle)).toEqual([200, '"7"', 'a.b.c']);
});

it('leaves to the route who is not known, what is not in memory, and what is still being signed', async () => {
  const left = [404, null, ''];
  expect(await ask(null, bundle)).toEqual(left);
  expect(await ask(Promise.resolve(null), bundle)).toEqual(left);
  expect(await ask(Promise.resolve(ADA), undefined)).toEqual(left);
  expect(await ask(Promise.resolve({ ...ADA, userId: 'eve' }), bundle)).toEqual(left);
  expect(await ask(Promise.resolve(ADA), { ...bundle, jws: async () => 'a.b.c' })).toEqual(left);
});

it.each([
  ['at once', null],
  ['after a question to the database', Promise.resolve(null)],
])('a bearer that is not known %s is looked up once, and refused by the route', async (_when, bearer) => {
  const asked: unknown[] = [];
  const app = fastify().withTypeProvider<ZodTypeProvider>();
  stop = () => void app.close();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  registerAgentRoutes(app, {
    // Nothing here asks it.
    db: {} as Db,
    access: {
      verify: (authorization) => {
        asked.push(authorization);
        return bearer;
      },
      renew: async () => undefined,
      stop: () => undefined,
    },
    bundles: {
      known: () => bundle,
      find: () => bundle,
      prepare: async () => new Map(),
      stop: () => undefined,
    },
    answerEarly: answerEarly(app.server, () => undefined).add,
  });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const authorization = `Bearer ${'x'.repeat(43)}`;
  const response = await fetch(`${address}/v1/agent/policy?org=acme`, { headers: { authorization } });
  expect([response.status, response.headers.get('www-authenticate')?.slice(0, 6)]).toEqual([401, 'Bearer']);
  expect(asked).toEqual([authorization]);
});
