import { z } from 'zod';
import {
  instant,
  line,
  organizationPathSchema,
  pageAnswer,
  searchSchema,
  sortSchema,
  uuid,
  wholeOrPageQuerySchema,
} from './hub-fields.ts';

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
export const domainQuerySchema = wholeOrPageQuerySchema.extend({
  /** Part of the name. */
  search: searchSchema,
  state: domainSchema.shape.state.optional(),
  /** What was never looked for comes as looked for longest ago. */
  sort: sortSchema(['name', 'created', 'checked']).optional(),
});
export const domainListSchema = z.object({ domains: z.array(domainSchema), ...pageAnswer });
export const domainCreationSchema = z.object({ name: line(255) });
export const domainVerificationSchema = z.object({ domain: domainSchema, detail: z.string() });
export const outsiderQuerySchema = wholeOrPageQuerySchema.extend({
  /** Part of the name, e-mail address or user name. */
  search: searchSchema,
  sort: sortSchema(['email', 'name']).optional(),
});
export const outsiderListSchema = z.object({
  users: z.array(z.object({ userId: uuid, email: z.string(), name: z.string(), username: z.string() })),
  ...pageAnswer,
});

export type Domain = z.infer<typeof domainSchema>;
export type DomainQuery = z.infer<typeof domainQuerySchema>;
export type DomainList = z.infer<typeof domainListSchema>;
export type OutsiderQuery = z.infer<typeof outsiderQuerySchema>;
export type OutsiderList = z.infer<typeof outsiderListSchema>;
