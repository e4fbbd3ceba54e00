import { z } from 'zod';
import { instant, name, roleSchema, uuid } from './hub-fields.ts';

/* Who calls the hub, and the organizations that they belong to. */

export const callerSchema = z.object({
  kind: z.enum(['user', 'token', 'system']),
  id: z.string().nullable(),
  /** `null` for a token. */
  email: z.string().nullable(),
  name: z.string(),
});

const webAddressSchema = z
  .url({ protocol: /^(https?|mailto)$/, error: 'must be an http, https or mailto address' })
  .max(2000);

export const contactSchema = z.object({ name: name(), url: webAddressSchema });
export const organizationSchema = z.object({
  id: uuid,
  name: z.string(),
  displayName: z.string(),
  contact: z.object({ name: z.string(), url: z.string() }).nullable(),
  refreshSeconds: z.int(),
  graceSeconds: z.int().nullable(),
  defaultPolicyId: uuid.nullable(),
  /** The caller's role in it. */
  role: roleSchema,
  createdAt: instant,
});
export const organizationListSchema = z.object({ organizations: z.array(organizationSchema) });
export const organizationChangeSchema = z.object({
  displayName: name().optional(),
  contact: contactSchema.nullable().optional(),
  /** How often devices ask for policy when nothing wakes them; at most an hour. */
  refreshSeconds: z.int().min(10).max(3600).optional(),
  /** `null`: settings never freeze for age. Devices ask twice in this time, and not more often than every 30 s. */
  graceSeconds: z
    .int()
    .min(60)
    .max(2 ** 31 - 1)
    .nullable()
    .optional(),
});

export type Caller = z.infer<typeof callerSchema>;
export type Organization = z.infer<typeof organizationSchema>;
export type OrganizationChange = z.infer<typeof organizationChangeSchema>;
