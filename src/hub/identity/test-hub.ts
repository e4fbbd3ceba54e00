import { createServer } from 'node:net';
import * as client from 'openid-client';
import { afterAll, beforeAll } from 'vitest';
import { AGENT_CLIENT_ID, AGENT_SCOPES } from '../../shared/contracts/agent-api.ts';
import type { Clock } from '../clock.ts';
import { type AnnouncementListener, listenForAnnouncements } from '../database/announcements.ts';
import type { DatabaseHandle } from '../database/connection.ts';
import { databaseForFile } from '../database/test-database.ts';
import { createDelivery } from '../delivery/delivery.ts';
import { createLogger } from '../logging.ts';
import type { Mailer } from '../mail/mailer.ts';
import { ensureAccount } from '../organizations/accounts.ts';
import { joinOrganization } from '../organizations/member-service.ts';
import { createOrganization } from '../organizations/organization-service.ts';
import { lockOrganization } from '../policies/recipients.ts';
import { createHubSecret, type HubSecret } from '../secrets/hub-secret.ts';
import { buildServer } from '../server.ts';
import type { Outbound } from '../sso/outbound.ts';
import { createIdentity } from './identity.ts';
import { createPasswords } from './passwords.ts';
import { type Browser, createBrowser } from './test-browser.ts';

/*
 * For tests: a hub with identity and delivery on a real port and a real database, accounts, and a desktop that
 * signs in through the pages with openid-client.
 */

export const TEST_SECRET = 'a secret for tests, thirty-two characters and more';
export const PASSWORD = 'correct horse battery';
export const LOOPBACK = 'http://127.0.0.1:49152/callback';

export interface TestHub {
  readonly url: string;
  readonly secret: HubSecret;
  readonly announcements: AnnouncementListener;
  stop(): Promise<void>;
}

/** Time that tests may move; shared by the hub and by the provider library, which asks `Date`. */
const machineClock: Clock = { now: () => Date.now() };

/** A port that was free a moment ago: the issuer has to be known before the hub listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** How a hub of tests differs from the usual one. */
export interface TestHubOptions {
  /** One that was chosen before; left out, a free one. */
  readonly port?: number;
  readonly publicUrl?: string;
  readonly logLevel?: string;
  readonly outbound?: Outbound;
  readonly mail?: Mailer;
}

/** A hub on a database that a test has already; whoever starts it stops it. */
export async function startTestHub(database: DatabaseHandle, options: TestHubOptions = {}): Promise<TestHub> {
  for (;;) {
    try {
      return await startOn(options.port ?? (await freePort()), database, options);
    } catch (error) {
      // Something else took the free port in between.
      const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!taken || options.port !== undefined) throw error;
    }
  }
}

/**
 * A hub on a database of its own for one test file, begun before its first test and ended after its last:
 * ```
 * const { database, hub } = hubForFile();
 * ```
 */
export function hubForFile(options: TestHubOptions = {}): {
  readonly database: DatabaseHandle;
  readonly hub: TestHub;
} {
  const database = databaseForFile();
  let started: TestHub | undefined;
  beforeAll(async () => {
    started = await startTestHub(database, options);
  });
  afterAll(() => started?.stop());
  const now = () => {
    if (started === undefined) throw new Error('The hub begins with the tests of the file, not before.');
    return started;
  };
  const hub: TestHub = {
    get url() {
      return now().url;
    },
    get secret() {
      return now().secret;
    },
    get announcements() {
      return now().announcements;
    },
    stop: () => now().stop(),
  };
  return { database, hub };
}

async function startOn(port: number, database: DatabaseHandle, options: TestHubOptions): Promise<TestHub> {
  const url = `http://127.0.0.1:${port}`;
  const publicUrl = options.publicUrl ?? url;
  const secret = createHubSecret(TEST_SECRET);
  const log = createLogger({
    level: options.logLevel ?? 'silent',
    destination: { write: () => undefined },
  });
  const announcements = listenForAnnouncements({ target: database.target });
  const common = { db: database.db, secret, clock: machineClock, log, announcements, publicUrl };
  const identity = await createIdentity({
    ...common,
    ...(options.outbound === undefined ? {} : { outbound: options.outbound }),
    ...(options.mail === undefined ? {} : { mail: options.mail }),
  });
  const delivery = await createDelivery(common);
  const server = await buildServer({
    ...common,
    config: { publicUrl, trustProxy: [], version: '0.0.0' },
    authenticators: [identity.authenticate],
    plugins: [
      identity.plugin,
      delivery.plugin,
      (app) => {
        app.get('/v1/whoami', { config: { requires: 'account' } }, async (request) => ({
          actor: request.actor,
        }));
      },
    ],
  });
  const stop = async () => {
    // As the hub itself does: a connection that nobody closes is not waited for until it times out.
    const impatience = setTimeout(() => server.server.closeAllConnections(), DRAIN_MS);
    await server.close();
    clearTimeout(impatience);
    await announcements.stop();
  };
  try {
    await server.listen({ host: '127.0.0.1', port });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, secret, announcements, stop };
}

const DRAIN_MS = 2_000;

export interface TestAccount {
  readonly id: string;
  readonly email: string;
}

let hashed: Promise<string> | undefined;

/** An account with the test password. */
export async function createAccount({ db }: Pick<DatabaseHandle, 'db'>, email: string): Promise<TestAccount> {
  hashed ??= createPasswords().then((passwords) => passwords.hash(PASSWORD));
  const passwordHash = await hashed;
  return db.transaction().execute(async (trx) => {
    const { account } = await ensureAccount(trx, { email, name: `Name of ${email}` }, new Date());
    await trx
      .updateTable('users')
      .set({ password_hash: passwordHash })
      .where('id', '=', account.id)
      .execute();
    return { id: account.id, email };
  });
}

export const OPERATOR = {
  actor: { kind: 'system' as const, name: 'test' },
  sourceAddress: null,
  get at() {
    return new Date();
  },
};

/** An organization with these members. */
export async function createTestOrganization(
  { db }: Pick<DatabaseHandle, 'db'>,
  name: string,
  members: readonly TestAccount[],
): Promise<{ readonly id: string; readonly name: string }> {
  const { id } = await createOrganization(db, OPERATOR, { name, displayName: name.toUpperCase() });
  for (const account of members) {
    await db.transaction().execute(async (trx) => {
      await lockOrganization(trx, id);
      await joinOrganization(trx, OPERATOR, {
        organizationId: id,
        account,
        role: 'member',
        origin: 'manual',
      });
    });
  }
  return { id, name };
}

/** The desktop's side, as openid-client sees the hub. */
export async function discover(hub: Pick<TestHub, 'url'>): Promise<client.Configuration> {
  return client.discovery(new URL(hub.url), AGENT_CLIENT_ID, undefined, client.None(), {
    execute: [client.allowInsecureRequests],
  });
}

export interface StartedSignIn {
  readonly url: URL;
  readonly verifier: string;
  readonly state: string;
}

/** The address that a desktop opens in the browser. */
export async function startSignIn(
  config: client.Configuration,
  extra: Readonly<Record<string, string>> = {},
): Promise<StartedSignIn> {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: LOOPBACK,
    scope: AGENT_SCOPES,
    prompt: 'consent',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    ...extra,
  });
  return { url, verifier, state };
}

/** Types address and password into the pages that follow `url`; answers the page on which that ended. */
export async function typeCredentials(browser: Browser, url: string, email: string, password = PASSWORD) {
  const first = await browser.get(url);
  const second = await browser.submit(first, { email, step: 'email' }, (form) => 'email' in form.fields);
  return browser.submit(second, { password }, (form) => 'password' in form.fields);
}

/** Signs a desktop in, whole. */
export async function signInDesktop(
  hub: Pick<TestHub, 'url'>,
  email: string,
  browser: Browser = createBrowser(hub.url),
  password: string = PASSWORD,
) {
  const config = await discover(hub);
  const started = await startSignIn(config);
  await typeCredentials(browser, started.url.href, email, password);
  const callback = browser.left();
  if (callback === undefined) throw new Error('the browser was not sent back to the desktop');
  const tokens = await client.authorizationCodeGrant(config, callback, {
    pkceCodeVerifier: started.verifier,
    expectedState: started.state,
  });
  return { config, tokens, browser };
}
