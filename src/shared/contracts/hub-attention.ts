import { z } from 'zod';

/*
 * What somebody should look at in an organization: standing warnings, gone once their cause is. Owners see all of it,
 * editors what is about devices.
 */

export const attentionItemSchema = z.object({
  /**
   * `owner_without_second_factor`, `domain_failing`, `scim_refused`, `sign_in_failing`, a warning of a connection (`certificate_expiring`, …), or of
   * devices `broken_files`, `refused_bundles`, `drifting`.
   */
  code: z.string(),
  severity: z.enum(['warning', 'error']),
  /** What it is about, so that a reader can go there; devices together have neither id nor name. */
  about: z.object({
    kind: z.enum(['organization', 'domain', 'connection', 'devices']),
    id: z.uuid().nullable(),
    name: z.string(),
  }),
  /** How many: devices, refusals, failures; 1 for a thing that itself needs attention. */
  count: z.int(),
  message: z.string(),
  help: z.string(),
  /** ISO 8601; `null` where nobody knows since when. */
  since: z.string().nullable(),
});
export const attentionSchema = z.object({ items: z.array(attentionItemSchema) });

export type Attention = z.infer<typeof attentionSchema>;
export type AttentionItem = z.infer<typeof attentionItemSchema>;
