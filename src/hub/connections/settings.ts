import { z } from 'zod';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { readCertificate } from './certificates.ts';

/** How a SAML connection signs people in. */
export interface SamlSettings {
  readonly kind: 'saml';
  readonly idpEntityId: string;
  readonly signInUrl: string;
  /** PEM; any of them may have signed. */
  readonly certificates: readonly string[];
  /** The response must be signed as well as the assertion. */
  readonly wantResponseSigned: boolean;
  /** Requests to the identity provider are signed with the key of the hub. */
  readonly signRequests: boolean;
}

/** How an OIDC connection signs people in; the client secret is kept sealed beside it. */
export interface OidcSettings {
  readonly kind: 'oidc';
  readonly issuer: string;
  readonly clientId: string;
}

export type ConnectionSettings = SamlSettings | OidcSettings;

const storedSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('saml'),
    idpEntityId: z.string(),
    signInUrl: z.string(),
    certificates: z.array(z.string()).min(1),
    wantResponseSigned: z.boolean(),
    // Connections from before there was the choice.
    signRequests: z.boolean().default(false),
  }),
  z.object({ kind: z.literal('oidc'), issuer: z.string(), clientId: z.string() }),
]);

/** What the database holds; `null`: the connection is not set up. */
export function readSettings(stored: unknown): ConnectionSettings | null {
  const parsed = storedSchema.safeParse(stored);
  return parsed.success ? parsed.data : null;
}

/** Checks what an owner entered for SAML. */
export function samlSettings(given: {
  readonly idpEntityId: string;
  readonly signInUrl: string;
  readonly certificates: readonly string[];
  readonly wantResponseSigned?: boolean | undefined;
  readonly signRequests?: boolean | undefined;
}): SamlSettings {
  return {
    kind: 'saml',
    idpEntityId: given.idpEntityId,
    signInUrl: secureAddress(given.signInUrl, 'The sign-in address', 'saml.signInUrl'),
    certificates: [...new Set(given.certificates.map(readCertificate))],
    wantResponseSigned: given.wantResponseSigned ?? false,
    signRequests: given.signRequests ?? false,
  };
}

const ISSUER = { field: 'oidc.issuer' };

/** Checks what an owner entered for OIDC. */
export function oidcSettings(given: { readonly issuer: string; readonly clientId: string }): OidcSettings {
  const issuer = given.issuer.replace(/\/\.well-known\/openid-configuration$/, '');
  secureAddress(issuer, 'The issuer', ISSUER.field);
  const url = new URL(issuer);
  if (url.search !== '' || url.hash !== '') {
    throw new RefusalError({
      code: 'invalid_value',
      message: 'The issuer must have neither query nor fragment.',
      details: ISSUER,
    });
  }
  // Shared issuers of Entra sign for every tenant there is: anybody could own a tenant that names our addresses.
  if (
    /^login\.(microsoftonline|windows)\./.test(url.hostname) &&
    /^\/(common|organizations|consumers)(\/|$)/.test(url.pathname)
  ) {
    throw new RefusalError({
      code: 'invalid_value',
      message: 'This issuer stands for every directory of Entra, not for yours.',
      help: 'Use the address with your tenant id: https://login.microsoftonline.com/<tenant id>/v2.0',
      details: ISSUER,
    });
  }
  return { kind: 'oidc', issuer, clientId: given.clientId };
}

/** An https address; plain http only on this very machine, for trying things out. */
function secureAddress(text: string, what: string, field: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const local = url !== null && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  const fine = url !== null && url.username === '' && url.password === '';
  if (fine && (url.protocol === 'https:' || (url.protocol === 'http:' && local))) return text;
  throw new RefusalError({
    code: 'invalid_value',
    message: `${what} must be an https address; "${text.slice(0, 200)}" is not one.`,
    details: { field },
  });
}
