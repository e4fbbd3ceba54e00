import { afterAll, beforeAll, expect, it } from 'vitest';
import { errorBodySchema } from '../shared/contracts/local-api.ts';
import { startTestApi, type TestApi } from './test-api.ts';
import { createApiToken } from './tokens/api-tokens.ts';

/* A thousand a minute for whoever asks: for each person and each token wherever they are, for strangers by address. */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const OFFICE = '203.0.113.7';
const HOME = '203.0.113.8';

interface Caller {
  readonly as?: 'owner' | 'editor' | 'stranger';
  readonly bearer?: string;
  readonly from?: string;
  readonly url?: string;
}

const ask = ({ as, bearer, from = OFFICE, url = '/v1/orgs/acme' }: Caller) =>
  api.send({
    method: 'GET',
    url,
    remoteAddress: from,
    ...(as === undefined ? {} : { as }),
    ...(bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` } }),
  });

/** Asks a thousand times, some at once, and answers the one status that all had. */
async function aThousand(caller: Caller): Promise<number> {
  const seen = new Set<number>();
  for (let sent = 0; sent < 1000; sent += 50) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(caller)));
    for (const { statusCode } of answers) seen.add(statusCode);
  }
  expect(seen.size).toBe(1);
  return [...seen][0] ?? 0;
}

const status = async (caller: Caller): Promise<number> => (await ask(caller)).statusCode;

async function tokenOf(name: string): Promise<string> {
  const context = { actor: { kind: 'system' as const, name: 'test' }, sourceAddress: null, at: new Date() };
  const wanted = { name, role: 'editor' as const, days: 1 };
  return (await createApiToken(api.database.db, context, api.ids.organizationId, wanted)).secret;
}

it('counts a person wherever they are, and nobody else at their address', async () => {
  expect(await aThousand({ as: 'owner' })).toBe(200);
  expect(await status({ as: 'owner' })).toBe(429);
  expect(await status({ as: 'owner', from: HOME })).toBe(429);
  expect(await status({ as: 'editor' })).toBe(200);
});

it('counts a token, and no other token of the same organization', async () => {
  const [busy, quiet] = [await tokenOf('busy'), await tokenOf('quiet')];
  expect(await aThousand({ bearer: busy })).toBe(200);
  expect(await status({ bearer: busy, from: HOME })).toBe(429);
  expect(await status({ bearer: quiet })).toBe(200);
});

it('counts guesses at tokens by address, a network of one person as one, and shuts nobody out who proves themselves', async () => {
  const guess = { bearer: 'mooring_guessed', from: '2001:db8:1:2::1' };
  expect(await aThousand(guess)).toBe(401);
  const refused = await ask(guess);
  expect(refused.statusCode).toBe(429);
  const seconds = Number(refused.headers['retry-after']);
  expect([seconds > 0, seconds <= 60]).toEqual([true, true]);
  const { error } = errorBodySchema.parse(refused.json());
  expect([error.code, error.help]).toEqual(['rate_limited', expect.stringContaining('Retry-After')]);
  expect(await status({ ...guess, from: '2001:db8:1:2:ffff::9' })).toBe(429);
  expect(await status({ ...guess, from: '2001:db8:1:3::1' })).toBe(401);
  expect(await status({ as: 'editor', from: guess.from })).toBe(200);
  expect(await status({ url: '/healthz', from: guess.from })).toBe(200);
});

it('counts guesses at organizations by who guesses', async () => {
  expect(await aThousand({ as: 'stranger', url: '/v1/orgs/nowhere' })).toBe(404);
  expect(await status({ as: 'stranger', url: '/v1/orgs/nowhere', from: HOME })).toBe(429);
  expect(await status({ as: 'stranger', url: '/v1/orgs/globex' })).toBe(200);
});
