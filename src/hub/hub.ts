import { createServer } from 'node:net';
import { join } from 'node:path';
import { RefusalError } from '../shared/contracts/refusal.ts';
import { VERSION } from '../shared/version.ts';
import { apiRoutes } from './api-routes.ts';
import type { Clock } from './clock.ts';
import { findConsoleFolder } from './console/console-folder.ts';
import { consoleRoutes } from './console/console-routes.ts';
import { listenForAnnouncements } from './database/announcements.ts';
import { createDelivery } from './delivery/delivery.ts';
import { dnsResolver } from './domains/domain-proof.ts';
import { domainRecheck } from './domains/recheck.ts';
import { type HubDatabase, openHubDatabase } from './hub-database.ts';
import { createIdentity, type Identity } from './identity/identity.ts';
import { acceptanceRoutes } from './invitations/acceptance-routes.ts';
import type { Logger } from './logging.ts';
import { noMail } from './mail/mailer.ts';
import { smtpMailer } from './mail/smtp-mailer.ts';
import { createRegistry, metricsRoutes } from './operations/metrics.ts';
import { checkPublicUrl } from './public-address.ts';
import { followWork } from './running-work.ts';
import { scimPlugin } from './scim/plugin.ts';
import { type HubSecret, loadHubSecret } from './secrets/hub-secret.ts';
import { buildServer, type HubConfig, type HubServer } from './server.ts';
import { createOutbound } from './sso/outbound.ts';
import { authenticateByApiToken } from './tokens/api-tokens.ts';

/** Everything a hub is told when it starts; paths are absolute. */
export interface HubOptions {
  readonly dataDirectory: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Needed off loopback; else `http://<host>:<port>`. */
  readonly publicUrl?: string | undefined;
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Addresses or CIDR blocks of proxies whose `X-Forwarded-*` counts. */
  readonly trustProxy?: readonly string[];
  /** Private networks (CIDR) where identity providers may be asked; else only the public internet. */
  readonly idpNetworks?: readonly string[];
  /** Name servers for the records of domains, as `address` or `address:port`; else those of the machine. */
  readonly nameServers?: readonly string[];
  /** Mail server (`smtp://…`, `smtps://…`) and sender; left out, links are shown to be copied. */
  readonly mail?: { readonly url: string; readonly from: string } | undefined;
  readonly databaseUrl?: string | undefined;
  readonly postgresUser?: string | undefined;
  /** Value of `MOORING_HUB_SECRET`. */
  readonly secret?: string | undefined;
  /** Value of `MOORING_METRICS_TOKEN`. */
  readonly metricsToken?: string | undefined;
  /** The built Admin Console; left out, the one beside the program. */
  readonly consoleFolder?: string;
  readonly log: Logger;
  readonly clock: Clock;
  /** The hub cannot go on (its database is lost); whoever started it stops it. */
  readonly onFatal?: (message: string) => void;
}

/** A hub that answers. */
export interface RunningHub {
  /** What it calls itself, without a final slash. */
  readonly publicUrl: string;
  readonly port: number;
  readonly database: HubDatabase;
  readonly identity: Identity;
  /** Accepts nothing new, finishes what it began, ends streams, stops the database. Safe to call twice. */
  stop(): Promise<void>;
}

/** How long requests under way may take to finish when the hub stops. */
const DRAIN_MS = 10_000;
/** A free port is found before the server is built: another program may take it in between. */
const PORT_ATTEMPTS = 5;
/**
 * Connections that may wait to be accepted. A saved policy makes every agent connect in the same second, and what finds
 * the queue full (Node keeps room for 511) tries again only after a second. The system cuts this to its own limit.
 */
const LISTEN_BACKLOG = 4096;

/** Composition root: starts the database, then everything that stands on it, then listens. */
export async function startHub(options: HubOptions): Promise<RunningHub> {
  const { host, trustProxy = [], tls } = options;
  const given = checkPublicUrl({ host, publicUrl: options.publicUrl, tls: tls !== undefined, trustProxy });
  const database = await openHubDatabase({
    dataDirectory: options.dataDirectory,
    databaseUrl: options.databaseUrl,
    postgresUser: options.postgresUser,
    log: options.log,
    purpose: 'mooring-hub start',
    ...(options.onFatal === undefined ? {} : { onLost: options.onFatal }),
  });
  try {
    const secret = await loadSecret(options);
    for (let attempt = 1; ; attempt += 1) {
      const port = options.port === 0 ? await freePort(host) : options.port;
      const publicUrl = given ?? `${tls === undefined ? 'http' : 'https'}://${bracketed(host)}:${port}`;
      const config: HubConfig = {
        publicUrl,
        trustProxy,
        version: VERSION,
        ...(tls === undefined ? {} : { tls }),
      };
      const composed = await compose(options, config, database, secret);
      try {
        await composed.app.listen({ host, port, backlog: LISTEN_BACKLOG });
        return { publicUrl, port, database, identity: composed.identity, stop: once(composed.stop) };
      } catch (error) {
        await composed.close();
        if (!isTaken(error)) throw error;
        if (options.port !== 0 || attempt >= PORT_ATTEMPTS) throw portTaken(host, port);
      }
    }
  } catch (error) {
    await database.stop();
    throw error;
  }
}

async function compose(options: HubOptions, config: HubConfig, database: HubDatabase, secret: HubSecret) {
  const { log, clock } = options;
  const { db, pool } = database;
  const { publicUrl } = config;
  const outbound = createOutbound(options.idpNetworks);
  const resolver = dnsResolver(options.nameServers);
  const mail =
    options.mail === undefined
      ? noMail
      : smtpMailer({
          ...options.mail,
          onError: (reason) => log.warn({ reason }, 'a letter could not be sent'),
        });
  const identity = await createIdentity({ db, secret, clock, log, publicUrl, outbound, mail });
  const announcements = listenForAnnouncements({
    target: database.target,
    onError: (error) => log.warn({ reason: error.message }, 'announcements are not heard at present'),
  });
  const work = followWork();
  let app: HubServer | undefined;
  const close = async (): Promise<void> => {
    await app?.close();
    await work.settled(DRAIN_MS);
    mail.stop();
    await announcements.stop();
  };
  try {
    const delivery = await createDelivery({ db, secret, clock, announcements, publicUrl });
    const metrics = createRegistry(config.version);
    app = await buildServer({
      db,
      config,
      log,
      clock,
      announcements,
      metrics,
      work,
      authenticators: [identity.authenticate, authenticateByApiToken({ db, clock })],
      plugins: [
        ...apiRoutes({ resolver, mail, outbound, secret }),
        metricsRoutes({ pool, token: options.metricsToken, registry: metrics }),
        domainRecheck(resolver, mail),
        identity.plugin,
        acceptanceRoutes({ secret, passwords: identity.passwords, afterLink: identity.afterLink }),
        delivery.plugin,
        scimPlugin,
        consoleRoutes(options.consoleFolder ?? findConsoleFolder()),
      ],
    });
  } catch (error) {
    await close();
    throw error;
  }
  const server = app;
  const stop = async (): Promise<void> => {
    const impatience = setTimeout(() => server.server.closeAllConnections(), DRAIN_MS);
    await close();
    clearTimeout(impatience);
    await database.stop();
  };
  return { app: server, identity, close, stop };
}

async function loadSecret(options: HubOptions): Promise<HubSecret> {
  const loaded = await loadHubSecret({
    environment: options.secret,
    file: join(options.dataDirectory, 'hub.secret'),
  });
  if (loaded.ok) return loaded.secret;
  throw new RefusalError({ code: 'storage_failed', message: loaded.fault.message });
}

async function freePort(host: string): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done, fail) => probe.once('error', fail).listen(0, host, done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function portTaken(host: string, port: number): RefusalError {
  return new RefusalError({
    code: 'conflict',
    message: `Port ${port} on ${host} is in use by another program.`,
    help: 'Stop that one, or choose another port with --port.',
  });
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= action();
    return running;
  };
}
