import { createHash, randomBytes } from 'node:crypto';

/**
 * A secret that is shown once and kept as SHA-256: 256 random bits need neither salt nor a slow hash, and a
 * digest can be looked up by an index.
 */
export function createOneTimeSecret(prefix: string): { readonly secret: string; readonly hash: Buffer } {
  const secret = `${prefix}${randomBytes(32).toString('base64url')}`;
  return { secret, hash: hashOneTimeSecret(secret) };
}

/** Digest under which a shown secret is found again. */
export function hashOneTimeSecret(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}
