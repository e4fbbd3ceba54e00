import { z } from 'zod';
import { organizationNameSchema } from '../contracts/hub-api.ts';

/** A public signing key as a profile holds it whole. */
const hubKeySchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  kid: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/),
});

/** Where `http:` is taken: this very machine (docs/delivery.md section 7). */
const LOOPBACK = /^http:\/\/(([a-z0-9-]+\.)*localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?(\/|$)/i;

/** What an administrator wants of the computers that enforce sign-in (docs/policy.md section 7). */
export const signInWishSchema = z.object({
  /** Membership in any of them suffices. */
  organizations: z
    .array(organizationNameSchema)
    .min(1, 'name at least one organization')
    .max(100)
    .transform((names) => [...new Set(names)]),
  /** No character that a shell or a registry file would read otherwise. */
  hubUrl: z
    .string()
    .trim()
    .max(2000)
    .regex(/^https?:\/\/[A-Za-z0-9.:[\]-]+(\/[A-Za-z0-9._~/-]*)?$/, 'must be an http or https address')
    .refine(
      (address) => !address.startsWith('http:') || LOOPBACK.test(address),
      'must begin with https: computers refuse a hub that is not encrypted',
    ),
  /** Keys that policy must be signed with; none: the first that a device meets are trusted. */
  hubKeys: z.array(hubKeySchema).max(100),
  /** Whose file locations the desktop uses. */
  layout: z.enum(['mooring', 'docker']),
});

/** A wish that was checked. */
export type SignInWish = z.output<typeof signInWishSchema>;

/** `acme; labs` or a name a line, as `allowedOrgs` is written everywhere else; white space is trimmed. */
export function namesIn(text: string): string[] {
  return text
    .split(/[;,\s]+/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
