import { z } from 'zod';
import {
  instant,
  name,
  pageAnswer,
  roleSchema,
  searchSchema,
  sortSchema,
  uuid,
  wholeOrPageQuerySchema,
} from './hub-fields.ts';

/* Tokens of programs that use the hub's API. */

export const apiTokenSchema = z.object({
  id: uuid,
  name: z.string(),
  role: roleSchema,
  /** It may do what a person has to prove themselves for: tokens, SSO, SCIM, owners. */
  managesAccess: z.boolean(),
  createdBy: z.string().nullable(),
  createdAt: instant,
  expiresAt: instant,
  lastUsedAt: instant.nullable(),
});
export const apiTokenQuerySchema = wholeOrPageQuerySchema.extend({
  /** Part of the token's name, or of the address of who made it. */
  search: searchSchema,
  role: roleSchema.optional(),
  /** Newest first, unless another order is asked for; what was never used comes as used longest ago. */
  sort: sortSchema(['created', 'name', 'role', 'expires', 'used']).optional(),
});
export const apiTokenListSchema = z.object({ tokens: z.array(apiTokenSchema), ...pageAnswer });
export const apiTokenCreationSchema = z.object({
  name: name(),
  role: roleSchema,
  /** Days until it ends. */
  days: z.int().min(1).max(366).default(90),
  /** Only with the role `owner`. */
  managesAccess: z.boolean().default(false),
});
/** The only answer that holds the token itself. */
export const apiTokenCreationAnswerSchema = z.object({ token: apiTokenSchema, secret: z.string() });

export type ApiToken = z.infer<typeof apiTokenSchema>;
export type ApiTokenCreationAnswer = z.infer<typeof apiTokenCreationAnswerSchema>;
export type ApiTokenQuery = z.infer<typeof apiTokenQuerySchema>;
export type ApiTokenList = z.infer<typeof apiTokenListSchema>;
