import { z } from 'zod';
import {
  instant,
  name,
  organizationPathSchema,
  pageAnswer,
  searchSchema,
  sortSchema,
  uuid,
  wholeOrPageQuerySchema,
} from './hub-fields.ts';

/*
 * Shapes of the hub's API for administrators: what owners deleted and may bring back. Part of the API that hub-api.ts
 * describes. Policies, which editors delete too, have shapes of their own (hub-deleted-policies.ts).
 */

/** How long what was deleted can be brought back. */
export const KEPT_DAYS = 30;
export const deletionKindSchema = z.enum(['team', 'connection', 'domain', 'member']);
/** `deletionId`: the id that the thing had, and has again afterwards. */
export const deletionPathSchema = organizationPathSchema.extend({ deletionId: uuid });
/** What every deleted thing has, whatever it was. */
export const keptSchema = z.object({
  id: uuid,
  /** As it was called; of a member, the e-mail address. */
  name: z.string(),
  deletedAt: instant,
  deletedBy: z.string(),
  /** From then on it is gone for good. */
  keptUntil: instant,
});
export const deletionSchema = keptSchema.extend({ kind: deletionKindSchema });
export const keptQuerySchema = wholeOrPageQuerySchema.extend({
  /** Part of the name, or of who deleted it. */
  search: searchSchema,
  /** Last deleted first, unless another order is asked for. */
  sort: sortSchema(['deleted', 'name', 'by']).optional(),
});
export const deletionQuerySchema = keptQuerySchema.extend({ kind: deletionKindSchema.optional() });
export const deletionListSchema = z.object({ deletions: z.array(deletionSchema), ...pageAnswer });
/** `name`: another one than it had, where somebody took that since; only teams and connections take one. */
export const restorationSchema = z.object({ name: name().optional() });
/** What hung on it: places and people of a team, policies, groups of a directory, the proof of a domain. */
export const restoredPartSchema = z.enum(['members', 'teams', 'policies', 'groups', 'people', 'proof']);
export const restorationAnswerSchema = z.object({
  restored: z.object({ kind: deletionKindSchema, id: uuid, name: z.string() }),
  /** How much of what hung on it came back, and how much did not, being gone or held otherwise since. */
  parts: z.array(z.object({ part: restoredPartSchema, restored: z.int(), left: z.int() })),
});

export type DeletionKind = z.infer<typeof deletionKindSchema>;
export type Kept = z.infer<typeof keptSchema>;
export type KeptQuery = z.infer<typeof keptQuerySchema>;
export type Deletion = z.infer<typeof deletionSchema>;
export type DeletionQuery = z.infer<typeof deletionQuerySchema>;
export type DeletionList = z.infer<typeof deletionListSchema>;
export type RestoredPart = z.infer<typeof restoredPartSchema>;
export type RestorationAnswer = z.infer<typeof restorationAnswerSchema>;
