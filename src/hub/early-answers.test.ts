import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, expect, it } from 'vitest';
import { answerEarly, type CountRequest, type EarlyAnswers } from './early-answers.ts';

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

async function serve(): Promise<{
  readonly early: EarlyAnswers;
  readonly counted: readonly Parameters<CountRequest>[];
  ask(path: string): Promise<string>;
}> {
  const counted: Parameters<CountRequest>[] = [];
  app = fastify();
  app.get('/thing', async () => 'from the route');
  const early = answerEarly(app.server, (...one) => counted.push(one));
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  return { early, counted, ask: async (path) => (await fetch(`${address}${path}`)).text() };
}

it('answers first, counts it under the name of its route, and leaves what it does not know', async () => {
  const { early, counted, ask } = await serve();
  early.add('/thing', ({ url }, response) => {
    if (url !== '/thing?early') return null;
    response.end('early');
    return 200;
  });
  expect(await ask('/thing')).toBe('from the route');
  expect(counted).toEqual([]);
  expect(await ask('/thing?early')).toBe('early');
  await expect.poll(() => counted).toHaveLength(1);
  expect(counted[0]?.[0]).toEqual({ method: 'GET', route: '/thing', status: 200 });
  expect(counted[0]?.[1]).toBeGreaterThanOrEqual(0);
});

it('answers later what has to be asked for, and leaves what that does not find, or cannot be asked', async () => {
  const { early, counted, ask } = await serve();
  early.add('/thing', async ({ url }, response) => {
    await Promise.resolve();
    if (url === '/thing?broken') throw new Error('the database is away');
    if (url !== '/thing?late') return null;
    response.end('late');
    return 200;
  });
  expect(await ask('/thing?late')).toBe('late');
  await expect.poll(() => counted).toHaveLength(1);
  expect(counted[0]?.[0]).toEqual({ method: 'GET', route: '/thing', status: 200 });
  expect(await ask('/thing')).toBe('from the route');
  expect(await ask('/thing?broken')).toBe('from the route');
  expect(counted).toHaveLength(1);
});

it('leaves everything to the server once that begins to close', async () => {
  const { early, ask } = await serve();
  early.add('/thing', (_request, response) => {
    response.end('early');
    return 200;
  });
  expect(await ask('/thing')).toBe('early');
  early.stop();
  expect(await ask('/thing')).toBe('from the route');
});
