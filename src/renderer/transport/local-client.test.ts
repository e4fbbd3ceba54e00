import { describe, expect, test } from 'vitest';
import type { CarriedAnswer, CarriedRequest, Carrier } from './carrier.ts';
import { CarrierLost } from './carrier.ts';
import { createLocalClient } from './local-client.ts';

function clientThatHears(answer: CarriedAnswer | Error) {
  const sent: CarriedRequest[] = [];
  const carrier: Carrier = {
    send: async (request) => {
      sent.push(request);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    follow: async () => 200,
  };
  return { client: createLocalClient(carrier), sent };
}

const json = (body: unknown, status = 200) => ({ status, text: JSON.stringify(body) });

describe('the client of the local API', () => {
  test('requests are those of the contract', async () => {
    const { client, sent } = clientThatHears(json({}));
    await client.read.status();
    await client.change({ set: { cpus: 2 } });
    await client.loginProgress('a/b?c', 500);
    expect(sent.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['GET', '/v1/status', undefined],
      ['PATCH', '/v1/settings', { set: { cpus: 2 } }],
      ['GET', '/v1/account/login/a%2Fb%3Fc?wait=500', undefined],
    ]);
  });

  test('an answer of the contract is its value', async () => {
    const { client } = clientThatHears(json({ checks: [] }));
    expect(await client.read.doctor()).toEqual({ ok: true, value: { checks: [] } });
  });

  test('a refused change is an answer, with the outcome of every setting', async () => {
    const error = { code: 'setting_locked', message: 'Locked.' };
    const { client } = clientThatHears(
      json({ results: [{ id: 'a', outcome: 'refused', error }], error }, 423),
    );
    expect(await client.change({ set: { a: 1 } })).toMatchObject({ ok: true, value: { error } });
  });

  test.each([
    ['a refusal', json({ error: { code: 'sign_in_required', message: 'Sign in.' } }, 403), 'refused'],
    ['an unknown bearer', json({ error: { code: 'unauthenticated', message: 'x' } }, 401), 'session-ended'],
    ['HTML', { status: 200, text: '<!doctype html>' }, 'unreadable'],
    ['nothing', { status: 200, text: '' }, 'unreadable'],
    ['another shape', json({ checks: 'none' }), 'unreadable'],
    ['a code of another version', json({ error: { code: 'new_code', message: 'x' } }, 500), 'unreadable'],
    ['no answer', new CarrierLost(new TypeError('fetch failed')), 'offline'],
  ])('%s is a failure of its kind', async (_, answer, kind) => {
    const { client } = clientThatHears(answer);
    expect(await client.read.doctor()).toMatchObject({ ok: false, failure: { kind } });
  });
});
