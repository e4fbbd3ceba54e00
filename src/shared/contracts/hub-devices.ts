import { z } from 'zod';
import { reportedDriftSchema, reportedProblemSchema, reportedSettingSchema } from './device-report.ts';
import { driftKindSchema } from './drift-kind.ts';
import { instant, pageAnswer, pageQuerySchema, searchSchema, sortSchema, uuid } from './hub-fields.ts';

/* Shapes of the hub's API for administrators: devices and compliance (docs/delivery.md section 5). */

/** In the order of the table in docs/delivery.md, section 5. */
export const DEVICE_STATUSES = [
  'compliant',
  'non_compliant',
  'outdated',
  'no_policy',
  'uncontrolled_domain',
  'exception',
  'unknown',
] as const;
export const deviceStatusSchema = z.enum(DEVICE_STATUSES);

/** `signOut`: the session by which the device reported ends too. */
export const deviceForgettingSchema = z.object({ signOut: z.enum(['true', 'false']).optional() });
export const devicePathSchema = z.object({ organization: z.string(), deviceId: uuid });

/** A device of a member; a member without any has one row with `id: null`. */
export const deviceSchema = z.object({
  /** What the routes take. */
  id: uuid.nullable(),
  /** What the device calls itself. */
  deviceId: uuid.nullable(),
  /** As an owner named it, else as the device did. */
  name: z.string(),
  user: z.object({ id: uuid, email: z.string(), name: z.string() }),
  status: deviceStatusSchema,
  whatToDo: z.string(),
  /** `verified`: the e-mail domain is one that the organization verified; `guest`: it is not; `domainless`: it verified none. */
  domain: z.enum(['verified', 'guest', 'domainless']),
  /** `user`: a user policy, directly or through a team; `global`: the organization's default; `none`. */
  settings: z.enum(['user', 'global', 'none']),
  /** What the roll-out gives this user. */
  expected: z.object({ id: uuid, name: z.string(), revision: z.int(), seq: z.int() }).nullable(),
  /** What the device says it applied. */
  applied: z
    .object({ policyId: uuid.nullable(), revision: z.int().nullable(), seq: z.int().nullable() })
    .nullable(),
  platform: z.enum(['mac', 'windows', 'linux']).nullable(),
  osVersion: z.string().nullable(),
  agentVersion: z.string().nullable(),
  /** By the device's clock. */
  fetchedAt: instant.nullable(),
  appliedAt: instant.nullable(),
  /** By the hub's clock. */
  reportedAt: instant.nullable(),
  firstSeenAt: instant.nullable(),
  /** How many seconds the device's clock is behind (negative: ahead). */
  clockBehindSeconds: z.int().nullable(),
  frozen: z.string().nullable(),
  /** Why the device refused the last bundle it refused. */
  refused: z.string().nullable(),
  errors: z.int(),
});
export const deviceQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(1000).optional(),
  status: deviceStatusSchema.optional(),
  platform: z.enum(['mac', 'windows', 'linux']).optional(),
  policyId: uuid.optional(),
  teamId: uuid.optional(),
  userId: uuid.optional(),
  /** Part of the user's name or e-mail address, or of the device's name. */
  search: searchSchema,
  /** Leaves out what needs nobody: compliant devices, and those with a granted override. */
  hideCompliant: z.stringbool().optional(),
  sort: sortSchema([
    'user',
    'device',
    'status',
    'policy',
    'platform',
    'agent',
    'fetched',
    'reported',
  ]).optional(),
});
export const deviceListSchema = z.object({
  devices: z.array(deviceSchema),
  total: z.int(),
  /** How many have which status, with the same filter but for the status. */
  statuses: z.record(deviceStatusSchema, z.int()),
  next: z.string().nullable(),
});
export const complianceTrendQuerySchema = z.object({
  days: z.coerce.number().int().min(1).max(366).default(30),
});
/** How many devices had which status at the end of each day (UTC), oldest first; the last one is today, by now. */
export const complianceTrendSchema = z.object({
  days: z.array(z.object({ day: z.iso.date(), statuses: z.record(deviceStatusSchema, z.int()) })),
});
/** With the last report. Values of the user's choices are never in it. */
export const deviceDetailSchema = deviceSchema.extend({
  report: z.object({
    reason: z.string(),
    at: instant,
    profileOverrides: z.array(z.string()),
    overrides: z.array(z.string()),
    contended: z.boolean(),
    problems: z.array(reportedProblemSchema),
    settings: z.array(reportedSettingSchema),
    choices: z.array(z.string()),
  }),
});
export const deviceChangeSchema = z.object({
  /** `null`: as the device calls itself. */
  name: z
    .string()
    .trim()
    .min(1)
    .max(200)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused
    .regex(/^[^\u0000-\u001f\u007f\p{Cs}]*$/u, 'must be one line of text')
    .nullable(),
});
export const deviceDriftQuerySchema = pageQuerySchema.extend({
  /** Part of the name of the setting or the file. */
  search: searchSchema,
  kind: driftKindSchema.optional(),
  /** Newest first, unless "at" is asked for. */
  sort: sortSchema(['at']).optional(),
});
/** Repairs of a device, newest first. */
export const deviceDriftSchema = z.object({
  drift: z.array(reportedDriftSchema.extend({ receivedAt: instant })),
  ...pageAnswer,
});
export const reportSettingsSchema = z.object({
  /** Without a report for so many days a device's state is unknown. */
  unknownAfterDays: z.int().min(1).max(365),
  /** Reports, repairs and devices older than this are deleted. */
  retentionDays: z.int().min(1).max(3650),
});

export type DeviceStatus = z.infer<typeof deviceStatusSchema>;
export type Device = z.infer<typeof deviceSchema>;
export type DeviceDriftQuery = z.infer<typeof deviceDriftQuerySchema>;
export type DeviceDetail = z.infer<typeof deviceDetailSchema>;
export type DeviceQuery = z.infer<typeof deviceQuerySchema>;
export type DeviceList = z.infer<typeof deviceListSchema>;
export type ComplianceTrend = z.infer<typeof complianceTrendSchema>;
export type DeviceDrift = z.infer<typeof deviceDriftSchema>;
export type ReportSettings = z.infer<typeof reportSettingsSchema>;
