import { z } from 'zod';
import { instant, line, organizationPathSchema, uuid } from './hub-fields.ts';

/* Domains of an organization, and accounts in them that are not members. */

export const domainPathSchema = organizationPathSchema.extend({ domainId: uuid });
export const domainSchema = z.object({
  id: uuid,
  name: z.string(),
  /** `failing`: verified once, and the proof was not found at the last look; it stays in force. */
  state: z.enum(['pending', 'verified', 'failing']),
  /** What proves the domain in its DNS. */
  record: z.object({ type: z.literal('TXT'), host: z.string(), value: z.string() }),
  verifiedAt: instant.nullable(),
  checkedAt: instant.nullable(),
  failingSince: instant.nullable(),
  /** Verified by the operator's word instead of by DNS. */
  forced: z.boolean(),
  createdAt: instant,
});
export const domainListSchema = z.object({ domains: z.array(domainSchema) });
export const domainCreationSchema = z.object({ name: line(255) });
export const domainVerificationSchema = z.object({ domain: domainSchema, detail: z.string() });
export const outsiderListSchema = z.object({
  users: z.array(z.object({ userId: uuid, email: z.string(), name: z.string(), username: z.string() })),
});

export type Domain = z.infer<typeof domainSchema>;
