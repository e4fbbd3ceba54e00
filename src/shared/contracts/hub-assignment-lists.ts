import { z } from 'zod';
import { words } from './hub-fields.ts';

/* Shapes of the hub's API for administrators: a policy for everybody of a file. Part of the API of hub-api.ts. */

/** Characters of the largest list of addresses that is taken at once. */
export const LARGEST_LIST = 512 * 1024;

export const assignmentFileSchema = z.object({
  /** A table with a head that has the column `email`, or one address in each line. */
  csv: words(LARGEST_LIST),
  /** Also those who have another policy of their own. */
  move: z.boolean().default(false),
  /** Only say what would happen. */
  dryRun: z.boolean().default(false),
});
export const assignmentFileAnswerSchema = z.object({
  results: z.array(
    z.object({
      /** Line of the file, from 1. */
      line: z.int(),
      email: z.string(),
      /** What was done, or would be: `assign` and `move`; everything else says why not. */
      outcome: z.enum(['assign', 'move', 'has_it', 'has_other', 'not_a_member', 'invalid', 'repeated']),
      /** Name of the policy that they have, or had. */
      from: z.string().nullable(),
    }),
  ),
});

export type AssignmentFile = z.infer<typeof assignmentFileSchema>;
export type AssignmentFileAnswer = z.infer<typeof assignmentFileAnswerSchema>;
