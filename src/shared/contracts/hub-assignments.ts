import { z } from 'zod';
import { documentProblemSchema } from './hub-documents.ts';
import {
  instant,
  pageAnswer,
  policyReferenceSchema,
  searchSchema,
  sortSchema,
  uuid,
  wholeOrPageQuerySchema,
} from './hub-fields.ts';
import { jsonValue } from './json-value.ts';
import { contributionSchema } from './local-settings.ts';

/* Whom a policy reaches, and what the hub's own policy makes of every setting for one of them. */

export const defaultPolicySchema = z.object({ policyId: uuid.nullable() });
/** The default that stands; `null`: none, so members without a policy of their own or of a team have none. */
export const defaultPolicyAnswerSchema = defaultPolicySchema.extend({
  policy: policyReferenceSchema.nullable(),
});
export const assignmentSchema = z.object({
  policyId: uuid,
  /** The policy that the user is to be moved from; needed when one is assigned already. */
  moveFrom: uuid.optional(),
});
export const assignmentAnswerSchema = z.object({
  policy: policyReferenceSchema,
  movedFrom: policyReferenceSchema.nullable(),
});
export const assignmentQuerySchema = wholeOrPageQuerySchema.extend({
  /** Part of the name or the e-mail address. */
  search: searchSchema,
  sort: sortSchema(['email', 'name', 'assigned']).optional(),
});
export const assignmentListSchema = z.object({
  users: z.array(z.object({ userId: uuid, email: z.string(), name: z.string(), assignedAt: instant })),
  ...pageAnswer,
});

export const effectivePolicyQuerySchema = z.object({ platform: z.enum(['mac', 'windows', 'linux']) });
/** What the hub's own policy makes of every setting, before anything local to a device. */
export const effectivePolicySchema = z.object({
  platform: z.enum(['mac', 'windows', 'linux']),
  policy: z
    .object({ id: uuid, name: z.string(), scope: z.enum(['user', 'organization']), revision: z.int() })
    .nullable(),
  seq: z.int(),
  settings: z.record(
    z.string(),
    z.object({
      value: jsonValue,
      locked: z.boolean(),
      source: z.enum([
        'configuration-profile',
        'user-policy',
        'organization-policy',
        'admin-settings',
        'user',
        'default',
      ]),
      contributions: z.array(contributionSchema),
    }),
  ),
  problems: z.array(documentProblemSchema),
});

export type DefaultPolicyAnswer = z.infer<typeof defaultPolicyAnswerSchema>;
export type AssignmentAnswer = z.infer<typeof assignmentAnswerSchema>;
export type AssignmentQuery = z.infer<typeof assignmentQuerySchema>;
export type AssignmentList = z.infer<typeof assignmentListSchema>;
export type EffectivePolicy = z.infer<typeof effectivePolicySchema>;
