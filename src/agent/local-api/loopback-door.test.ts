import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect, Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { errorBodySchema, LOCAL_ROUTES, sessionRequestSchema } from '../../shared/contracts/local-api.ts';
import { answerJson } from './http-answer.ts';
import { createLoopbackDoor, type LoopbackDoor, MOST_CONNECTIONS } from './loopback-door.ts';

interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Sends exactly these headers: the platform's `fetch` would set or refuse some of them. */
function call(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, method, path, setHost: headers.host === undefined, headers, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      },
    );
    request.once('error', reject);
    request.end(body);
  });
}

/** Bytes as they are, for what no client library would send. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('the browser door', () => {
  let folder = '';
  let door: LoopbackDoor;
  let now = 0;
  let reached: string[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mooring-door-'));
    await mkdir(join(folder, 'site', 'assets'), { recursive: true });
    await writeFile(join(folder, 'secret.txt'), 'private words');
    await writeFile(join(folder, 'site', 'index.html'), '<!doctype html><title>Dashboard</title>');
    await writeFile(join(folder, 'site', 'assets', 'main-1.js'), 'export {};');
    now = 1_000_000;
    reached = [];
    door = createLoopbackDoor({
      now: () => now,
      dashboardFolder: join(folder, 'site'),
      fetch: async (request) => {
        const { pathname } = new URL(request.url);
        reached.push(`${request.method} ${pathname}`);
        if (pathname !== LOCAL_ROUTES.session.path) return answerJson({});
        const { token } = sessionRequestSchema.parse(await request.json());
        const exchanged = door.exchange(token);
        return exchanged.ok ? answerJson(exchanged.body) : answerJson(exchanged.refusal, 401);
      },
    });
  });

  afterEach(async () => {
    await door.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(): Promise<{ port: number; token: string }> {
    const opened = await door.open();
    if (!opened.ok) throw new Error(opened.refusal.message);
    const url = new URL(opened.body.url);
    return { port: Number(url.port), token: new URLSearchParams(url.hash.slice(1)).get('token') ?? '' };
  }

  async function signIn(): Promise<{ port: number; bearer: string }> {
    const { port, token } = await open();
    const answer = await exchange(port, token);
    return { port, bearer: JSON.parse(answer.body).bearer };
  }

  const exchange = (port: number, token: string) =>
    call(
      port,
      'POST',
      '/v1/session',
      { 'content-type': 'application/json', origin: `http://127.0.0.1:${port}` },
      JSON.stringify({ token }),
    );

  test('refuses every route of the contract without a bearer, but for the exchange of the token', async () => {
    const { port } = await open();
    const routes = Object.entries(LOCAL_ROUTES).filter(([name]) => name !== 'session');
    expect(routes.length).toBe(Object.keys(LOCAL_ROUTES).length - 1);
    for (const [name, route] of routes) {
      const answer = await call(port, route.method, route.path.replace('{id}', 'x'));
      expect([name, answer.status]).toEqual([name, 401]);
      expect(errorBodySchema.parse(JSON.parse(answer.body)).error.code).toBe('unauthenticated');
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    }
    // Unknown addresses beneath the API, and other spellings of known ones, are no way around it either.
    for (const path of [
      '/v1',
      '/v1/',
      '/v1/nothing',
      '/v1//status',
      '/v1/session/',
      '/%76%31/status',
      '/V1/status',
    ]) {
      const answer = await call(port, 'POST', path, { 'content-type': 'application/json' }, '{}');
      expect([path, [401, 405].includes(answer.status)]).toEqual([path, true]);
    }
    // Nor is there a page in the API's place.
    for (const path of ['/v1', '/v1/', '/v1/nothing', '/v1/session'])
      expect([path, (await call(port, 'GET', path)).status]).toEqual([path, 401]);
    expect((await call(port, 'PUT', '/v1/session', {}, '{}')).status).toBe(401);
    expect(reached).toEqual([]);
  });

  test.each([
    ['another name (DNS rebinding)', { host: 'attacker.example' }, 403],
    ['another name with our port', { host: 'attacker.example:{port}' }, 403],
    ['localhost', { host: 'localhost:{port}' }, 403],
    ['our address without the port', { host: '127.0.0.1' }, 403],
    ['another port', { host: '127.0.0.1:1' }, 403],
    ['an empty host', { host: '' }, 403],
    ['a host with user info', { host: 'x@127.0.0.1:{port}' }, 403],
    ['a foreign page', { origin: 'https://attacker.example' }, 403],
    ['a sandboxed page', { origin: 'null' }, 403],
    ['our address over TLS', { origin: 'https://127.0.0.1:{port}' }, 403],
    ['another port of this machine', { origin: 'http://127.0.0.1:1' }, 403],
    ['a name that ends like ours', { origin: 'http://evil-127.0.0.1:{port}' }, 403],
    ['a cross-site fetch without an origin', { 'sec-fetch-site': 'cross-site' }, 403],
    ['another port as same site', { 'sec-fetch-site': 'same-site' }, 403],
    ['our own page', { origin: 'http://127.0.0.1:{port}', 'sec-fetch-site': 'same-origin' }, 200],
    ['a program without a page', {}, 200],
  ])('a request with the right bearer from %s', async (_who, headers, status) => {
    const { port, bearer } = await signIn();
    reached = [];
    const filled = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('{port}', String(port))]),
    );
    const answer = await call(port, 'GET', '/v1/settings', { authorization: `Bearer ${bearer}`, ...filled });
    expect(answer.status).toBe(status);
    expect(reached.length).toBe(status === 200 ? 1 : 0);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('a request that names no host at all, or two, is refused', async () => {
    const { port, bearer } = await signIn();
    reached = [];
    const auth = `Authorization: Bearer ${bearer}\r\n`;
    const answers = [
      await raw(port, `GET /v1/settings HTTP/1.0\r\n${auth}\r\n`),
      await raw(port, `GET /v1/settings HTTP/1.1\r\n${auth}Connection: close\r\n\r\n`),
      await raw(
        port,
        `GET /v1/settings HTTP/1.1\r\nHost: attacker.example\r\nHost: 127.0.0.1:${port}\r\n${auth}Connection: close\r\n\r\n`,
      ),
      await raw(
        port,
        `GET http://attacker.example/v1/settings HTTP/1.1\r\nHost: attacker.example\r\n${auth}Connection: close\r\n\r\n`,
      ),
    ];
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 40[03]/);
    expect(reached).toEqual([]);
  });

  test('a preflight is answered without any permission', async () => {
    const { port } = await open();
    const answer = await call(port, 'OPTIONS', '/v1/settings', {
      origin: 'https://attacker.example',
      'access-control-request-method': 'PATCH',
    });
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('the token is good once', async () => {
    const { port, token } = await open();
    expect((await exchange(port, token)).status).toBe(200);
    expect((await exchange(port, token)).status).toBe(401);
  });

  test('the token is good for a minute, and a bearer ends when it is not used', async () => {
    const { port, token } = await open();
    now += 60_000;
    expect((await exchange(port, token)).status).toBe(401);
    const { bearer } = await signIn();
    const read = async () =>
      (await call(port, 'GET', '/v1/status', { authorization: `Bearer ${bearer}` })).status;
    now += 11 * 60 * 60_000;
    expect(await read()).toBe(200);
    now += 11 * 60 * 60_000;
    expect(await read()).toBe(200);
    now += 13 * 60 * 60_000;
    expect(await read()).toBe(401);
  });

  test.each(['', 'short', 'A'.repeat(43), 'B'.repeat(5000), '../../x', 'Ünïcode'.repeat(8)])(
    'a made-up bearer %# is refused',
    async (bearer) => {
      const { port } = await signIn();
      const authorization = `Bearer ${encodeURIComponent(bearer)}`;
      expect((await call(port, 'GET', '/v1/status', { authorization })).status).toBe(401);
    },
  );

  test('the one-time token is no bearer, and a token of another door is none here', async () => {
    const { port, token } = await open();
    const authorization = `Bearer ${token}`;
    expect((await call(port, 'GET', '/v1/status', { authorization })).status).toBe(401);
    expect((await exchange(port, 'x'.repeat(43))).status).toBe(401);
  });

  test('serves the built page with a policy that runs nothing but its own files', async () => {
    const { port } = await open();
    for (const path of ['/', '/index.html', '/settings/proxy', '/?x=1']) {
      const page = await call(port, 'GET', path);
      expect([path, page.status]).toEqual([path, 200]);
      expect(page.body).toContain('Dashboard');
      expect(page.headers['cache-control']).toBe('no-store');
      expect(page.headers).toMatchObject({
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
          "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'permissions-policy': 'camera=(), geolocation=(), microphone=()',
      });
    }
    const script = await call(port, 'GET', '/assets/main-1.js');
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    const head = await call(port, 'HEAD', '/');
    expect([head.status, head.body]).toEqual([200, '']);
    expect((await call(port, 'POST', '/')).status).toBe(405);
  });

  test.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/..\\secret.txt',
    '//secret.txt',
    '/assets/main-1.js%00.txt',
    '/etc/passwd.txt',
  ])('no path leads out of the folder: %s', async (path) => {
    const { port } = await open();
    const answer = await raw(
      port,
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (404|400)/);
    expect(answer).not.toContain('private words');
  });

  test('says what to do when the dashboard is not built', async () => {
    const empty = createLoopbackDoor({
      now: () => now,
      dashboardFolder: null,
      fetch: async () => answerJson({}),
    });
    try {
      const opened = await empty.open();
      if (!opened.ok) throw new Error(opened.refusal.message);
      const answer = await call(Number(new URL(opened.body.url).port), 'GET', '/');
      expect(answer.status).toBe(503);
      expect(answer.body).toContain('npm run build');
    } finally {
      await empty.close();
    }
  });

  test('is at no other address of the machine than the one it names', async () => {
    const { port } = await open();
    const reaches = (host: string) =>
      new Promise<boolean>((resolve) => {
        const socket = connect(port, host, () => resolve(true));
        socket.on('error', () => resolve(false)).on('close', () => resolve(false));
        socket.setTimeout(5_000, () => socket.destroy());
      });
    expect(await reaches('127.0.0.1')).toBe(true);
    // Where a door stands open to the network, on Linux these lead to it as well.
    for (const host of ['127.0.0.2', '::1']) expect([host, await reaches(host)]).toEqual([host, false]);
  });

  test('whoever connects without end uses up no more of the agent than this', async () => {
    const { port } = await open();
    const sockets: Socket[] = [];
    let shut = 0;
    try {
      for (let count = 0; count < MOST_CONNECTIONS + 20; count += 1) {
        const socket = connect(port, '127.0.0.1');
        // Told by an error or by an end, as the system likes.
        socket
          .on('error', () => undefined)
          .once('close', () => {
            shut += 1;
          });
        socket.resume();
        sockets.push(socket);
      }
      await expect.poll(() => shut, { timeout: 20_000 }).toBe(20);
      for (const socket of sockets) socket.destroy();
      await expect.poll(() => shut).toBe(sockets.length);
      await expect
        .poll(() =>
          call(port, 'GET', '/').then(
            ({ status }) => status,
            () => 0,
          ),
        )
        .toBe(200);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });

  test('a door that could not be opened is tried again at the next wish', async () => {
    const listen = vi.spyOn(Server.prototype, 'listen').mockImplementationOnce(function fails(this: Server) {
      queueMicrotask(() => this.emit('error', new Error('no file is left')));
      return this;
    });
    try {
      expect(await door.open()).toMatchObject({
        ok: false,
        refusal: { code: 'internal', message: expect.stringContaining('no file is left') },
      });
      expect(await door.open()).toMatchObject({ ok: true });
    } finally {
      listen.mockRestore();
    }
  });

  test('listens on nothing before it is asked, and on nothing after it is closed', async () => {
    const { port } = await open();
    await door.close();
    await expect(call(port, 'GET', '/')).rejects.toThrow(/ECONNREFUSED/);
  });
});
