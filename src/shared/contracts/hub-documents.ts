import { z } from 'zod';
import {
  instant,
  jsonObject,
  pageAnswer,
  searchSchema,
  sortSchema,
  wholeOrPageQuerySchema,
  words,
} from './hub-fields.ts';

/* The documents of policies: how they come, what is wrong with them, and their revisions. */

/** A problem in a document, with the place in the text where it is known. */
export const documentProblemSchema = z.object({
  severity: z.enum(['error', 'warning']),
  path: z.string(),
  code: z.string(),
  message: z.string(),
  line: z.int().optional(),
  column: z.int().optional(),
});
/** A document comes as text (comments, order and line numbers kept), or as a JSON object. */
export const documentParts = {
  text: z.string().optional(),
  document: jsonObject.optional(),
};
export const documentCheckSchema = z
  .object(documentParts)
  .refine(
    (body) => (body.text === undefined) !== (body.document === undefined),
    'needs either text or document',
  );
export const documentCheckAnswerSchema = z.object({
  /** Whether the document can be saved: it holds no error. */
  acceptable: z.boolean(),
  problems: z.array(documentProblemSchema),
});
export const revisionSummarySchema = z.object({
  revision: z.int(),
  author: z.string(),
  reason: z.string(),
  createdAt: instant,
  current: z.boolean(),
});
export const revisionQuerySchema = wholeOrPageQuerySchema.extend({
  /** Part of the author's name or of the reason. */
  search: searchSchema,
  /** Newest first, unless another order is asked for. */
  sort: sortSchema(['revision', 'author']).optional(),
});
export const revisionListSchema = z.object({ revisions: z.array(revisionSummarySchema), ...pageAnswer });
export const revisionSchema = revisionSummarySchema.extend({ document: jsonObject, text: z.string() });
export const revisionRestorationSchema = z.object({ reason: words(1000).default('') });

export type DocumentProblem = z.infer<typeof documentProblemSchema>;
export type DocumentCheckAnswer = z.infer<typeof documentCheckAnswerSchema>;
export type RevisionSummary = z.infer<typeof revisionSummarySchema>;
export type RevisionQuery = z.infer<typeof revisionQuerySchema>;
export type RevisionList = z.infer<typeof revisionListSchema>;
export type Revision = z.infer<typeof revisionSchema>;
