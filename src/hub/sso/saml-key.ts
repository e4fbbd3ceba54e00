import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Db } from '../database/connection.ts';
import type { HubSecret } from '../secrets/hub-secret.ts';
import { sealedValue } from '../secrets/sealed-values.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';

/**
 * What the hub signs its requests to SAML identity providers with, and opens their encrypted assertions with. One for
 * the hub: its certificate is what administrators hand over.
 */
export interface SamlKey {
  /** PKCS 8 as PEM. */
  readonly privateKey: string;
  readonly certificate: string;
}

const keySchema = z.object({ privateKey: z.string(), certificate: z.string() });
const KEY_BITS = 3072;
/** Identity providers that look at the time must not stop one morning; the key has no other end than being replaced. */
const VALID_YEARS = 30;

/** The key from the database, made when it is first asked for, and kept in memory from then on. */
export function createSamlKey(store: {
  readonly db: Db;
  readonly secret: HubSecret;
  readonly now: () => Date;
}): () => Promise<SamlKey> {
  let known: SamlKey | null = null;
  return async () => {
    known ??= keySchema.parse(JSON.parse(await sealedValue(store, 'saml-key', () => makeKey(store.now()))));
    return known;
  };
}

async function makeKey(from: Date): Promise<string> {
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: KEY_BITS });
  const to = new Date(from);
  to.setUTCFullYear(from.getUTCFullYear() + VALID_YEARS);
  const certificate = selfSignedCertificate('Mooring', { from, to }, pair);
  const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return JSON.stringify({ privateKey, certificate } satisfies SamlKey);
}
