import { expect, it } from 'vitest';
import type { HubHttp, HubRequest } from '../delivery/hub-http.ts';
import { fetchAccount } from './account-fetch.ts';

/* What a hub, or whatever answers in its place, is told to a person as, when the account is asked for. */

const asked: HubRequest[] = [];
const hub = (status: number, body: string): Pick<HubHttp, 'request'> => ({
  request: async (request) => {
    asked.push(request);
    return { ok: true, status, headers: {}, body };
  },
});
const ask = (http: Pick<HubHttp, 'request'>) => fetchAccount(http, 'https://hub.example.com', 'secret-token');

const AGAIN = 'It is tried again by itself; "mooring doctor" looks closer.';
const refusal = (code: string, message: string) => JSON.stringify({ error: { code, message } });

it.each([
  ['a page of a captive portal', 200, '<html>Welcome</html>'],
  ['nothing', 200, ''],
  ['another shape', 200, '{"email":"ada@example.com"}'],
])('%s, answered with 200, is not taken for an account', async (_, status, body) => {
  expect(await ask(hub(status, body))).toEqual({
    ok: false,
    rejected: false,
    refusal: {
      code: 'unreachable',
      message: 'The hub answered something else when asked for the account.',
      help: AGAIN,
    },
  });
});

it.each([
  [500, '<html>oops</html>', 'The hub answered 500.'],
  [302, '', 'The hub answered 302.'],
  [403, '<html>blocked by the proxy</html>', 'The hub answered 403.'],
  [503, refusal('unavailable', 'The database is away.'), 'The hub answered 503: The database is away.'],
])('%i %s is said as it came, and that it is tried again', async (status, body, message) => {
  expect(await ask(hub(status, body))).toEqual({
    ok: false,
    rejected: false,
    refusal: { code: 'unreachable', message, help: AGAIN },
  });
});

it('a refusal of the hub is told in its words, as many as a person reads', async () => {
  const refused = await ask(hub(403, refusal('forbidden', 'x'.repeat(5_000))));
  expect(refused).toMatchObject({ ok: false, rejected: false, refusal: { code: 'forbidden' } });
  expect(refused.ok ? '' : refused.refusal.message).toBe(`The hub refuses this account: ${'x'.repeat(500)}`);
});

it('a session that the hub does not accept any more is one, whatever the answer says', async () => {
  expect(await ask(hub(401, '<html>'))).toMatchObject({
    ok: false,
    rejected: true,
    refusal: { code: 'sign_in_required' },
  });
});

it('a hub out of reach is told by what happened; the token goes in a header alone', async () => {
  const failure = {
    kind: 'unreachable',
    message: 'hub.example.com was not reached.',
    maybeSent: false,
  } as const;
  expect(await ask({ request: async () => ({ ok: false, failure }) })).toMatchObject({
    ok: false,
    rejected: false,
    refusal: { code: 'unreachable', message: failure.message },
  });
  const last = asked.at(-1);
  expect(last?.url.href).not.toContain('secret-token');
  expect(last?.headers?.authorization).toBe('Bearer secret-token');
});
