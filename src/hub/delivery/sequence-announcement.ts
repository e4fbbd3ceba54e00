import { z } from 'zod';

/** Payload of `mooring_sequences`: one user's new number, or (`user` absent) many of an organization's. */
const sequenceSchema = z.object({
  organization: z.string(),
  user: z.string().optional(),
  seq: z.number().optional(),
});

/** The announcement, or `null` for what is none: then everything may have changed. */
export function readSequenceAnnouncement(payload: string): z.infer<typeof sequenceSchema> | null {
  try {
    return sequenceSchema.parse(JSON.parse(payload));
  } catch {
    return null;
  }
}
