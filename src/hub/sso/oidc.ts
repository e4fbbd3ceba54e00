import * as client from 'openid-client';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { OidcSettings } from '../connections/settings.ts';
import type { Attributes, SsoFailure } from './asserted-identity.ts';
import type { Outbound } from './outbound.ts';

/** The hub's side of a connection to an OpenID provider. */
export interface OidcParty {
  readonly settings: OidcSettings;
  readonly clientSecret: string | null;
  readonly redirectUri: string;
  readonly outbound: Outbound;
}

/** What must come back as it went. */
export interface OidcChecks {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: SsoFailure };

/** Who signed in, as the ID token says. */
export interface OidcClaims {
  readonly issuer: string;
  readonly subject: string;
  readonly attributes: Attributes;
  /** Why the address cannot be trusted; `null`: nothing speaks against it. */
  readonly doubt: SsoFailure | null;
}

/** The address at the provider that the browser goes to. */
export async function oidcSignInUrl(
  party: OidcParty,
  checks: OidcChecks,
  asked: { readonly loginHint: string; readonly fresh: boolean },
): Promise<Outcome<string>> {
  const found = await discover(party);
  if (!found.ok) return found;
  const url = client.buildAuthorizationUrl(found.value, {
    redirect_uri: party.redirectUri,
    scope: 'openid email profile',
    state: checks.state,
    nonce: checks.nonce,
    code_challenge: await client.calculatePKCECodeChallenge(checks.verifier),
    code_challenge_method: 'S256',
    ...(asked.loginHint === '' ? {} : { login_hint: asked.loginHint }),
    // To sign the person in anew, not to remember them.
    ...(asked.fresh ? { prompt: 'login' } : {}),
  });
  return { ok: true, value: url.href };
}

/**
 * Exchanges the code and verifies the ID token: state, nonce, PKCE, `iss` of the answer (RFC 9207, mix-up), issuer,
 * audience, time and signature.
 */
export async function finishOidc(
  party: OidcParty,
  answer: URL,
  checks: OidcChecks,
): Promise<Outcome<OidcClaims>> {
  const found = await discover(party);
  if (!found.ok) return found;
  try {
    const tokens = await exchange(party, found.value, answer, checks);
    const claims = tokens.claims();
    if (claims === undefined) return failed('malformed_answer', 'The provider sent no ID token.');
    return {
      ok: true,
      value: {
        issuer: claims.iss,
        subject: claims.sub,
        attributes: attributesOf(claims),
        doubt: doubtOf(claims),
      },
    };
  } catch (error) {
    return { ok: false, failure: classify(error) };
  }
}

/** Why an address is not to be trusted although the provider signed it; exported for tests. */
export function doubtOf(claims: Readonly<Record<string, unknown>>): SsoFailure | null {
  const { email_verified: verified, iss, hd } = claims;
  if (verified === false || verified === 'false')
    return {
      class: 'email_not_verified',
      detail: 'The identity provider says that the address is not verified (email_verified).',
    };
  // Anybody may make an account there with an address of theirs, and keeps it when they have left the organization.
  if (iss === GOOGLE && (typeof hd !== 'string' || hd === ''))
    return {
      class: 'email_not_verified',
      detail: 'It is a personal Google account, not one of a Google Workspace (the claim hd is missing).',
    };
  return null;
}

const GOOGLE = 'https://accounts.google.com';

/** The secret goes in a header; a provider that wants it in the body says that it does not know us, and is asked so. */
async function exchange(
  party: OidcParty,
  configuration: client.Configuration,
  answer: URL,
  checks: OidcChecks,
) {
  const ask = (using: client.Configuration) =>
    client.authorizationCodeGrant(using, answer, {
      expectedState: checks.state,
      expectedNonce: checks.nonce,
      pkceCodeVerifier: checks.verifier,
      idTokenExpected: true,
    });
  try {
    return await ask(configuration);
  } catch (error) {
    const unknown = error instanceof client.ResponseBodyError && error.error === 'invalid_client';
    const challenged = error instanceof client.WWWAuthenticateChallengeError && error.status === 401;
    if (party.clientSecret === null || (!unknown && !challenged)) throw error;
    const { clientSecret, settings } = party;
    return ask(
      prepared(
        party,
        configuration.serverMetadata(),
        settings.clientId,
        client.ClientSecretPost(clientSecret),
      ),
    );
  }
}

function prepared(
  { settings, outbound }: OidcParty,
  server: client.ServerMetadata,
  clientId: string,
  authentication: client.ClientAuth,
): client.Configuration {
  const configuration = new client.Configuration(server, clientId, undefined, authentication);
  configuration[client.customFetch] = fetchBy(outbound);
  configuration.timeout = 10;
  if (settings.issuer.startsWith('http:')) client.allowInsecureRequests(configuration);
  // The signature of the ID token is checked although it came by TLS.
  client.enableNonRepudiationChecks(configuration);
  return configuration;
}

function fetchBy(outbound: Outbound): client.CustomFetch {
  return (url, { method, headers, body }) =>
    outbound.fetch(url, {
      method,
      headers,
      body: body instanceof URLSearchParams ? body.toString() : typeof body === 'string' ? body : undefined,
    });
}

async function discover(party: OidcParty): Promise<Outcome<client.Configuration>> {
  const { settings, clientSecret, outbound } = party;
  const local = settings.issuer.startsWith('http:');
  try {
    const found = await client.discovery(
      new URL(settings.issuer),
      settings.clientId,
      undefined,
      client.None(),
      {
        [client.customFetch]: fetchBy(outbound),
        timeout: 10,
        ...(local ? { execute: [client.allowInsecureRequests] } : {}),
      },
    );
    const authentication = clientSecret === null ? client.None() : client.ClientSecretBasic(clientSecret);
    const configuration = prepared(party, found.serverMetadata(), settings.clientId, authentication);
    return { ok: true, value: configuration };
  } catch (error) {
    const reason = error instanceof RefusalError ? error.refusal.message : causeOf(error);
    return failed(
      'provider_unreachable',
      `The configuration of ${settings.issuer} could not be read: ${reason}`.slice(0, 400),
    );
  }
}

function attributesOf(claims: Readonly<Record<string, unknown>>): Attributes {
  const found = new Map<string, string[]>();
  for (const [name, value] of Object.entries(claims)) {
    if (Array.isArray(value))
      found.set(
        name,
        value.filter((each) => typeof each === 'string'),
      );
    else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      found.set(name, [String(value)]);
    else if (name === '_claim_names' && typeof value === 'object' && value !== null && 'groups' in value)
      found.set('_claim_names.groups', []);
  }
  return found;
}

function classify(error: unknown): SsoFailure {
  const detail = causeOf(error).slice(0, 400);
  if (error instanceof client.AuthorizationResponseError) return { class: 'refused_by_provider', detail };
  if (error instanceof client.ResponseBodyError) {
    return { class: error.error === 'invalid_client' ? 'configuration' : 'refused_by_provider', detail };
  }
  if (error instanceof RefusalError) return { class: 'provider_unreachable', detail: error.refusal.message };
  if (/"iss"|issuer/i.test(detail)) return { class: 'wrong_issuer', detail };
  if (/"aud"|audience/i.test(detail)) return { class: 'wrong_audience', detail };
  if (/"exp"|"iat"|"nbf"|clock|timestamp/i.test(detail)) return { class: 'clock', detail };
  if (/state|nonce/i.test(detail)) return { class: 'session_lost', detail };
  if (/signature|JWKS?|jwt/i.test(detail)) return { class: 'signature_invalid', detail };
  return { class: 'malformed_answer', detail };
}

function causeOf(error: unknown): string {
  if (error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError)
    return `${error.error}${error.error_description === undefined ? '' : `: ${error.error_description}`}`;
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof RefusalError) return error.cause.refusal.message;
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

function failed(failureClass: SsoFailure['class'], detail: string) {
  return { ok: false as const, failure: { class: failureClass, detail } };
}
