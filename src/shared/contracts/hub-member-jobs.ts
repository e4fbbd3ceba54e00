import { z } from 'zod';
import {
  instant,
  organizationPathSchema,
  pageAnswer,
  pageQuerySchema,
  roleSchema,
  searchSchema,
  sortSchema,
  uuid,
} from './hub-fields.ts';
import { memberQuerySchema } from './hub-members.ts';

/* One thing done with many members: begun by a request, done by the hub, watched and read afterwards by its id. */

/** What is done with each. */
export const memberJobActionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('role'), role: roleSchema }),
  z.object({ kind: z.literal('team'), teamId: uuid }),
  z.object({ kind: z.literal('remove') }),
]);
export const memberJobCreationSchema = z
  .object({
    action: memberJobActionSchema,
    userIds: z.array(uuid).min(1).max(5000).optional(),
    /** Everyone whom the list of members would show with this filter. */
    matching: memberQuerySchema.omit({ limit: true, cursor: true, sort: true }).optional(),
  })
  .refine(
    (body) => (body.userIds === undefined) !== (body.matching === undefined),
    'needs either userIds or matching',
  );
export const memberJobPathSchema = organizationPathSchema.extend({ jobId: uuid });
export const memberJobSchema = z.object({
  id: uuid,
  action: memberJobActionSchema,
  by: z.string(),
  createdAt: instant,
  /** `null` while it runs. */
  finishedAt: instant.nullable(),
  counts: z.object({ waiting: z.int(), done: z.int(), refused: z.int() }),
});
export const memberJobQuerySchema = pageQuerySchema.extend({
  limit: pageQuerySchema.shape.limit.unwrap().default(20),
  /** Part of the name of who began it. */
  search: searchSchema,
  state: z.enum(['running', 'finished']).optional(),
  /** Newest first, unless "created" is asked for. */
  sort: sortSchema(['created']).optional(),
});
export const memberJobListSchema = z.object({ jobs: z.array(memberJobSchema), ...pageAnswer });
/** Whom it was refused for, and why. */
const memberJobRefusalSchema = z.object({ userId: uuid, email: z.string(), detail: z.string() });
export const memberJobRefusalQuerySchema = pageQuerySchema.extend({
  /** Part of the address, or of the reason. */
  search: searchSchema,
  /** By address, unless it is asked for the other way round. */
  sort: sortSchema(['email']).optional(),
});
export const memberJobRefusalListSchema = z.object({
  refused: z.array(memberJobRefusalSchema),
  ...pageAnswer,
});

export type MemberJobQuery = z.infer<typeof memberJobQuerySchema>;
export type MemberJobList = z.infer<typeof memberJobListSchema>;
export type MemberJob = z.infer<typeof memberJobSchema>;
export type MemberJobRefusal = z.infer<typeof memberJobRefusalSchema>;
export type MemberJobRefusalQuery = z.infer<typeof memberJobRefusalQuerySchema>;
export type MemberJobRefusalList = z.infer<typeof memberJobRefusalListSchema>;
export type MemberJobAction = z.infer<typeof memberJobActionSchema>;
export type MemberJobCreation = z.infer<typeof memberJobCreationSchema>;
