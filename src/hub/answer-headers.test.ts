import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorBodySchema } from '../shared/contracts/local-api.ts';
import { RefusalError } from '../shared/contracts/refusal.ts';
import { systemClock } from './clock.ts';
import { consoleRoutes } from './console/console-routes.ts';
import { databaseForFile } from './database/test-database.ts';
import { createIdentity } from './identity/identity.ts';
import { formsOf } from './identity/test-browser.ts';
import { createAccount, PASSWORD, TEST_SECRET } from './identity/test-hub.ts';
import { createLogger } from './logging.ts';
import { createHubSecret } from './secrets/hub-secret.ts';
import { buildServer, type HubServer } from './server.ts';

/* What every kind of answer says to the browser, word for word: a directive that is loosened is seen here. */

const database = databaseForFile();
let folder: string;
let plain: HubServer;
let secure: HubServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-headers-'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Console</title>');
  plain = await serve('http://127.0.0.1:9999');
  secure = await serve('https://hub.example.com');
});
afterAll(async () => {
  await plain?.close();
  await secure?.close();
  await rm(folder, { recursive: true, force: true });
});

async function serve(publicUrl: string): Promise<HubServer> {
  const log = createLogger({ level: 'silent', destination: { write: () => undefined } });
  const secret = createHubSecret(TEST_SECRET);
  const common = { db: database.db, clock: systemClock, log };
  const identity = await createIdentity({ ...common, secret, publicUrl });
  return buildServer({
    ...common,
    config: { publicUrl, trustProxy: [], version: '0.0.0-test' },
    announcements: { subscribe: () => () => undefined },
    authenticators: [identity.authenticate],
    plugins: [
      identity.plugin,
      consoleRoutes(folder),
      (app) => {
        app.get('/fails/here', { config: { requires: 'nothing' } }, () => {
          throw new Error('SECRET_OF_THE_STACK');
        });
        app.get('/refused/here', { config: { requires: 'nothing' } }, () => {
          throw new RefusalError({ code: 'forbidden', message: 'Only owners may.', help: 'Ask an owner.' });
        });
        app.get('/v1/counted', { config: { requires: 'nothing' } }, () => ({}));
      },
    ],
  });
}

const HTML = { accept: 'text/html' };
const SAFE = {
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};
const page = (formAction: string) =>
  `default-src 'none'; style-src 'self'; img-src 'self'; form-action ${formAction}; frame-ancestors 'none'; base-uri 'none'`;
const CONSOLE =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";
const API = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Each kind of answer: where, its status, and its policy. */
const KINDS = [
  ['the console', '/', HTML, 200, CONSOLE],
  ['a page of the console', '/o/acme/policies', HTML, 200, CONSOLE],
  // Its form may lead on to the desktop that asked, which listens on loopback.
  ['signing in', '/sign-in', HTML, 200, page("'self' http://127.0.0.1:*")],
  ['a lost page', '/lost', HTML, 404, page("'self'")],
  ['a refused page', '/refused/here', HTML, 403, page("'self'")],
  ['a broken page', '/fails/here', HTML, 500, page("'self'")],
  ['an address that cannot be read', '/%E0%A4%A', HTML, 400, page("'self'")],
  ['the API', '/v1/counted', {}, 200, API],
  ['a refusal of the API', '/v1/none', {}, 404, API],
  ['an address of the API that cannot be read', '/v1/%E0%A4%A', {}, 400, API],
] as const;

/** Word for word, but for the spaces between directives. */
const spaced = (policy: unknown) => String(policy).replaceAll(/;\s*/g, '; ');

describe.each(KINDS)('%s', (_, url, headers, status, policy) => {
  it.each(['http', 'https'])('over %s', async (scheme) => {
    const https = scheme === 'https';
    const answer = await (https ? secure : plain).inject({ url, headers });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers).toMatchObject(SAFE);
    expect(spaced(answer.headers['content-security-policy'])).toBe(policy);
    expect(answer.headers['strict-transport-security']).toBe(https ? 'max-age=31536000' : undefined);
  });
});

it.each(['/v1/counted', '/v1/counted?of=1', '/v1/none'])(
  '%s: no cache keeps what the API answers',
  async (url) => {
    expect((await plain.inject({ url })).headers['cache-control']).toBe('no-store');
  },
);

it('says it as well where Node itself cannot read the request', async () => {
  const port = new URL(await plain.listen({ host: '127.0.0.1', port: 0 })).port;
  const socket = connect({ host: '127.0.0.1', port: Number(port) });
  socket.end('GET /v1/counted HTTP/1.1\r\nbroken\r\n\r\n');
  const head = (await text(socket)).split('\r\n\r\n')[0] ?? '';
  const [first, ...rest] = head.split('\r\n');
  expect(first).toBe('HTTP/1.1 400 Bad Request');
  const said = Object.fromEntries(rest.map((line) => line.split(': ') as [string, string]));
  expect(said).toMatchObject({ ...SAFE, 'content-security-policy': API });
});

it.each([
  ['/lost', 404, '/lost', 'href="/account"'],
  ['/refused/here', 403, 'Only owners may.', 'Ask an owner.'],
  ['/fails/here', 500, 'Something went wrong in the hub (reference ', 'the log holds the cause'],
])(
  '%s: the page says what happened and what to do, with nothing but our style',
  async (url, status, what, todo) => {
    const { statusCode, body } = await plain.inject({ url, headers: HTML });
    expect(statusCode).toBe(status);
    expect(body).toContain(what);
    expect(body).toContain(todo);
    expect(body).not.toMatch(/<script|<iframe|style=|\son\w+=|SECRET_OF_THE_STACK|node_modules|\.ts:/i);
    const loaded = [...body.matchAll(/(?:src|href|action|url)=["']?([^"'\s>]+)/g)].map(
      ([, address]) => address,
    );
    expect(loaded.length).toBeGreaterThan(1);
    expect(loaded.filter((address) => !/^\/(?!\/)/.test(address ?? ''))).toEqual([]);
  },
);

it.each([
  ['http', 'mooring_session', ''],
  ['https', '__Host-mooring_session', ' Secure;'],
])('over %s the session is the cookie %s, for this host alone and no script', async (scheme, name, flag) => {
  const app = scheme === 'https' ? secure : plain;
  const { email } = await createAccount(database, `${scheme}@example.com`);
  const shown = await app.inject({ url: '/sign-in', headers: HTML });
  const [form] = formsOf(shown.body);
  const answer = await app.inject({
    method: 'POST',
    url: '/sign-in',
    headers: { ...HTML, 'content-type': 'application/x-www-form-urlencoded' },
    cookies: Object.fromEntries(shown.cookies.map((cookie) => [cookie.name, cookie.value])),
    payload: new URLSearchParams({
      ...{ step: 'password', email, password: PASSWORD },
      form_token: form?.fields.form_token ?? '',
    }).toString(),
  });
  const set = [answer.headers['set-cookie'] ?? []].flat().filter((one) => one.includes('mooring_session'));
  expect(set).toHaveLength(1);
  expect(set[0]?.replace(/=[\w-]{43};/, '=ID;')).toBe(
    `${name}=ID; Max-Age=86400; Path=/; HttpOnly;${flag} SameSite=Lax`,
  );
});

it('takes a thousand requests a minute from an address, then says how long to wait', async () => {
  const ask = (remoteAddress: string) => plain.inject({ url: '/v1/counted', remoteAddress });
  for (let sent = 0; sent < 1000; sent += 1) expect((await ask('203.0.113.7')).statusCode).toBe(200);
  const refused = await ask('203.0.113.7');
  expect(refused.statusCode).toBe(429);
  const seconds = Number(refused.headers['retry-after']);
  expect([seconds > 0, seconds <= 60]).toEqual([true, true]);
  const { error } = errorBodySchema.parse(refused.json());
  expect([error.code, error.help]).toEqual(['rate_limited', expect.stringContaining('Retry-After')]);
  expect((await ask('203.0.113.8')).statusCode).toBe(200);
});
