import { type Configuration, Provider } from 'oidc-provider';
import { AGENT_CLIENT_ID, AGENT_REDIRECT_PATH, AGENT_SCOPES } from '../../shared/contracts/agent-api.ts';
import { findActiveAccount } from './accounts.ts';
import type { Attempts } from './attempts.ts';
import { addressSubject, DEVICE_CODES } from './attempts.ts';
import { deviceFlow, show } from './device-flow.ts';
import { askedTooEarly, POLL_SECONDS } from './device-polling.ts';
import { DEVICE_IDLE_SECONDS, DEVICE_SESSION_SECONDS } from './device-sessions.ts';
import { createOidcAdapter } from './oidc-adapter.ts';
import type { OidcStore } from './oidc-store.ts';
import { messagePage, providerErrorPage } from './pages/message-pages.ts';
import { pageHeaders, renderPage } from './pages/page.ts';
import { TEXTS } from './pages/texts.ts';
import type { ProviderKeys } from './provider-keys.ts';
import { sayingWhySessionsEnded } from './session-ends.ts';

export interface OpenIdProviderOptions {
  readonly store: OidcStore;
  readonly keys: ProviderKeys;
  readonly attempts: Attempts;
  /** Issuer; every advertised address derives from it. */
  readonly publicUrl: string;
}

/** Paths of the provider's own endpoints; the server hands these over whole. */
export const PROVIDER_ROUTES = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  jwks: '/oauth/jwks',
  userinfo: '/oauth/userinfo',
  revocation: '/oauth/revoke',
  device_authorization: '/oauth/device',
  code_verification: '/device',
} as const;

/** Where an interaction of the provider is shown to the person. */
export const INTERACTION_PATH = '/interaction';

const ACCESS_TOKEN_SECONDS = 600;
const DEVICE_CODE_SECONDS = 600;
const INTERACTION_SECONDS = 1800;

/** The hub as OpenID provider of its desktops (docs/identity.md section 1): code with PKCE, and the device grant. */
export function createOpenIdProvider(options: OpenIdProviderOptions): Provider {
  const provider = new Provider(options.publicUrl, configuration(options));
  // Address and scheme are those that the server worked out; it writes these headers itself, whoever sent them.
  provider.proxy = true;
  provider.use(endingBorrowedSession());
  provider.use(fillingDeviceGrant(options.store));
  provider.use(sayingWhySessionsEnded(options.store));
  provider.use(guardingCodeEntry(options.attempts, provider.cookieName('session')));
  return provider;
}

function configuration(options: OpenIdProviderOptions): Configuration {
  const { store, keys, publicUrl } = options;
  const secure = publicUrl.startsWith('https:');
  const cookie = { httpOnly: true, sameSite: 'lax' as const, secure, signed: true };
  return {
    adapter: createOidcAdapter(store),
    clients: [desktopClient()],
    jwks: keys.jwks,
    cookies: {
      keys: [...keys.cookieKeys],
      long: cookie,
      short: cookie,
      names: {
        session: secure ? '__Host-mooring_op' : 'mooring_op',
        interaction: 'mooring_interaction',
        resume: 'mooring_resume',
      },
    },
    routes: PROVIDER_ROUTES,
    interactions: { url: (_ctx, interaction) => `${INTERACTION_PATH}/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: deviceFlow(PROVIDER_ROUTES.code_verification),
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      // Its pages send themselves by script; sign-out is a page of our own.
      rpInitiatedLogout: { enabled: false },
    },
    responseTypes: ['code'],
    pkce: { required: () => true },
    scopes: AGENT_SCOPES.split(' '),
    claims: { openid: ['sub'], email: ['email'], profile: ['name', 'preferred_username'] },
    conformIdTokenClaims: false,
    extraParams: {
      device_name(ctx, value) {
        // Shown to people and stored: without control and direction characters, and not without end.
        const shown = value
          ?.replaceAll(/\p{C}+/gu, ' ')
          .trim()
          .slice(0, 200);
        if (ctx.oidc.params !== undefined) ctx.oidc.params.device_name = shown === '' ? undefined : shown;
      },
    },
    findAccount: async (_ctx, userId) => {
      const account = await findActiveAccount(store.db, userId);
      if (account === undefined) return undefined;
      const { id, email, name, username } = account;
      return { accountId: id, claims: () => ({ sub: id, email, name, preferred_username: username }) };
    },
    // The only client is no web page.
    clientBasedCORS: () => false,
    // One grant for each sign-in, never one found again: so that ending a device's session ends no other's.
    loadExistingGrant: async (ctx) => {
      const grantId = ctx.oidc.result?.consent?.grantId;
      return grantId === undefined ? undefined : ctx.oidc.provider.Grant.find(grantId);
    },
    // A desktop stays signed in when the browser that it was signed in with forgets.
    expiresWithSession: () => false,
    issueRefreshToken: (_ctx, client, source) =>
      client.grantTypeAllowed('refresh_token') &&
      (source.scopes.has('offline_access') || source.scopes.has('agent')),
    rotateRefreshToken: true,
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      AuthorizationCode: 60,
      DeviceCode: DEVICE_CODE_SECONDS,
      Grant: DEVICE_SESSION_SECONDS,
      IdToken: 3600,
      Interaction: INTERACTION_SECONDS,
      RefreshToken: (_ctx, token) =>
        Math.max(1, Math.min(DEVICE_IDLE_SECONDS, DEVICE_SESSION_SECONDS - token.totalLifetime())),
      Session: INTERACTION_SECONDS,
    },
    renderError: (ctx, out, error) => {
      const expired = error.name === 'SessionNotFound';
      show(
        ctx,
        expired
          ? messagePage(TEXTS.problem.expiredTitle, TEXTS.problem.expired)
          : providerErrorPage(out.error, out.error_description),
      );
    },
  };
}

/** The public native client that every desktop is; the port of its loopback address is any (RFC 8252 section 7.3). */
function desktopClient() {
  return {
    client_id: AGENT_CLIENT_ID,
    client_name: 'Mooring Desktop',
    application_type: 'native' as const,
    token_endpoint_auth_method: 'none' as const,
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    response_types: ['code' as const],
    // Not [::1]: a content security policy cannot name it, so browsers would stop the form there.
    redirect_uris: [`http://127.0.0.1${AGENT_REDIRECT_PATH}`],
  };
}

type Middleware = Parameters<Provider['use']>[0];

/**
 * The provider's own session only carries one sign-in over its redirects. Who is signed in in a browser is our
 * browser session's business, so that signing out there is signing out, and another account can be chosen.
 */
function endingBorrowedSession(): Middleware {
  return async (ctx, next) => {
    try {
      await next();
    } finally {
      const session = ctx.oidc?.session;
      if (session?.accountId !== undefined && !('destroyed' in session && session.destroyed === true)) {
        await session.destroy();
      }
    }
  };
}

/** `interval` and `slow_down` of the device grant, which the library leaves out. */
function fillingDeviceGrant(store: OidcStore): Middleware {
  return async (ctx, next) => {
    await next();
    if (ctx.oidc === undefined) return;
    const { body } = ctx;
    if (typeof body !== 'object' || body === null) return;
    if (ctx.oidc.route === 'device_authorization' && 'device_code' in body) {
      ctx.body = { ...body, interval: POLL_SECONDS };
    }
    if (ctx.oidc.route === 'token' && 'error' in body && body.error === 'authorization_pending') {
      const code = ctx.oidc.params?.device_code;
      if (typeof code === 'string' && (await askedTooEarly(store, code))) {
        ctx.body = {
          error: 'slow_down',
          error_description: 'asked too often: wait five seconds longer from now on',
        };
      }
    }
  };
}

/** Counts codes tried by address, and fills a code that came with the address in without sending it. */
function guardingCodeEntry(attempts: Attempts, cookieName: string): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== PROVIDER_ROUTES.code_verification) return next();
    if (ctx.method === 'GET' && typeof ctx.query.user_code === 'string') {
      // The library would answer with a page that sends itself by script.
      ctx.querystring = new URLSearchParams({ code: ctx.query.user_code.slice(0, 20) }).toString();
    }
    if (ctx.method === 'POST' && ctx.cookies.get(cookieName) === undefined) {
      // Without a session the library cannot show its own refusal: it answers 500.
      ctx.status = 303;
      ctx.redirect(`${PROVIDER_ROUTES.code_verification}?again=cookies`);
      return;
    }
    if (ctx.method === 'POST') {
      const wait = await attempts.take(DEVICE_CODES, addressSubject(ctx.ip));
      if (wait !== null) {
        ctx.status = 429;
        ctx.set({ ...pageHeaders(), 'retry-after': String(wait) });
        ctx.body = renderPage(messagePage(TEXTS.problem.title, TEXTS.problem.tooMany(Math.ceil(wait / 60))));
        return;
      }
    }
    await next();
  };
}
