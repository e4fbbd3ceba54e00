import { z } from 'zod';
import { deliveredImagesSchema, deliveredRegistriesSchema } from './access-policies.ts';
import { jsonValue } from './json-value.ts';

/** Media type, `typ` and audience of a policy bundle (delivery.md section 3). */
export const BUNDLE_MEDIA_TYPE = 'application/jose';
export const BUNDLE_TYP = 'mooring-policy+jws';
export const BUNDLE_AUDIENCE = 'mooring-agent';
/** Audience of a bundle that travels by file (docs/delivery.md section 4); such a bundle always has `exp`. */
export const OFFLINE_BUNDLE_AUDIENCE = 'mooring-agent-offline';
/** `sub` of an offline bundle for every member: it carries the organization's default policy. */
export const ANY_SUBJECT = '*';

/** The policy a bundle carries: who it is for and which revision. */
export const bundlePolicySchema = z.object({
  id: z.string(),
  name: z.string(),
  scope: z.enum(['user', 'organization']),
  revision: z.int().min(1),
  updatedAt: z.string(),
});

/** A setting that may be overridden for a time although the policy locks it (docs/delivery.md section 6). */
export const exceptionSchema = z.object({
  setting: z.string().min(1).max(200),
  maxSeconds: z
    .int()
    .min(60)
    .max(30 * 86_400),
});

/**
 * A granted override. Until `until` (by wall or monotonic clock, whichever is first) the setting is locked at `value`
 * instead of what the document says; the managed hash is made from that value (`withOverrides` of shared/policy).
 */
export const bundleOverrideSchema = z.object({
  /** Id of the grant. */
  id: z.string(),
  setting: z.string(),
  value: jsonValue,
  until: z.string(),
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
  /** What the user may ask to override. A bundle of an older hub has none. */
  exceptions: z.array(exceptionSchema).default([]),
  /** What is overridden now, at most one for each setting. A bundle of an older hub has none. */
  overrides: z.array(bundleOverrideSchema).default([]),
  /** From where images may come; shown, not enforced. A bundle of an older hub has none. */
  registries: deliveredRegistriesSchema.nullable().default(null),
  images: deliveredImagesSchema.nullable().default(null),
});

/** Decoded payload of a bundle. */
export type BundlePayload = z.infer<typeof bundlePayloadSchema>;

export type PolicyException = z.infer<typeof exceptionSchema>;
export type BundleOverride = z.infer<typeof bundleOverrideSchema>;

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
