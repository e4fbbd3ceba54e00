import { randomBytes } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { JWKS } from 'oidc-provider';
import { z } from 'zod';
import { sealedValue } from '../secrets/sealed-values.ts';
import type { OidcStore } from './oidc-store.ts';

/** What the OpenID provider signs with: ID tokens, and its own cookies. */
export interface ProviderKeys {
  readonly jwks: JWKS;
  readonly cookieKeys: readonly string[];
}

const jwksSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })).min(1) });
const cookieKeysSchema = z.array(z.string().min(32)).min(1);

/**
 * The provider's keys from the database, made at the first start. RS256 for ID tokens: the one algorithm that
 * every client must know (OpenID Connect Core section 15.1).
 */
export async function loadProviderKeys(store: OidcStore): Promise<ProviderKeys> {
  const jwks = await sealedValue(store, 'oidc-jwks', makeJwks);
  const cookieKeys = await sealedValue(store, 'oidc-cookie-keys', async () =>
    JSON.stringify([randomBytes(32).toString('base64url')]),
  );
  return {
    jwks: jwksSchema.parse(JSON.parse(jwks)),
    cookieKeys: cookieKeysSchema.parse(JSON.parse(cookieKeys)),
  };
}

async function makeJwks(): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return JSON.stringify({ keys: [{ ...jwk, kid, use: 'sig', alg: 'RS256' }] });
}
