import { z } from 'zod';
import { pageAnswer, searchSchema, sortSchema, wholeOrPageQuerySchema } from './hub-fields.ts';

/* The part of the hub's HTTP API for administrators that is about signing keys (docs/delivery.md section 3). */

/** A key that policy bundles are, or were, signed with. */
export const signingKeySchema = z.object({
  kid: z.string(),
  /** As devices show it and profiles (`hubKeys`) name it: `SHA256:` and the RFC 7638 thumbprint. */
  fingerprint: z.string(),
  /** The public half, which a profile may hold whole: without it a device cannot import bundles by file. */
  publicKey: z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), kid: z.string() }),
  /** Id of the key that signed this one, and that it replaced; `null` for the first. */
  predecessor: z.string().nullable(),
  /** `signing`: new bundles carry its signature; `replaced`: kept, so that devices can follow from it. */
  state: z.enum(['signing', 'replaced']),
  /** ISO 8601 in UTC. */
  createdAt: z.string(),
});
export const signingKeyQuerySchema = wholeOrPageQuerySchema.extend({
  /** Part of the fingerprint. */
  search: searchSchema,
  state: signingKeySchema.shape.state.optional(),
  /** The one that signs first, unless "created" is asked for. */
  sort: sortSchema(['created']).optional(),
});
export const signingKeyListSchema = z.object({ keys: z.array(signingKeySchema), ...pageAnswer });

export type SigningKeyView = z.infer<typeof signingKeySchema>;
export type SigningKeyQuery = z.infer<typeof signingKeyQuerySchema>;
