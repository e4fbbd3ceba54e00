import { z } from 'zod';
import { jsonValue } from './json-value.ts';
import { accountAnswerSchema } from './local-account.ts';
import { freezeCode, instant } from './local-fields.ts';
import { hubPolicySchema, localOverrideSchema, policyAnswerSchema } from './local-policy.ts';
import { problemSchema, settingStateSchema } from './local-settings.ts';

/* How the agent is doing, what its checks find, and all of it in one file for people who help. */

/** `GET /v1/status` */
export const statusAnswerSchema = z.object({
  version: z.string(),
  pid: z.int(),
  platform: z.enum(['mac', 'windows', 'linux']),
  layout: z.enum(['mooring', 'docker']),
  /** True in an unpackaged build that was given its own machine paths: every surface shows "test paths". */
  testPaths: z.boolean(),
  paths: z.object({ store: z.string(), choices: z.string(), state: z.string(), adminSettings: z.string() }),
  account: accountAnswerSchema,
  policy: hubPolicySchema.nullable(),
  sync: z.object({
    state: z.enum(['signed-out', 'idle', 'fetching', 'failed']),
    lastAttempt: instant.nullable(),
    lastSuccess: instant.nullable(),
    nextAttempt: instant.nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    /** `connected`: the hub says at once when policy changed. Absent: an older agent. */
    push: z.enum(['off', 'connecting', 'connected']).optional(),
  }),
  frozen: freezeCode.nullable(),
  managed: z.object({ locked: z.int(), suggested: z.int() }),
  /** What is overridden for a time. Absent: an older agent. */
  overrides: z.array(localOverrideSchema).optional(),
  store: z.object({
    state: z.enum(['ok', 'failed', 'contended', 'waiting']),
    message: z.string().optional(),
    lastWritten: instant.nullable(),
    repairs: z.int(),
  }),
  problems: z.array(problemSchema),
});

/** A sentence of the catalog beside its English words (src/shared/text/said.ts). */
const saidSchema = z.object({
  key: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  detail: z.string().optional(),
});

/** One check of `GET /v1/doctor`: in English, and under `said` for readers of another language. */
export const checkSchema = z.object({
  id: z.string(),
  title: z.string(),
  result: z.enum(['ok', 'warning', 'failed', 'skipped']),
  finding: z.string(),
  meaning: z.string().optional(),
  mend: z.string().optional(),
  /** Absent: an older agent. */
  said: z
    .object({
      title: saidSchema,
      finding: saidSchema,
      meaning: saidSchema.optional(),
      mend: saidSchema.optional(),
    })
    .optional(),
});
export const doctorAnswerSchema = z.object({ checks: z.array(checkSchema) });

/**
 * `GET /v1/diagnostics`: everything at once, for a file that people hand on. Without secrets, and without the values
 * that the user chose.
 */
export const diagnosticsAnswerSchema = z.object({
  madeAt: instant,
  system: z.record(z.string(), z.string()),
  status: statusAnswerSchema,
  checks: z.array(checkSchema),
  policy: policyAnswerSchema,
  settings: z.array(
    z.object({
      ...settingStateSchema.shape,
      value: jsonValue.optional(),
      /** Whether the user chose a value; never which one. */
      choice: z.undefined().optional(),
      chosen: z.boolean(),
    }),
  ),
  /** The last lines of the log, oldest first. */
  log: z.array(jsonValue),
});

export type StatusAnswer = z.infer<typeof statusAnswerSchema>;
export type Check = z.infer<typeof checkSchema>;
export type DoctorAnswer = z.infer<typeof doctorAnswerSchema>;
export type DiagnosticsAnswer = z.infer<typeof diagnosticsAnswerSchema>;
