import { z } from 'zod';
import { instant, jsonObject, pageQuerySchema, searchSchema, sortSchema, uuid } from './hub-fields.ts';

/* The audit log. */

export const auditEventSchema = z.object({
  id: z.int(),
  at: instant,
  actor: z.object({
    kind: z.enum(['user', 'token', 'system']),
    id: z.string().nullable(),
    label: z.string(),
  }),
  action: z.string(),
  target: z.object({ kind: z.string(), id: z.string().nullable(), label: z.string() }),
  before: jsonObject.nullable(),
  after: jsonObject.nullable(),
  sourceAddress: z.string().nullable(),
});
export const auditQuerySchema = pageQuerySchema.extend({
  /** "policy.update", or a beginning such as "policy." */
  action: z.string().max(100).optional(),
  /** Part of the name of who did it, and of what it was done to. */
  actor: z.string().max(200).optional(),
  target: z.string().max(200).optional(),
  /** Part of the action, or of the name of who did it or of what it was done to. */
  search: searchSchema,
  actorId: uuid.optional(),
  targetId: z.string().max(100).optional(),
  /** ISO 8601: not before, and before. */
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  /** Newest first, unless "at" is asked for. */
  sort: sortSchema(['at']).optional(),
});
/** The same as a file: JSON lines or CSV. */
export const auditExportQuerySchema = auditQuerySchema
  .omit({ limit: true, cursor: true })
  .extend({ format: z.enum(['jsonl', 'csv']).default('jsonl') });
export const auditListSchema = z.object({ events: z.array(auditEventSchema), next: z.string().nullable() });

export type AuditEvent = z.infer<typeof auditEventSchema>;
export type AuditList = z.infer<typeof auditListSchema>;
export type AuditQuery = z.infer<typeof auditQuerySchema>;
export type AuditExportQuery = z.infer<typeof auditExportQuerySchema>;
