import { z } from 'zod';
import { complianceTrendSchema } from './hub-devices.ts';

/* What the first page of the console says: how the organization stands, and what waits for somebody. */

/** What needs attention. Owners see all of it; editors what is about devices. */
export const attentionSchema = z.object({
  kind: z.enum([
    'certificate_expiring',
    'certificate_expired',
    'scim_failing',
    'sign_in_failing',
    'domain_failing',
    'broken_files',
    'refused_bundles',
    'drifting',
  ]),
  severity: z.enum(['warning', 'error']),
  /** What it is about: a connection, a domain; empty for devices. */
  name: z.string(),
  /** Of the connection or the domain. */
  id: z.uuid().nullable(),
  /** How many: devices, refusals. */
  count: z.int(),
  detail: z.string(),
});
export const overviewSchema = z.object({
  members: z.int(),
  policies: z.int(),
  teams: z.int(),
  /** Open invitations; 0 for editors, who do not see them. */
  invitations: z.int(),
  /** Devices that have reported. */
  devices: z.int(),
  statuses: complianceTrendSchema.shape.days.element.shape.statuses,
  attention: z.array(attentionSchema),
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
export type Attention = z.infer<typeof attentionSchema>;
