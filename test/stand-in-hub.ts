import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { CompactSign, exportJWK, importJWK, type JWK } from 'jose';
import { Provider } from 'oidc-provider';
import {
  AGENT_CLIENT_ID,
  AGENT_EVENTS,
  AGENT_REDIRECT_PATH,
  AGENT_ROUTES,
  type AgentAccount,
  type AgentKey,
  KEY_TYP,
  type OverrideAnswer,
  type OverrideRequest,
  overrideRequestSchema,
} from '../src/shared/contracts/agent-api.ts';
import {
  BUNDLE_AUDIENCE,
  BUNDLE_MEDIA_TYPE,
  BUNDLE_TYP,
  type BundlePayload,
  bundlePayloadSchema,
} from '../src/shared/contracts/bundle.ts';
import { type AgentReport, agentReportSchema } from '../src/shared/contracts/device-report.ts';

/*
 * A hub for tests of the agent: a real OpenID provider (oidc-provider, in memory) and the agent API, with every
 * failure mode that the real one must not have at hand. It signs people in without a page: whoever `person` is.
 */

/** A signing key of the stand-in, and how it is published. */
export interface StandInKey {
  readonly jwk: AgentKey;
  readonly sign: (payload: unknown, header?: Record<string, unknown>) => Promise<string>;
}

/** An open event stream of the stand-in. */
export interface StandInStream {
  readonly userId: string;
  readonly organization: string;
  readonly lastEventId: string | null;
  /** Raw text, so that a test can send what no hub should. */
  readonly send: (text: string) => void;
  readonly nudge: (seq: number) => void;
  readonly end: () => void;
}

export interface StandInHub {
  readonly url: string;
  /** Who is at the browser; `null` presses "cancel". */
  person: string | null;
  readonly accounts: Map<string, AgentAccount>;
  /** Published keys, and the one that signs. */
  keys: StandInKey[];
  /** Bundle by user and organization; absent: no member. */
  readonly policies: Map<string, { jws: string; etag: string }>;
  /** Sees every request first; true: it answered (or will not). */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
  /** So many token answers are made, and then lost on their way. */
  loseTokenAnswers: number;
  /** `METHOD path` of every request. */
  readonly requests: string[];
  /** Every access token that the agent API was shown. */
  readonly bearers: string[];
  /** Every report that was taken, in order; one sent twice stands here twice. */
  readonly reports: AgentReport[];
  /** Answers requests for overrides; `null`: refused. Publishes nothing by itself. */
  grant: ((userId: string, organization: string, request: OverrideRequest) => OverrideAnswer | null) | null;
  /** Ids of the overrides that were ended early. */
  readonly ended: string[];
  /** Event streams that are open now, oldest first. */
  readonly streams: StandInStream[];
  /** Approves or refuses the device code that somebody typed. */
  typeCode(userCode: string, verdict: 'approve' | 'deny'): Promise<void>;
  /** Ends every session, as an administrator would. */
  endSessions(): Promise<void>;
  stop(): Promise<void>;
}

/** Lifetime of access tokens in seconds. */
export const STAND_IN_ACCESS_SECONDS = 600;
const INTERACTION = '/interaction/';

export async function startStandInHub(): Promise<StandInHub> {
  const server = createServer((request, response) => {
    void serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}`;
  const provider = makeProvider(url);
  const handle = provider.callback();
  const hub: StandInHub = {
    url,
    person: null,
    accounts: new Map(),
    keys: [await standInKey()],
    policies: new Map(),
    intercept: null,
    loseTokenAnswers: 0,
    requests: [],
    bearers: [],
    streams: [],
    reports: [],
    grant: null,
    ended: [],
    typeCode: (userCode, verdict) => typeCode(provider, hub, userCode, verdict),
    async endSessions() {
      for (const grantId of [...grants]) await provider.RefreshToken.revokeByGrantId(grantId);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const grants = new Set<string>();
  provider.on('grant.success', (ctx) => {
    const grantId = ctx.oidc.entities.Grant?.jti;
    if (grantId !== undefined) grants.add(grantId);
  });
  /** Marks the stand-in's own call of the provider's token endpoint. */
  const inside = randomUUID();
  const repeated = new Map<string, ReturnType<typeof askProvider>>();

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = new URL(request.url ?? '/', url).pathname;
    if (request.headers['x-inside'] !== inside) hub.requests.push(`${request.method} ${path}`);
    if (hub.intercept?.(request, response)) return;
    if (path.startsWith(INTERACTION)) return interact(provider, hub, request, response);
    if (path.startsWith('/v1/agent/')) return answerAgent(provider, hub, request, response);
    if (path === '/token' && request.headers['x-inside'] !== inside) return answerToken(request, response);
    await handle(request, response);
  };

  const askProvider = async (body: string) => {
    const made = await fetch(`${url}/token`, {
      method: 'POST',
      headers: { 'x-inside': inside },
      body: new URLSearchParams(body),
    });
    return { status: made.status, body: await made.text() };
  };
  /** The predecessor of a refresh token is accepted again: its answer is given once more (docs/identity.md section 1). */
  const answerToken = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await textOf(request);
    const used = new URLSearchParams(body).get('refresh_token');
    // Also while the first is still being answered: whoever was killed meanwhile asks again with the same token.
    const begun = used === null ? undefined : repeated.get(used);
    const asked = begun ?? askProvider(body);
    if (used !== null) repeated.set(used, asked);
    const answer = await asked.catch(() => null);
    if (used !== null && answer?.status !== 200) repeated.delete(used);
    if (answer === null) {
      response.destroy();
      return;
    }
    if (hub.loseTokenAnswers > 0) {
      hub.loseTokenAnswers -= 1;
      response.destroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(answer.body);
  };
  return hub;
}

function makeProvider(issuer: string): Provider {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return new Provider(issuer, {
    clients: [
      {
        client_id: AGENT_CLIENT_ID,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        response_types: ['code'],
        redirect_uris: [`http://127.0.0.1${AGENT_REDIRECT_PATH}`],
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'oidc' }] },
    cookies: { keys: [randomUUID()] },
    scopes: ['openid', 'profile', 'email', 'offline_access', 'agent'],
    claims: { openid: ['sub'], email: ['email'], profile: ['name'] },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: { enabled: true },
      revocation: { enabled: true },
    },
    pkce: { required: () => true },
    interactions: { url: (_ctx, interaction) => `${INTERACTION}${interaction.uid}` },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    ttl: { AccessToken: STAND_IN_ACCESS_SECONDS, RefreshToken: 90 * 86_400, DeviceCode: 600 },
  });
}

/** What a person would do on the pages: sign in as `person` and agree, or press "cancel". */
async function interact(
  provider: Provider,
  hub: StandInHub,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const details = await provider.interactionDetails(request, response);
  if (hub.person === null) {
    return provider.interactionFinished(request, response, {
      error: 'access_denied',
      error_description: 'The person said <no>',
    });
  }
  if (details.prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: hub.person } });
  }
  const grantId = await grantFor(provider, hub.person);
  return provider.interactionFinished(
    request,
    response,
    { consent: { grantId } },
    { mergeWithLastSubmission: true },
  );
}

async function grantFor(provider: Provider, accountId: string): Promise<string> {
  const grant = new provider.Grant({ accountId, clientId: AGENT_CLIENT_ID });
  grant.addOIDCScope('openid profile email offline_access agent');
  return grant.save();
}

async function typeCode(
  provider: Provider,
  hub: StandInHub,
  userCode: string,
  verdict: 'approve' | 'deny',
): Promise<void> {
  const code = await provider.DeviceCode.findByUserCode(userCode.replace(/[^A-Z0-9]/g, ''));
  if (code === undefined) throw new Error(`no device code ${userCode}`);
  if (verdict === 'deny' || hub.person === null) {
    Object.assign(code, { error: 'access_denied', errorDescription: 'Not today' });
  } else {
    Object.assign(code, {
      accountId: hub.person,
      grantId: await grantFor(provider, hub.person),
      scope: code.params?.scope,
      authTime: Math.floor(Date.now() / 1000),
    });
  }
  await code.save();
}

async function answerAgent(
  provider: Provider,
  hub: StandInHub,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', hub.url);
  const json = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const refuse = (status: number, code: string, message: string): void =>
    json(status, { error: { code, message } });
  if (url.pathname === AGENT_ROUTES.keys.path) return json(200, { keys: hub.keys.map((key) => key.jwk) });
  const bearer = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
  hub.bearers.push(bearer);
  const token = bearer === '' ? undefined : await provider.AccessToken.find(bearer);
  const account = token?.accountId === undefined ? undefined : hub.accounts.get(token.accountId);
  if (account === undefined) return refuse(401, 'unauthenticated', 'No such session.');
  if (url.pathname === AGENT_ROUTES.account.path) return json(200, account);
  const policy = hub.policies.get(`${account.userId} ${url.searchParams.get('org')}`);
  if (policy === undefined) return refuse(403, 'forbidden', 'You are no member of this organization.');
  if (url.pathname === AGENT_ROUTES.events.path) {
    openStream(hub, account.userId, url.searchParams.get('org') ?? '', policy, request, response);
    return;
  }
  const organization = url.searchParams.get('org') ?? '';
  if (url.pathname === AGENT_ROUTES.reports.path) {
    const report = agentReportSchema.safeParse(JSON.parse(await textOf(request)));
    if (!report.success) return refuse(422, 'invalid_value', report.error.message);
    hub.reports.push(report.data);
    return json(202, { accepted: true, nextSeconds: 86_400 });
  }
  if (url.pathname === AGENT_ROUTES.requestOverride.path) {
    const asked = overrideRequestSchema.safeParse(JSON.parse(await textOf(request)));
    if (!asked.success) return refuse(422, 'invalid_value', asked.error.message);
    const granted = hub.grant?.(account.userId, organization, asked.data) ?? null;
    if (granted === null) return refuse(403, 'override_not_allowed', 'The policy does not allow it.');
    return json(201, granted);
  }
  if (request.method === 'DELETE') {
    hub.ended.push(decodeURIComponent(url.pathname.split('/').at(-1) ?? ''));
    response.writeHead(204).end();
    return;
  }
  if (request.headers['if-none-match'] === policy.etag) {
    response.writeHead(304, { etag: policy.etag }).end();
    return;
  }
  response.writeHead(200, { 'content-type': BUNDLE_MEDIA_TYPE, etag: policy.etag }).end(policy.jws);
}

/** The event stream, as the contract has it: the present number first, unless the agent holds it. */
function openStream(
  hub: StandInHub,
  userId: string,
  organization: string,
  policy: { readonly etag: string },
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const given = request.headers['last-event-id'];
  const lastEventId = typeof given === 'string' ? given : null;
  const send = (text: string) => void response.write(text);
  const stream: StandInStream = {
    ...{ userId, organization, lastEventId, send },
    nudge: (seq) => send(`id: ${seq}\nevent: ${AGENT_EVENTS.policy}\ndata: ${JSON.stringify({ seq })}\n\n`),
    end: () => response.end(),
  };
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  send('retry: 1000\n\n');
  hub.streams.push(stream);
  response.on('close', () => hub.streams.splice(hub.streams.indexOf(stream), 1));
  const present = policy.etag.slice(1, -1);
  if (present !== lastEventId) stream.nudge(Number(present));
}

/** A fresh signing key; with a predecessor it is published as signed by it. */
export async function standInKey(predecessor?: StandInKey, kid: string = randomUUID()): Promise<StandInKey> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x } = await exportJWK(publicKey);
  if (x === undefined) throw new Error('not an Ed25519 key');
  const bare = { kty: 'OKP', crv: 'Ed25519', x, kid } as const;
  const signed = predecessor && {
    predecessor: predecessor.jwk.kid,
    predecessorSignature: await predecessor.sign(bare, {
      alg: 'EdDSA',
      typ: KEY_TYP,
      kid: predecessor.jwk.kid,
    }),
  };
  const secret: JWK = await exportJWK(privateKey);
  return {
    jwk: { ...bare, use: 'sig', alg: 'EdDSA', ...signed },
    sign: async (payload, header = { alg: 'EdDSA', typ: BUNDLE_TYP, kid }) =>
      new CompactSign(
        payload instanceof Uint8Array ? payload : new TextEncoder().encode(JSON.stringify(payload)),
      )
        .setProtectedHeader({ alg: 'EdDSA', ...header })
        .sign(await importJWK(secret, 'EdDSA')),
  };
}

/** An account with these memberships, earliest first. */
export function standInAccount(userId: string, organizations: readonly string[]): AgentAccount {
  return {
    userId,
    email: `${userId}@example.com`,
    name: `Name of ${userId}`,
    organizations: organizations.map((name, index) => ({
      name,
      displayName: name.toUpperCase(),
      role: 'member',
      teams: [],
      joinedAt: new Date(Date.UTC(2020 + index, 0, 1)).toISOString(),
      verifiedDomain: false,
    })),
    sessionExpiresAt: '2027-01-01T00:00:00.000Z',
  };
}

/** What a bundle of this hub says, with anything changed. */
export function standInPayload(
  hub: Pick<StandInHub, 'url'>,
  userId: string,
  organization: string,
  seq: number,
  change: Partial<BundlePayload> = {},
): BundlePayload {
  return bundlePayloadSchema.parse({
    iss: hub.url,
    aud: BUNDLE_AUDIENCE,
    sub: userId,
    org: organization,
    seq,
    iat: 1_767_225_600,
    policy: {
      id: 'p1',
      name: 'Default',
      scope: 'organization',
      revision: seq,
      updatedAt: '2026-01-01T00:00:00Z',
    },
    document: { configurationFileVersion: 2 },
    refreshSeconds: 3600,
    graceSeconds: null,
    contact: null,
    exceptions: [],
    overrides: [],
    registries: null,
    images: null,
    ...change,
  });
}

/** Publishes a bundle; its tag follows its number, as the real hub's does. */
export async function publish(
  hub: StandInHub,
  userId: string,
  organization: string,
  seq: number,
  change: Partial<BundlePayload> = {},
): Promise<void> {
  const key = hub.keys[0];
  if (key === undefined) throw new Error('no key');
  const jws = await key.sign(standInPayload(hub, userId, organization, seq, change));
  hub.policies.set(`${userId} ${organization}`, { jws, etag: `"${seq}"` });
}

/** A browser without pages: follows the hub's redirects with its cookies until it is sent back to the program. */
export async function followSignIn(url: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let at = new URL(url);
  const hub = at.origin;
  for (let hops = 0; hops < 20; hops += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(at, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';', 1);
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const location = response.headers.get('location');
    if (location === null)
      throw new Error(`stopped at ${at.href}: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
    at = new URL(location, at);
    if (at.origin !== hub) return at;
  }
  throw new Error('redirected in circles');
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
