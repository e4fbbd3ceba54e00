import { z } from 'zod';
import {
  emailSchema,
  instant,
  line,
  memberPathSchema,
  originSchema,
  pageAnswer,
  pageQuerySchema,
  policyReferenceSchema,
  roleSchema,
  searchSchema,
  sortSchema,
  uuid,
  wholeOrPageQuerySchema,
} from './hub-fields.ts';

/* Members of an organization, and where they are signed in. */

export const memberSchema = z.object({
  userId: uuid,
  email: z.string(),
  username: z.string(),
  name: z.string(),
  role: roleSchema,
  origin: originSchema,
  disabled: z.boolean(),
  joinedAt: instant,
  teams: z.array(z.object({ id: uuid, name: z.string() })),
  /** The policy assigned to this very user; `null`: the organization's default applies, where there is one. */
  policy: policyReferenceSchema.nullable(),
});
export const memberQuerySchema = pageQuerySchema.extend({
  /** Part of the name, e-mail address or user name. */
  search: searchSchema,
  role: roleSchema.optional(),
  origin: originSchema.optional(),
  /** Domain of the e-mail address. */
  domain: z.string().max(255).optional(),
  /** `disabled`: the account may not sign in. */
  status: z.enum(['active', 'disabled']).optional(),
  sort: sortSchema(['email', 'name', 'role', 'origin', 'joined']).optional(),
});
export const memberListSchema = z.object({ members: z.array(memberSchema), ...pageAnswer });
export const signInQuerySchema = wholeOrPageQuerySchema.extend({
  /** Part of what signed in, of its address, or of the connection's name. */
  search: searchSchema,
  kind: z.enum(['browser', 'desktop']).optional(),
  /** Newest first, unless another order is asked for; what was never used comes as used longest ago. */
  sort: sortSchema(['created', 'used', 'expires']).optional(),
});
/** Where a member is signed in at present; ended sessions are not kept. */
export const signInListSchema = z.object({
  ...pageAnswer,
  signIns: z.array(
    z.object({
      id: uuid,
      kind: z.enum(['browser', 'desktop']),
      /** The desktop's name, or what the browser calls itself. */
      client: z.string(),
      address: z.string().nullable(),
      /** Connection that vouched for it; `null`: a local password, or a desktop. */
      connection: z.string().nullable(),
      createdAt: instant,
      lastUsedAt: instant.nullable(),
      expiresAt: instant,
    }),
  ),
});
/** How many sessions ended. */
export const signInsEndedSchema = z.object({ browsers: z.int(), devices: z.int() });
export const signInPathSchema = memberPathSchema.extend({ signInId: uuid });
export const memberAdditionSchema = z.object({
  email: emailSchema,
  name: line(200).optional(),
  role: roleSchema.default('member'),
});
export const memberAdditionAnswerSchema = z.object({
  member: memberSchema,
  /** One-time link where a newly made account sets its password; `null` when the account existed. */
  passwordLink: z.object({ url: z.string(), expiresAt: instant }).nullable(),
});
export const memberChangeSchema = z.object({ role: roleSchema });

export type Member = z.infer<typeof memberSchema>;
export type MemberList = z.infer<typeof memberListSchema>;
export type SignInList = z.infer<typeof signInListSchema>;
export type SignInsEnded = z.infer<typeof signInsEndedSchema>;
export type SignInQuery = z.infer<typeof signInQuerySchema>;
export type MemberQuery = z.infer<typeof memberQuerySchema>;
export type MemberAddition = z.infer<typeof memberAdditionSchema>;
export type MemberAdditionAnswer = z.infer<typeof memberAdditionAnswerSchema>;
