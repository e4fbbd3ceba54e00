import type * as OpenId from 'openid-client';
import {
  AGENT_CLIENT_ID,
  AGENT_SCOPES,
  endedGrantSchema,
  type SessionEnd,
} from '../../shared/contracts/agent-api.ts';
import type { HubFailure, HubHttp } from '../delivery/hub-http.ts';
import { HubFailureError, type HubFetch, type HubFetchOptions, hubFetch } from './hub-fetch.ts';

/** What the hub's token endpoint gave. */
export interface Tokens {
  readonly accessToken: string;
  /** Lifetime of the access token in milliseconds. */
  readonly lifetimeMs: number;
  /** `null` where the hub keeps the old one valid. */
  readonly refreshToken: string | null;
  /** `sub` of the ID token, where one came. */
  readonly subject: string | null;
}

/** Why an OpenID Connect step failed. */
export type OidcProblem =
  | { readonly kind: 'network'; readonly failure: HubFailure }
  /** The hub said no, with an OAuth error code: `invalid_grant`, `access_denied`, … */
  | {
      readonly kind: 'refused';
      readonly error: string;
      readonly description: string;
      /** Why the hub ended the session, where it says. */
      readonly sessionEnd: SessionEnd | null;
    }
  /** The answer was not that of an OpenID provider, or did not belong to our question. */
  | { readonly kind: 'broken'; readonly message: string };

export type OidcResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: OidcProblem };

/** A sign-in in the browser: where to send the person, and what the answer is held against. */
interface BrowserStep {
  readonly url: string;
  readonly state: string;
  readonly redeem: (callback: URL) => Promise<OidcResult<Tokens>>;
}

/** A sign-in on another device. */
interface DeviceStep {
  readonly url: string;
  readonly userCode: string;
  readonly lifetimeMs: number;
  readonly intervalMs: number;
  readonly poll: () => Promise<OidcResult<Tokens>>;
}

/** The hub as an OpenID provider, discovered. */
export interface HubOidc {
  /** As in the discovery document; compared exactly with a bundle's `iss`. */
  readonly issuer: string;
  browserStep(redirectUri: string, loginHint: string | null): Promise<OidcResult<BrowserStep>>;
  deviceStep(): Promise<OidcResult<DeviceStep>>;
  refresh(refreshToken: string): Promise<OidcResult<Tokens>>;
  revoke(refreshToken: string): Promise<OidcResult<null>>;
}

/** RFC 8628 section 3.5: five seconds where the hub names no interval. */
const USUAL_INTERVAL_SECONDS = 5;
/** Longer than every way of `HubHttp` together takes, so that its own bounds are the ones that count. */
const STEP_LIMIT_SECONDS = 120;
/** The hub refuses longer ones. */
const LONGEST_DEVICE_NAME = 200;
/** An answer without a lifetime is used for a minute: long enough for one conversation. */
const SHORT_LIFETIME_SECONDS = 60;
/**
 * A hundred years: this machine's clock may be wrong by any time, and neither a sign-in nor a session ends by it
 * (docs/delivery.md section 1). That an ID token is fresh does not need a clock here: it comes in the hub's own answer to
 * our question, and at a sign-in it carries our nonce.
 */
const ANY_CLOCK_SECONDS = 100 * 365 * 86_400;

/**
 * Reads the hub's discovery document; its issuer must be the address that was asked. `deviceName` is how the hub lists
 * the sessions that are opened through this.
 */
export async function discoverHub(
  hubUrl: string,
  http: HubHttp,
  deviceName: string,
): Promise<OidcResult<HubOidc>> {
  const openid = await import('openid-client');
  const fetch = hubFetch(http);
  return attempt(async () => {
    const client = { [openid.clockTolerance]: ANY_CLOCK_SECONDS };
    const config = await openid.discovery(new URL(hubUrl), AGENT_CLIENT_ID, client, openid.None(), {
      [openid.customFetch]: adapt(fetch),
      // Only loopback hubs are let through as `http:` before this (readHubUrl).
      timeout: STEP_LIMIT_SECONDS,
      execute: hubUrl.startsWith('http:') ? [openid.allowInsecureRequests] : [],
    });
    requireOwnEndpoints(config.serverMetadata());
    return hubOidc(openid, config, { device_name: deviceName.slice(0, LONGEST_DEVICE_NAME) });
  });
}

function hubOidc(
  openid: typeof OpenId,
  config: OpenId.Configuration,
  device: { readonly device_name: string },
): HubOidc {
  return {
    issuer: config.serverMetadata().issuer,
    browserStep: (redirectUri, loginHint) =>
      attempt(async () => {
        const verifier = openid.randomPKCECodeVerifier();
        const state = openid.randomState();
        const nonce = openid.randomNonce();
        const url = openid.buildAuthorizationUrl(config, {
          redirect_uri: redirectUri,
          scope: AGENT_SCOPES,
          ...device,
          // OIDC Core section 11: `offline_access` is only honoured together with consent.
          prompt: 'consent',
          code_challenge: await openid.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          state,
          nonce,
          ...(loginHint === null ? {} : { login_hint: loginHint }),
        });
        return {
          url: url.href,
          state,
          redeem: (callback) =>
            attempt(async () =>
              tokensOf(
                await openid.authorizationCodeGrant(config, callback, {
                  pkceCodeVerifier: verifier,
                  expectedState: state,
                  expectedNonce: nonce,
                  idTokenExpected: true,
                }),
              ),
            ),
        };
      }),
    deviceStep: () =>
      attempt(async () => {
        const started = await openid.initiateDeviceAuthorization(config, { scope: AGENT_SCOPES, ...device });
        requireSameSite(config.serverMetadata(), started.verification_uri);
        return {
          url: started.verification_uri,
          userCode: started.user_code,
          lifetimeMs: started.expires_in * 1000,
          intervalMs: (started.interval ?? USUAL_INTERVAL_SECONDS) * 1000,
          poll: () =>
            attempt(async () =>
              tokensOf(
                await openid.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:device_code', {
                  device_code: started.device_code,
                }),
              ),
            ),
        };
      }),
    refresh: (refreshToken) =>
      attempt(async () => tokensOf(await openid.refreshTokenGrant(config, refreshToken))),
    revoke: (refreshToken) =>
      attempt(async () => {
        await openid.tokenRevocation(config, refreshToken, { token_type_hint: 'refresh_token' });
        return null;
      }),
  };
}

/** Neither the person nor a token is sent to another site, whatever the discovery document names. */
function requireOwnEndpoints(metadata: OpenId.ServerMetadata): void {
  for (const endpoint of [
    metadata.authorization_endpoint,
    metadata.token_endpoint,
    metadata.device_authorization_endpoint,
    metadata.revocation_endpoint,
  ]) {
    if (endpoint !== undefined) requireSameSite(metadata, endpoint);
  }
}

function requireSameSite(metadata: OpenId.ServerMetadata, address: string): void {
  const site = URL.canParse(address) ? siteOf(new URL(address)) : 'nowhere';
  if (site === siteOf(new URL(metadata.issuer))) return;
  throw new BrokenAnswer(`The hub names an address of another site (${site}) for its sign-in.`);
}

/** Not `origin`: that of `blob:https://hub.example/…` is the hub's own, and nothing but a browser knows what it opens. */
function siteOf({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}

function tokensOf(answer: Awaited<ReturnType<typeof OpenId.refreshTokenGrant>>): Tokens {
  return {
    accessToken: answer.access_token,
    lifetimeMs: (answer.expires_in ?? SHORT_LIFETIME_SECONDS) * 1000,
    refreshToken: answer.refresh_token ?? null,
    subject: answer.claims()?.sub ?? null,
  };
}

class BrokenAnswer extends Error {}

async function attempt<T>(step: () => Promise<T>): Promise<OidcResult<T>> {
  try {
    return { ok: true, value: await step() };
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}

/** openid-client's errors carry whole answers as their cause: only codes and the hub's own words are taken over. */
function problemOf(error: unknown): OidcProblem {
  for (
    let each: unknown = error, depth = 0;
    each instanceof Error && depth < 8;
    each = each.cause, depth += 1
  ) {
    if (each instanceof HubFailureError) return { kind: 'network', failure: each.failure };
    if (each.cause instanceof Response && each.cause.status >= 500) {
      const { status } = each.cause;
      return { kind: 'broken', message: `The hub met an error of its own (HTTP ${status}).` };
    }
  }
  if (error instanceof BrokenAnswer) return { kind: 'broken', message: error.message };
  if (error instanceof Error && 'error' in error && typeof error.error === 'string') {
    const description = 'error_description' in error ? error.error_description : undefined;
    return {
      kind: 'refused',
      error: error.error,
      description: typeof description === 'string' ? description.slice(0, 300) : '',
      sessionEnd: endedGrantSchema.safeParse(error.cause).data?.session_end ?? null,
    };
  }
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
  return { kind: 'broken', message: `The hub's answer is not the one expected here (${code}).` };
}

function adapt(fetch: HubFetch): OpenId.CustomFetch {
  return (url, options) => {
    const { method, body, signal } = options;
    const plain: HubFetchOptions = {
      method,
      headers: options.headers,
      body:
        body === undefined || body === null
          ? null
          : typeof body === 'string'
            ? body
            : body instanceof URLSearchParams
              ? body.toString()
              : unexpectedBody(),
      signal: signal ?? null,
    };
    return fetch(url, plain);
  };
}

function unexpectedBody(): never {
  throw new BrokenAnswer('A request to the hub was to carry something that is not a form.');
}
