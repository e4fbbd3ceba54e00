import { z } from 'zod';

/*
 * What an organization's owners should look at: standing warnings, gone once their cause is.
 */

export const attentionSchema = z.object({
  items: z.array(
    z.object({
      /** `domain_failing`, `scim_refused`, or a warning of a connection. */
      code: z.string(),
      /** What it is about, so that a reader can go there. */
      about: z.object({ kind: z.enum(['domain', 'connection']), id: z.uuid(), name: z.string() }),
      message: z.string(),
      help: z.string(),
      /** ISO 8601; `null` where nobody knows since when. */
      since: z.string().nullable(),
    }),
  ),
});

export type Attention = z.infer<typeof attentionSchema>;
