import { z } from 'zod';

/** Media type, `typ` and audience of a policy bundle (delivery.md section 3). */
export const BUNDLE_MEDIA_TYPE = 'application/jose';
export const BUNDLE_TYP = 'mooring-policy+jws';
export const BUNDLE_AUDIENCE = 'mooring-agent';

/** The policy a bundle carries: who it is for and which revision. */
export const bundlePolicySchema = z.object({
  id: z.string(),
  name: z.string(),
  scope: z.enum(['user', 'organization']),
  revision: z.int().min(1),
  updatedAt: z.string(),
});

/** Payload of the signed bundle. Unknown members are dropped, so that a newer hub can add some. */
export const bundlePayloadSchema = z.object({
  iss: z.string(),
  aud: z.string(),
  /** The hub's user id. */
  sub: z.string(),
  /** The organization's name. */
  org: z.string(),
  /** Counted per user and organization, never falls: `max(previous + 1, unix time in milliseconds)`. */
  seq: z.int().min(0),
  /** Seconds since 1970. */
  iat: z.int(),
  exp: z.int().optional(),
  policy: bundlePolicySchema.nullable(),
  /** A policy document; read by the same reader as every other, never by a schema. */
  document: z.record(z.string(), z.unknown()),
  refreshSeconds: z.int().min(1),
  graceSeconds: z.int().min(0).nullable(),
  contact: z.object({ name: z.string(), url: z.string() }).nullable(),
});

/** Decoded payload of a bundle. */
export type BundlePayload = z.infer<typeof bundlePayloadSchema>;

/** Why a bundle was refused. A refused bundle changes nothing. */
export const BUNDLE_REFUSALS = [
  'bad_signature',
  'unknown_key',
  'wrong_issuer',
  'wrong_audience',
  'wrong_subject',
  'wrong_organization',
  'expired',
  'rolled_back',
  'malformed',
] as const;

/** One of `BUNDLE_REFUSALS`. */
export type BundleRefusal = (typeof BUNDLE_REFUSALS)[number];
