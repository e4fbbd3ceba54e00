import { expect, test } from 'vitest';
import type { HubHttp } from '../delivery/hub-http.ts';
import { hubFetch } from './hub-fetch.ts';

test('the hub hears of us, not of the library that speaks', async () => {
  const seen: unknown[] = [];
  const request: HubHttp['request'] = async ({ headers }) => {
    seen.push(headers);
    return { ok: false, failure: { kind: 'unreachable', message: 'no network', maybeSent: false } };
  };
  const fetch = hubFetch({ request } as HubHttp);
  const headers = { 'User-Agent': 'openid-client/v6', accept: 'application/json' };
  await expect(
    fetch('https://hub.example/token', { method: 'POST', headers, body: 'a=b', signal: null }),
  ).rejects.toThrow('no network');
  expect(seen).toEqual([{ accept: 'application/json' }]);
});
