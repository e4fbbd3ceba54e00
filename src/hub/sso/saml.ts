import { type CacheProvider, SAML, type SamlConfig, ValidateInResponseTo } from '@node-saml/node-saml';
import type { SamlSettings } from '../connections/settings.ts';
import type { SsoFailure } from './asserted-identity.ts';
import { openWithAny, UNREADABLE } from './encrypted-assertion.ts';
import {
  isSignedAssertion,
  type ResponseShape,
  readAssertion,
  type VerifiedAssertion,
} from './saml-document.ts';
import { newestOf, type SamlKeys } from './saml-keys.ts';

/*
 * SAML 2.0 by node-saml, behind guards: what it lets pass, and what it keeps in its own process, is done here and in
 * the database (docs/identity.md section 2). State lives with the request, never in this module.
 */

/** Clocks of two machines may differ by this. */
export const SKEW_MS = 120_000;
const EMAIL_FORMAT = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';

/** The hub's side of a connection. */
export interface SamlParty {
  readonly settings: SamlSettings;
  readonly entityId: string;
  readonly acsUrl: string;
  /** The first signs requests, each opens encrypted assertions. */
  readonly keys: SamlKeys;
}

/**
 * The address at the identity provider that the browser goes to with a request of this id. `fresh`: it is asked to sign
 * the person in anew, not to remember them.
 */
export async function samlSignInUrl(party: SamlParty, requestId: string, fresh: boolean): Promise<string> {
  const saml = new SAML({
    ...options(party, requestId, new Date()),
    forceAuthn: fresh,
    generateUniqueId: () => requestId,
  });
  // No RelayState: where to go on to is kept here, so nothing that comes back can choose it.
  return saml.getAuthorizeUrlAsync('', undefined, {});
}

/** What the hub says of itself to a SAML identity provider. */
export function samlMetadata(
  party: Omit<SamlParty, 'settings'>,
  { signRequests }: Pick<SamlSettings, 'signRequests'>,
): string {
  const settings: SamlSettings = {
    kind: 'saml',
    idpEntityId: '',
    signInUrl: '',
    certificates: [''],
    wantResponseSigned: false,
    signRequests,
  };
  const config = options({ ...party, settings }, '', new Date());
  const certificates = party.keys.map(({ certificate }) => certificate);
  const { certificate } = newestOf(party.keys);
  return new SAML({ ...config, idpCert: 'unused' }).generateServiceProviderMetadata(
    certificate,
    certificates,
  );
}

/** Verifies a response to the request of this id. */
export async function verifySamlResponse(
  party: SamlParty,
  response: ResponseShape,
  request: { readonly id: string; readonly createdAt: Date; readonly now: number },
): Promise<
  | { readonly ok: true; readonly assertion: VerifiedAssertion }
  | { readonly ok: false; readonly failure: SsoFailure }
> {
  const { settings, acsUrl } = party;
  if (response.destination !== null && response.destination !== acsUrl)
    return failed(
      'wrong_recipient',
      `The response is for ${response.destination.slice(0, 300)}, not for ${acsUrl}.`,
    );
  if (response.issuer !== null && response.issuer !== settings.idpEntityId)
    return wrongIssuer(response.issuer, settings);
  const unreadable = failed('signature_invalid', UNREADABLE);
  let opener = party.keys[0].privateKey;
  if (response.encrypted !== null) {
    const opened = await openWithAny(response.encrypted, party.keys);
    if (opened === null || !isSignedAssertion(opened.xml)) return unreadable;
    opener = opened.privateKey;
  }
  let xml: string;
  try {
    const saml = new SAML({
      ...options(party, request.id, request.createdAt),
      decryptionPvk: opener,
    });
    // Opens an encrypted assertion by itself, and wants its signature checked as that of any other.
    const { profile } = await saml.validatePostResponseAsync({
      SAMLResponse: Buffer.from(response.xml, 'utf8').toString('base64'),
    });
    const verified = profile?.getAssertionXml?.();
    if (profile === null || verified === undefined)
      return failed('malformed_answer', 'The response holds no assertion.');
    xml = verified;
  } catch (error) {
    const failure = classify(error);
    return response.encrypted !== null && failure.class === 'signature_invalid'
      ? unreadable
      : { ok: false, failure };
  }
  const read = readAssertion(xml, { acsUrl, requestId: request.id, now: request.now, skewMs: SKEW_MS });
  if (!read.ok) return read;
  // The library compares the issuer of log-out messages only.
  if (read.value.issuer !== settings.idpEntityId) return wrongIssuer(read.value.issuer, settings);
  return { ok: true, assertion: read.value };
}

function options(party: SamlParty, requestId: string, createdAt: Date): SamlConfig {
  const { settings } = party;
  return {
    entryPoint: settings.signInUrl,
    idpCert: [...settings.certificates],
    idpIssuer: settings.idpEntityId,
    issuer: party.entityId,
    callbackUrl: party.acsUrl,
    audience: party.entityId,
    identifierFormat: EMAIL_FORMAT,
    // Asking for a password would refuse people who sign in at the identity provider by something better.
    disableRequestedAuthnContext: true,
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: settings.wantResponseSigned,
    acceptedClockSkewMs: SKEW_MS,
    validateInResponseTo: ValidateInResponseTo.always,
    cacheProvider: onlyRequest(requestId, createdAt),
    authnRequestBinding: 'HTTP-Redirect',
    decryptionPvk: party.keys[0].privateKey,
    signatureAlgorithm: 'sha256',
    ...(settings.signRequests ? { privateKey: party.keys[0].privateKey } : {}),
  };
}

/** The library asks for the requests that were sent: there is the one that the database found. */
function onlyRequest(requestId: string, createdAt: Date): CacheProvider {
  return {
    saveAsync: async (_key, value) => ({ value, createdAt: createdAt.getTime() }),
    getAsync: async (key) => (key === requestId && requestId !== '' ? createdAt.toISOString() : null),
    removeAsync: async (key) => key,
  };
}

function classify(error: unknown): SsoFailure {
  const message = error instanceof Error ? error.message : String(error);
  const detail = message.slice(0, 300);
  if (/audience/i.test(message)) return { class: 'wrong_audience', detail };
  if (/expired|not yet valid|too old|subject confirmation/i.test(message)) return { class: 'clock', detail };
  if (/InResponseTo/.test(message)) return { class: 'session_lost', detail };
  if (/signature|cert|key|digest|reference/i.test(message)) return { class: 'signature_invalid', detail };
  return { class: 'malformed_answer', detail };
}

function wrongIssuer(issuer: string, settings: SamlSettings) {
  return failed(
    'wrong_issuer',
    `The answer is by ${issuer.slice(0, 300)}, and the connection is for ${settings.idpEntityId}.`,
  );
}

function failed(failureClass: SsoFailure['class'], detail: string) {
  return { ok: false as const, failure: { class: failureClass, detail } };
}
