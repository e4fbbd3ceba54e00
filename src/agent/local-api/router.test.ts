import { expect, test } from 'vitest';
import { errorBodySchema } from '../../shared/contracts/local-api.ts';
import { createRouter, type LocalHandlers } from './router.ts';

const unasked = () => expect.unreachable('nobody asked for this');
const NOBODY: LocalHandlers = {
  ...{ status: unasked, catalog: unasked, settings: unasked, setting: unasked, change: unasked },
  ...{ policy: unasked, sync: unasked, importPolicy: unasked, overrides: unasked, requestOverride: unasked },
  ...{ endOverride: unasked, account: unasked, login: unasked, loginProgress: unasked, logout: unasked },
  ...{ useOrganization: unasked, doctor: unasked, diagnostics: unasked, dashboard: unasked },
  ...{ session: unasked, subscribe: unasked, stop: unasked },
};
const NOT_FOUND = { ok: false, refusal: { code: 'not_found', message: 'Not here.' } } as const;

function route(handlers: Partial<LocalHandlers>) {
  const faults: unknown[] = [];
  const router = createRouter({
    handlers: { ...NOBODY, ...handlers },
    reportFault: (fault) => {
      faults.push(fault);
      return 'ref1';
    },
  });
  const ask = async (method: string, path: string, body: unknown = undefined) => {
    const carried =
      body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const answer = await router(new Request(`http://agent${path}`, { method, ...carried }));
    const { error } = errorBodySchema.parse(await answer.json());
    return { status: answer.status, ...error };
  };
  return { ask, faults };
}

test('a fault of ours is told by its reference alone; what it says stays in the log', async () => {
  const fault = new Error('/home/dev/secret: password hunter2');
  const { ask, faults } = route({
    account: () => {
      throw fault;
    },
    sync: async () => {
      throw fault;
    },
  });
  for (const asked of [await ask('GET', '/v1/account'), await ask('POST', '/v1/sync')]) {
    expect(asked).toMatchObject({ status: 500, code: 'internal', message: expect.stringContaining('ref1') });
    expect(JSON.stringify(asked)).not.toMatch(/hunter2|secret|\.ts/);
  }
  expect(faults).toEqual([fault, fault]);
});

test('the name in an address arrives as it is meant, and one that means nothing leads nowhere', async () => {
  const asked: string[] = [];
  const { ask } = route({
    setting: (id) => {
      asked.push(id);
      return NOT_FOUND;
    },
  });
  for (const path of ['a%20b', 'a%2Fb', '%E2%82%AC'])
    expect((await ask('GET', `/v1/settings/${path}`)).status).toBe(404);
  expect(asked).toEqual(['a b', 'a/b', '€']);
  for (const path of ['%', '%ff', 'a/b', ''])
    expect((await ask('GET', `/v1/settings/${path}`)).code).toBe('not_found');
  expect(asked).toHaveLength(3);
});

test.each([
  ['', 0],
  ['?wait=250', 250],
  ['?wait=60001', 60_000],
  ['?wait=1e300', 60_000],
  ['?wait=-5', 0],
  ['?wait=Infinity', 0],
  ['?wait=NaN', 0],
  ['?wait=soon', 0],
])('nobody keeps the agent longer than a minute: %s', async (query, wait) => {
  const waits: number[] = [];
  const { ask } = route({
    loginProgress: async (_, waitMs) => {
      waits.push(waitMs);
      return NOT_FOUND;
    },
  });
  await ask('GET', `/v1/account/login/x${query}`);
  expect(waits).toEqual([wait]);
});

test('of whoever has proved nothing yet, no more is read than a token needs', async () => {
  const { ask } = route({ session: () => NOT_FOUND });
  expect((await ask('POST', '/v1/session', { token: 'x'.repeat(43) })).code).toBe('not_found');
  expect((await ask('POST', '/v1/session', { token: 'x', more: 'x'.repeat(1024) })).code).toBe('too_large');
  expect((await ask('POST', '/v1/session', { token: 'x'.repeat(201) })).code).toBe('bad_request');
});
