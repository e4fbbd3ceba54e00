import { z } from 'zod';
import { BUNDLE_REFUSALS } from './bundle.ts';
import { driftFileSchema, driftKindSchema } from './drift-kind.ts';
import { jsonValue } from './json-value.ts';

/*
 * What a device reports of itself (docs/delivery.md section 5): at each apply, each drift repair and each day. A
 * report is a statement of the user's own process, not a proof.
 */

/** Largest body of a report. */
export const REPORT_LIMIT_BYTES = 256 * 1024;
/** How many repairs one report carries; more are counted in `driftDropped`. */
export const REPORT_DRIFT_LIMIT = 200;

/** A device's clock may be wrong, but a database has its limits. */
const instant = z.iso
  .datetime({ offset: true })
  .refine((value) => value >= '1970' && value < '2200', 'must be a time between 1970 and 2200');
/** Text of the device's: neither endless, nor with characters that a database refuses. */
const text = (most: number) =>
  z
    .string()
    .max(most)
    .refine((value) => !value.includes('\0') && value.isWellFormed(), 'must be well-formed text');
const settingId = text(200).min(1);
const source = z.enum([
  'configuration-profile',
  'user-policy',
  'organization-policy',
  'admin-settings',
  'user',
  'default',
]);

/** A repair since the last report. The wrong value is there only for a setting that was locked. */
export const reportedDriftSchema = z.object({
  at: instant,
  kind: driftKindSchema,
  setting: settingId.nullable(),
  file: driftFileSchema.optional(),
  wrong: jsonValue.optional(),
  right: jsonValue.optional(),
});

/** A problem in words, from wherever it came: a document, the store, the network, a refused bundle. */
export const reportedProblemSchema = z.object({
  source: text(40),
  code: text(60),
  severity: z.enum(['error', 'warning']),
  path: text(400).default(''),
  message: text(2000),
});

/**
 * One setting that some layer mentions. `outcome`: `enforced`, locked and in force; `suggested`, not locked and the
 * layer's value in force; `chosen`, not locked and the user's choice in force; `overridden`, a granted override is in
 * force; `frozen`, held where it was; `failed`, could not be written.
 */
export const reportedSettingSchema = z.object({
  id: settingId,
  source,
  locked: z.boolean(),
  outcome: z.enum(['enforced', 'suggested', 'chosen', 'overridden', 'frozen', 'failed']),
});

/** Body of `POST /v1/agent/reports`. Unknown members are dropped, so that a newer agent can add some. */
export const agentReportSchema = z.object({
  /** Made by the device for this report; the same report sent twice counts once. */
  reportId: z.uuid(),
  deviceId: z.uuid(),
  deviceName: text(200).default(''),
  reason: z.enum(['apply', 'drift', 'daily', 'override', 'refusal', 'start']),
  /** By the device's clock: when the report was made. */
  at: instant,
  agentVersion: text(50),
  /** Version of the settings catalog that the agent carries: the agent's own version. */
  catalogVersion: text(50),
  platform: z.enum(['mac', 'windows', 'linux']),
  osVersion: text(200),
  /** What is applied; `seq` is `null` before the first bundle, `id` and `revision` without a policy. */
  policy: z.object({
    id: text(100).nullable(),
    revision: z.int().min(1).nullable(),
    seq: z.int().min(0).nullable(),
    fetchedAt: instant.nullable(),
    appliedAt: instant.nullable(),
  }),
  /** Highest sequence number accepted; above `policy.seq` while that bundle could not be applied. */
  fetchedSeq: z.int().min(0).nullable(),
  /** SHA-256, hex, of `managedInForce` over the hub's document; `null` before the first bundle. */
  managedHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  /** Ids that the hub's document locks and a configuration profile overrides: left out of the hash. */
  profileOverrides: z.array(settingId).max(1000).default([]),
  /** Ids (of grants) of the overrides that were in force when the hash was made. */
  overrides: z.array(text(100)).max(200).default([]),
  frozen: z.enum(['policy_source_broken', 'policy_stale']).nullable().default(null),
  /** A bundle that was refused since the last report; where several reasons were met, each comes in a report of its own. */
  refused: z
    .object({ reason: z.enum(BUNDLE_REFUSALS), message: text(2000), at: instant })
    .nullable()
    .default(null),
  problems: z.array(reportedProblemSchema).max(200).default([]),
  drift: z.array(reportedDriftSchema).max(REPORT_DRIFT_LIMIT).default([]),
  driftDropped: z.int().min(0).max(1_000_000).default(0),
  /** Writers fight over the store (docs/policy.md section 5). */
  contended: z.boolean().default(false),
  settings: z.array(reportedSettingSchema).max(1000).default([]),
  /** Ids, never values, of what the user chose. */
  choices: z.array(settingId).max(1000).default([]),
  /** What the local file has to say, also where a stronger layer decides: never its values. */
  local: z
    .array(z.object({ id: settingId, locked: z.boolean() }))
    .max(1000)
    .default([]),
});

/** What the hub answers: from when on the next one is wanted at the latest. */
export const agentReportAnswerSchema = z.object({
  accepted: z.literal(true),
  /** Seconds until the next report without an occasion. */
  nextSeconds: z.int().min(60),
});

export type AgentReport = z.infer<typeof agentReportSchema>;
/** What an agent sends: members with a default may be left out. */
export type AgentReportBody = z.input<typeof agentReportSchema>;
export type AgentReportAnswer = z.infer<typeof agentReportAnswerSchema>;
export type ReportedDrift = z.infer<typeof reportedDriftSchema>;
export type ReportedSetting = z.infer<typeof reportedSettingSchema>;
