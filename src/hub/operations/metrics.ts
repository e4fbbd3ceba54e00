import { timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type pg from 'pg';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { CountRequest } from '../early-answers.ts';
import type { HubPlugin, HubServer } from '../hub-plugin.ts';
import { hashOneTimeSecret } from '../secrets/one-time-secret.ts';

export interface MetricsOptions {
  /** Its connections are counted. */
  readonly pool: pg.Pool;
  /** Bearer that opens `/metrics` from anywhere; without one only this machine may read it. */
  readonly token: string | undefined;
  /** Capabilities add their own numbers here. */
  readonly registry: Registry;
}

/** So long requests wait to be entered in the numbers. */
const ENTERED_AFTER_MS = 1_000;

/** A registry with the process's own numbers. */
export function createRegistry(version: string): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'mooring_hub_info',
    help: 'Version of the hub; the value is always 1.',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version }, 1);
  return registry;
}

/**
 * Counts and times every request by route; on the whole server, so it is called before routes are registered. Answers
 * how requests are counted that do not come that far.
 */
export function measureRequests(app: HubServer, registry: Registry): CountRequest {
  const labelNames = ['method', 'route', 'status'] as const;
  const waiting: Parameters<CountRequest>[] = [];
  const count = new Counter({
    name: 'mooring_hub_requests_total',
    help: 'Requests answered.',
    labelNames,
    registers: [registry],
    collect: () => enter(),
  });
  const time = new Histogram({
    name: 'mooring_hub_request_seconds',
    help: 'Time to the end of the answer; event streams excluded.',
    labelNames: ['method', 'route'],
    buckets: [0.002, 0.01, 0.05, 0.25, 1, 5],
    registers: [registry],
    collect: () => enter(),
  });
  const enter = (): void => {
    for (const [{ method, route, status }, milliseconds] of waiting.splice(0)) {
      count.inc({ method, route, status: String(status) });
      if (milliseconds !== null) time.observe({ method, route }, milliseconds / 1000);
    }
  };
  // Entered before they are read, or a moment later: a fleet that comes at once does not wait for its own statistics.
  const countRequest: CountRequest = (labels, milliseconds) => {
    if (waiting.push([labels, milliseconds]) === 1) setTimeout(enter, ENTERED_AFTER_MS).unref();
  };
  // Without a promise: this runs for every request.
  app.addHook('onResponse', (request, reply, done) => {
    // The route, never the address: labels stay few and hold no ids.
    const route = request.routeOptions.url ?? 'none';
    const stream = String(reply.getHeader('content-type') ?? '').startsWith('text/event-stream');
    countRequest(
      { method: request.method, route, status: reply.statusCode },
      stream ? null : reply.elapsedTime,
    );
    done();
  });
  return countRequest;
}

/** `/metrics` in the format of Prometheus: to this machine without a proxy in between, or by bearer token. */
export function metricsRoutes(options: MetricsOptions): HubPlugin {
  const { registry, pool } = options;
  const connections = new Gauge({
    name: 'mooring_hub_database_connections',
    help: 'Connections of the pool, and requests waiting for one.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'open' }, pool.totalCount);
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'waiting' }, pool.waitingCount);
    },
  });
  connections.set({ state: 'open' }, 0);
  return (app) => {
    app.get(
      '/metrics',
      { config: { requires: 'own-check', rateLimit: false }, schema: { hide: true }, logLevel: 'warn' },
      async (request, reply) => {
        if (!mayRead(request, options.token)) throw refusal();
        return reply.type(registry.contentType).send(await registry.metrics());
      },
    );
  };
}

function mayRead(request: FastifyRequest, token: string | undefined): boolean {
  if (token !== undefined) {
    const sent = /^bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    // Digests have one length, whatever was sent.
    if (sent !== undefined && timingSafeEqual(hashOneTimeSecret(sent), hashOneTimeSecret(token))) return true;
  }
  const { headers, socket } = request.raw;
  const proxied = headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined;
  return !proxied && isLoopback(socket.remoteAddress) && namesThisMachine(headers.host);
}

function isLoopback(address: string | undefined): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address ?? '');
}

/** A page elsewhere that points its own name at 127.0.0.1 sends that name. */
function namesThisMachine(host: string | undefined): boolean {
  const name = (host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || (isIP(name) !== 0 && isLoopback(name));
}

function refusal(): RefusalError {
  return new RefusalError({
    code: 'forbidden',
    message: 'The metrics are for this machine, or for whoever has the metrics token.',
    help: 'Start the hub with MOORING_METRICS_TOKEN and send it as Authorization: Bearer.',
  });
}
