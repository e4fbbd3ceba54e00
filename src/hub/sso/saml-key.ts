import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Db } from '../database/connection.ts';
import type { HubSecret } from '../secrets/hub-secret.ts';
import { sealedValue } from '../secrets/sealed-values.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';

/**
 * What the hub signs its requests to a SAML identity provider with, and opens its encrypted assertions with. Its
 * certificate is what administrators hand over. One for the hub, until a connection exchanges it for keys of its own
 * (`saml-keys.ts`).
 */
export interface SamlKey {
  /** PKCS 8 as PEM. */
  readonly privateKey: string;
  readonly certificate: string;
}

const keySchema = z.object({ privateKey: z.string(), certificate: z.string() });
const KEY_BITS = 3072;
/** Identity providers that look at the time must not stop one morning; the key ends by being exchanged. */
const VALID_YEARS = 30;

/** The key from the database, made when it is first asked for, and kept in memory from then on. */
export function createSamlKey(store: {
  readonly db: Db;
  readonly secret: HubSecret;
  readonly now: () => Date;
}): () => Promise<SamlKey> {
  let known: SamlKey | null = null;
  return async () => {
    known ??= keySchema.parse(
      JSON.parse(
        await sealedValue(store, 'saml-key', async () => JSON.stringify(await makeSamlKey(store.now()))),
      ),
    );
    return known;
  };
}

/** A new key with its certificate. */
export async function makeSamlKey(from: Date): Promise<SamlKey> {
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: KEY_BITS });
  const to = new Date(from);
  to.setUTCFullYear(from.getUTCFullYear() + VALID_YEARS);
  const certificate = selfSignedCertificate('Mooring', { from, to }, pair);
  const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { privateKey, certificate };
}
