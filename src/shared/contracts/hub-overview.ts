import { z } from 'zod';
import { complianceTrendSchema } from './hub-devices.ts';

/* What the first page of the console says: how the organization stands, and which first steps are open. */

export const overviewSchema = z.object({
  members: z.int(),
  policies: z.int(),
  teams: z.int(),
  /** Open invitations; 0 for editors, who do not see them. */
  invitations: z.int(),
  /** Devices that have reported. */
  devices: z.int(),
  statuses: complianceTrendSchema.shape.days.element.shape.statuses,
  checklist: z.object({
    domain: z.boolean(),
    /** An owner said so: the files that enforce sign-in are deployed outside of the hub. */
    enforcement: z.boolean(),
    policy: z.boolean(),
    assigned: z.boolean(),
    invited: z.boolean(),
  }),
});
export const checklistMarkSchema = z.object({ enforcement: z.boolean() });

export type Overview = z.infer<typeof overviewSchema>;
