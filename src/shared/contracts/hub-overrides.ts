import { z } from 'zod';
import { pageQuerySchema, searchSchema, sortSchema } from './hub-fields.ts';

/* Shapes of the hub's API for administrators: the list of overrides that members use (docs/delivery.md section 6). */

export const overrideQuerySchema = pageQuerySchema.extend({
  /** Only those in force. */
  active: z.stringbool().optional(),
  policyId: z.uuid().optional(),
  /** Part of the member's address, of the setting's name or of the reason. */
  search: searchSchema,
  /** Newest first, unless another order is asked for. */
  sort: sortSchema(['granted', 'until', 'email', 'setting']).optional(),
});

export type OverrideQuery = z.infer<typeof overrideQuerySchema>;
