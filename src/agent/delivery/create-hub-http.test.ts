import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import {
  createServer as createPlain,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecure } from 'node:https';
import {
  type AddressInfo,
  connect,
  createServer as createRaw,
  type LookupFunction,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../../test/manual-clock.ts';
import { createHubHttp } from './create-hub-http.ts';
import type { HubHttp, HubHttpOptions, HubRequest, ManagedProxy } from './hub-http.ts';

const tls = (name: string) => join(import.meta.dirname, '../../../test/fixtures/tls', name);
const CA = tls('ca.pem');

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
let handler: Handler = (_, response) => response.end('{}');
const seen: { method: string; url: string; body: string }[] = [];

const serve: Handler = (request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += String(chunk);
  });
  request.on('end', () => {
    seen.push({ method: request.method ?? '', url: request.url ?? '', body });
    handler(request, response);
  });
};

const plain = createPlain(serve);
const secure = createSecure(
  { cert: readFileSync(tls('hub.pem')), key: readFileSync(tls('hub-key.pem')) },
  serve,
);

/** Tunnels are no HTTP connections any more, so that closing the server does not close them. */
const open = new Set<Socket>();

/** A proxy as companies have them: CONNECT alone, and it resolves every name to us. */
interface TestProxy {
  readonly server: Server;
  readonly address: string;
  readonly tunnels: string[];
  answer: 'tunnel' | number | 'silence' | 'drops';
  credentials: string | undefined;
}

async function startProxy(): Promise<TestProxy> {
  const server = createPlain((_, response) => response.writeHead(405).end());
  const proxy: TestProxy = { server, address: '', tunnels: [], answer: 'tunnel', credentials: undefined };
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    proxy.tunnels.push(request.url ?? '');
    proxy.credentials = request.headers['proxy-authorization'];
    socket.on('error', () => {});
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    if (proxy.answer === 'silence') return;
    if (proxy.answer === 'drops') return drip(socket);
    if (typeof proxy.answer === 'number') return void socket.end(`HTTP/1.1 ${proxy.answer} No\r\n\r\n`);
    const upstream = connect(portOf(secure), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  });
  await listen(server);
  return Object.assign(proxy, { address: `http://127.0.0.1:${portOf(server)}` });
}

/** The head of an answer, a byte at a time, without an end. */
function drip(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\nX-Slow: ');
  const timer = setInterval(() => socket.write('x'), 50);
  socket.on('close', () => clearInterval(timer));
}

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;
const listen = (server: Server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
const close = (server: Server) =>
  new Promise<void>((done) => {
    server.close(() => done());
    server.closeAllConnections();
    for (const socket of open) socket.destroy();
  });

/** Knows `hub.acme.test` when `open`, and nothing else. */
const lookup =
  (open: () => boolean): LookupFunction =>
  (name, options, callback) => {
    if (name === 'hub.acme.test' && open()) {
      if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
      else callback(null, '127.0.0.1', 4);
    } else callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), '', 0);
  };

let proxy: TestProxy;
let folder: string;
let direct = true;
const clock = manualClock();
const none: ManagedProxy = { mode: 'manual', http: '', https: '', exclude: [], pac: '', embeddedPac: '' };

function http(change: Partial<HubHttpOptions> = {}): HubHttp {
  return createHubHttp({
    userAgent: 'Mooring/test',
    clock: clock.clock,
    managedProxy: () => null,
    environment: {},
    systemProxy: async () => null,
    extraCaFile: () => CA,
    lookup: lookup(() => direct),
    timeouts: { connect: 5_000, response: 5_000, total: 10_000 },
    ...change,
  });
}

const request = (path = '/', change: Partial<HubRequest> = {}): HubRequest => ({
  method: 'GET',
  url: new URL(path, `http://127.0.0.1:${portOf(plain)}`),
  maxBytes: 100_000,
  ...change,
});
const secureUrl = (path = '/') => new URL(path, `https://hub.acme.test:${portOf(secure)}`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-http-'));
  await Promise.all([listen(plain), listen(secure)]);
  proxy = await startProxy();
});
afterAll(async () => {
  await Promise.all([close(plain), close(secure), close(proxy.server)]);
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => {
  handler = (_, response) => response.end('{}');
  proxy.answer = 'tunnel';
  proxy.tunnels.length = 0;
  direct = true;
  seen.length = 0;
});

describe('what the hub may answer', () => {
  it('is handed on whatever its status', async () => {
    for (const status of [200, 304, 401, 403, 500, 503]) {
      handler = (_, response) =>
        response.writeHead(status, { etag: '"x"' }).end(status === 304 ? '' : '{"a":1}');
      const answer = await http().request(request());
      expect(answer).toMatchObject({ ok: true, status, headers: { etag: '"x"' } });
    }
  });

  it('is cut when it is huge, endless, or grows when unpacked', async () => {
    handler = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', more);
      more();
    };
    expect(await http().request(request())).toMatchObject({ ok: false, failure: { kind: 'too_large' } });
    handler = (_, response) =>
      response
        .writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' })
        .end(gzipSync(Buffer.alloc(50_000_000)));
    expect(await http().request(request())).toMatchObject({ ok: false, failure: { kind: 'too_large' } });
    handler = (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"packed":true}'));
    expect(await http().request(request())).toMatchObject({ ok: true, body: '{"packed":true}' });
    handler = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip at all');
    expect(await http().request(request())).toMatchObject({ ok: false, failure: { kind: 'broken_answer' } });
  });

  it('is recognized as a web page of the network, with any status below 500 and any type', async () => {
    const pages: [number, string, string][] = [
      [200, 'text/html; charset=utf-8', 'Please sign in'],
      [403, 'text/html', 'blocked'],
      [200, 'application/json', '  <!DOCTYPE html><html></html>'],
      [404, 'application/xhtml+xml', '<html/>'],
    ];
    for (const [status, type, body] of pages) {
      handler = (_, response) => response.writeHead(status, { 'content-type': type }).end(body);
      expect(await http().request(request())).toMatchObject({
        ok: false,
        failure: { kind: 'web_page', message: expect.stringContaining('answered with a web page') },
      });
    }
    handler = (_, response) =>
      response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad Gateway');
    expect(await http().request(request())).toMatchObject({ ok: true, status: 502 });
  });

  it('is never followed elsewhere, and the target is told without its path', async () => {
    handler = (_, response) =>
      response.writeHead(302, { location: 'http://me:pw@portal.test/login?u=secret' }).end();
    const answer = await http().request(request());
    expect(answer).toMatchObject({ ok: false, failure: { kind: 'redirected' } });
    expect(JSON.stringify(answer)).toContain('http://portal.test');
    expect(JSON.stringify(answer)).not.toMatch(/secret|pw/);
    handler = (_, response) => response.writeHead(301, { location: '/' }).end();
    expect(await http().request(request())).toMatchObject({ ok: false, failure: { kind: 'redirected' } });
    expect(seen).toHaveLength(2);
  });

  it('may break off, never begin, never end, or be no HTTP', async () => {
    handler = (incoming) => incoming.socket.destroy();
    expect(await http().request(request())).toMatchObject({
      ok: false,
      failure: { kind: 'unreachable', maybeSent: true },
    });
    const short = { connect: 200, response: 200, total: 400 };
    handler = () => {};
    expect(await http({ timeouts: short }).request(request())).toMatchObject({
      ok: false,
      failure: { kind: 'timeout' },
    });
    handler = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{');
    };
    expect(await http({ timeouts: short }).request(request())).toMatchObject({
      ok: false,
      failure: { kind: 'timeout' },
    });
    const noise = createRaw((socket) => {
      socket.on('error', () => {});
      socket.resume().end('SSH-2.0-OpenSSH_9.2\r\n');
    });
    await new Promise<void>((done) => noise.listen(0, '127.0.0.1', done));
    const answer = await http().request(request('/', { url: new URL(`http://127.0.0.1:${portOf(noise)}`) }));
    expect(answer).toMatchObject({ ok: false, failure: { kind: 'broken_answer' } });
    await new Promise((done) => noise.close(done));
  });

  it('can be called off', async () => {
    const stop = new AbortController();
    handler = () => stop.abort();
    expect(await http().request(request('/', { signal: stop.signal }))).toMatchObject({
      ok: false,
      failure: { kind: 'aborted' },
    });
  });
});

describe('whom we trust', () => {
  it('is the extra authority too, read anew after a refusal', async () => {
    const file = join(folder, 'extra.pem');
    const client = http({ extraCaFile: () => file });
    expect(await client.request(request('/', { url: secureUrl() }))).toMatchObject({
      ok: false,
      failure: {
        kind: 'untrusted_certificate',
        maybeSent: false,
        message: expect.stringContaining('could not be read'),
      },
    });
    writeFileSync(file, 'nothing useful');
    expect(await client.request(request('/', { url: secureUrl() }))).toMatchObject({
      failure: { message: expect.stringContaining('holds no PEM certificate') },
    });
    writeFileSync(file, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    expect(await client.request(request('/', { url: secureUrl() }))).toMatchObject({
      failure: { kind: 'untrusted_certificate' },
    });
    writeFileSync(file, readFileSync(CA));
    expect(await client.request(request('/', { url: secureUrl() }))).toMatchObject({ ok: true });
  });

  it('is nobody who carries another name', async () => {
    const url = new URL(`https://127.0.0.1:${portOf(secure)}`);
    expect(await http().request(request('/', { url }))).toMatchObject({
      ok: false,
      failure: { kind: 'untrusted_certificate' },
    });
    expect(seen).toHaveLength(0);
  });
});

describe('proxies', () => {
  const managed = (change: Partial<ManagedProxy> = {}) => ({
    managedProxy: () => ({ ...none, https: proxy.address, ...change }),
  });

  it('are used as the policy says, with their credentials', async () => {
    direct = false;
    const https = proxy.address.replace('://', '://me:hunter2@');
    const client = http(managed({ https }));
    expect(await client.request(request('/', { url: secureUrl() }))).toMatchObject({ ok: true });
    expect(proxy.tunnels).toEqual([`hub.acme.test:${portOf(secure)}`]);
    expect(proxy.credentials).toBe(`Basic ${Buffer.from('me:hunter2').toString('base64')}`);
    expect(client.proxyProblem()).toBeNull();
  });

  it('are chosen by a PAC script, embedded or fetched', async () => {
    direct = false;
    const script = `function FindProxyForURL(url, host) { return "PROXY ${proxy.address.slice(7)}"; }`;
    const embedded = http(managed({ https: '', embeddedPac: script }));
    expect(await embedded.request(request('/', { url: secureUrl() }))).toMatchObject({ ok: true });
    handler = (incoming, response) => response.end(incoming.url === '/proxy.pac' ? script : '{}');
    const fetched = http(managed({ https: '', pac: `http://127.0.0.1:${portOf(plain)}/proxy.pac` }));
    expect(await fetched.request(request('/', { url: secureUrl() }))).toMatchObject({ ok: true });
    expect(await fetched.request(request('/', { url: secureUrl() }))).toMatchObject({ ok: true });
    expect(proxy.tunnels).toHaveLength(3);
    expect(seen.filter((each) => each.url === '/proxy.pac')).toHaveLength(1);
  });

  it('that fail are reported, and never the only way tried', async () => {
    for (const answer of [407, 502, 'silence'] as const) {
      proxy.answer = answer;
      const timeouts = { connect: 300, response: 5_000, total: 10_000 };
      const client = http({
        ...managed({ https: proxy.address.replace('://', '://me:hunter2@') }),
        timeouts,
      });
      expect(await client.request(request('/', { url: secureUrl() }))).toMatchObject({ ok: true });
      expect(client.proxyProblem()).toMatchObject({ code: 'proxy_unreachable' });
      expect(client.proxyProblem()?.message).not.toContain('hunter2');
    }
    const gone = http(managed({ https: 'http://127.0.0.1:1' }));
    expect(await gone.request(request('/', { url: secureUrl() }))).toMatchObject({ ok: true });
    expect(gone.proxyProblem()?.message).toContain('refused');
    const broken = http(managed({ https: '', embeddedPac: 'nonsense(' }));
    expect(await broken.request(request('/', { url: secureUrl() }))).toMatchObject({ ok: true });
    expect(broken.proxyProblem()?.message).toContain('PAC');
  });

  it('that answer a byte at a time are given up like silent ones, and changes too go another way', async () => {
    proxy.answer = 'drops';
    const client = http({ ...managed(), timeouts: { connect: 2_000, response: 20_000, total: 20_000 } });
    const change = { method: 'POST', url: secureUrl(), body: '{}' } as const;
    expect(await client.request(request('/', change))).toMatchObject({ ok: true, status: 200 });
    expect(proxy.tunnels).toHaveLength(1);
    expect(client.proxyProblem()?.message).toContain('the proxy did not answer in time');
  });

  it('of the environment come between', async () => {
    direct = false;
    const client = http({
      ...managed({ https: 'http://127.0.0.1:1' }),
      environment: { HTTPS_PROXY: proxy.address },
    });
    expect(await client.request(request('/', { url: secureUrl() }))).toMatchObject({ ok: true });
    expect(proxy.tunnels).toHaveLength(1);
    expect(client.proxyProblem()).not.toBeNull();
  });

  it('are remembered by what worked, and the managed one gets its chance again', async () => {
    proxy.answer = 502;
    const client = http(managed());
    for (let call = 0; call < 3; call += 1) await client.request(request('/', { url: secureUrl() }));
    expect(proxy.tunnels).toHaveLength(1);
    expect(client.proxyProblem()).not.toBeNull();
    clock.advance(11 * 60_000);
    proxy.answer = 'tunnel';
    expect(await client.request(request('/', { url: secureUrl() }))).toMatchObject({ ok: true });
    expect(proxy.tunnels).toHaveLength(2);
    expect(client.proxyProblem()).toBeNull();
  });

  it('that a policy names later have their chance at once, whatever worked before', async () => {
    let current: ManagedProxy | null = null;
    const client = http({ managedProxy: () => current });
    expect(await client.request(request('/', { url: secureUrl() }))).toMatchObject({ ok: true });
    expect(proxy.tunnels).toHaveLength(0);
    current = managed().managedProxy();
    expect(await client.request(request('/', { url: secureUrl() }))).toMatchObject({ ok: true });
    expect(proxy.tunnels).toHaveLength(1);
  });

  it('that are taken away are no problem any more', async () => {
    let current: ManagedProxy | null = { ...none, https: 'http://127.0.0.1:1' };
    const client = http({ managedProxy: () => current });
    await client.request(request('/', { url: secureUrl() }));
    expect(client.proxyProblem()).not.toBeNull();
    current = null;
    await client.request(request('/', { url: secureUrl() }));
    expect(client.proxyProblem()).toBeNull();
  });

  it('all failing, every way is named, and nothing secret', async () => {
    direct = false;
    const client = http({
      managedProxy: () => ({ ...none, https: 'http://me:hunter2@127.0.0.1:1' }),
      environment: { HTTPS_PROXY: 'http://you:hunter3@127.0.0.1:2' },
    });
    const answer = await client.request(request('/', { url: secureUrl('/v1?secret=1') }));
    expect(answer).toMatchObject({ ok: false, failure: { kind: 'unreachable', maybeSent: false } });
    const told = JSON.stringify(answer);
    expect(told).toContain('the managed proxy http://***@127.0.0.1:1');
    expect(told).toContain("the environment's proxy http://***@127.0.0.1:2");
    expect(told).toContain('directly: the name is not known here');
    expect(told).not.toMatch(/hunter|secret/);
  });

  it('do not get a change twice: only what surely did not arrive is sent another way', async () => {
    const post = { method: 'POST', url: secureUrl(), body: 'a=1' } as const;
    const client = http(managed());
    handler = (incoming) => incoming.socket.destroy();
    expect(await client.request(request('/', post))).toMatchObject({
      ok: false,
      failure: { maybeSent: true },
    });
    expect(seen).toEqual([{ method: 'POST', url: '/', body: 'a=1' }]);
    handler = (_, response) => response.end('{}');
    proxy.answer = 502;
    expect(await client.request(request('/', post))).toMatchObject({ ok: true });
    expect(seen).toHaveLength(2);
  });
});
