import { z } from 'zod';
import { keptQuerySchema, keptSchema } from './hub-deletions.ts';
import { organizationPathSchema, pageAnswer, uuid } from './hub-fields.ts';
import { policyDuplicationSchema } from './hub-policies.ts';

/*
 * Shapes of the hub's API for administrators: policies that were deleted and may come back. Part of the API that
 * hub-api.ts describes.
 */

export const deletedPolicyPathSchema = organizationPathSchema.extend({ deletedPolicyId: uuid });
export const deletedPolicySchema = keptSchema.extend({
  /** Number of the document that was in force. */
  revision: z.int(),
  wasDefault: z.boolean(),
  /** Who had it assigned when it was deleted. */
  users: z.int(),
  teams: z.int(),
});
/** Searched by name and by who deleted it. */
export const deletedPolicyQuerySchema = keptQuerySchema;
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
