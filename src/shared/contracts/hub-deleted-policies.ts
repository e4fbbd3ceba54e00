import { z } from 'zod';
import {
  instant,
  organizationPathSchema,
  pageAnswer,
  searchSchema,
  sortSchema,
  uuid,
  wholeOrPageQuerySchema,
} from './hub-fields.ts';
import { policyDuplicationSchema } from './hub-policies.ts';

/*
 * Shapes of the hub's API for administrators: policies that were deleted and may come back. Part of the API that
 * hub-api.ts describes.
 */

/** How long a deleted policy can be brought back. */
export const DELETED_POLICY_DAYS = 30;
export const deletedPolicyPathSchema = organizationPathSchema.extend({ deletedPolicyId: uuid });
export const deletedPolicySchema = z.object({
  id: uuid,
  name: z.string(),
  /** Number of the document that was in force. */
  revision: z.int(),
  deletedAt: instant,
  deletedBy: z.string(),
  /** From then on it is gone for good. */
  keptUntil: instant,
  wasDefault: z.boolean(),
  /** Who had it assigned when it was deleted. */
  users: z.int(),
  teams: z.int(),
});
export const deletedPolicyQuerySchema = wholeOrPageQuerySchema.extend({
  /** Part of the policy's name, or of who deleted it. */
  search: searchSchema,
  /** Last deleted first, unless another order is asked for. */
  sort: sortSchema(['deleted', 'name', 'by']).optional(),
});
export const deletedPolicyListSchema = z.object({ policies: z.array(deletedPolicySchema), ...pageAnswer });
/** `name`: another one than it had, where somebody took that since. */
export const policyUndeletionSchema = z.object({ name: policyDuplicationSchema.shape.name.optional() });
export const policyUndeletionAnswerSchema = z.object({
  policy: z.object({ id: uuid, name: z.string() }),
  /** Assignments that came back, and those that did not: no member any more, or another policy since. */
  users: z.object({ restored: z.int(), left: z.int() }),
  teams: z.object({ restored: z.int(), left: z.int() }),
  /** It is the default again; `false` also when it never was. */
  isDefault: z.boolean(),
});

export type DeletedPolicyQuery = z.infer<typeof deletedPolicyQuerySchema>;
export type DeletedPolicyList = z.infer<typeof deletedPolicyListSchema>;
export type DeletedPolicy = z.infer<typeof deletedPolicySchema>;
export type PolicyUndeletionAnswer = z.infer<typeof policyUndeletionAnswerSchema>;
