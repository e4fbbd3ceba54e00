import { z } from 'zod';
import { deliveredImagesSchema, deliveredRegistriesSchema } from './access-policies.ts';
import { driftFileSchema, driftKindSchema } from './drift-kind.ts';
import { jsonValue } from './json-value.ts';
import { errorBodySchema } from './local-error.ts';
import { instant, settingName, valueSource } from './local-fields.ts';
import { problemSchema } from './local-settings.ts';

/* The policy in force on this machine: its sources, what it overrides for a time, what was repaired. */

/** How a policy source is doing. */
export const sourceStateSchema = z.object({
  source: z.enum(['configuration-profile', 'hub', 'admin-settings']),
  state: z.enum(['absent', 'ok', 'warnings', 'errors', 'broken', 'untrusted', 'unsupported']),
  location: z.string(),
  /** True while the last good content stands in for content that cannot be read now. */
  usingLastGood: z.boolean(),
  lastAttempt: instant.nullable(),
  lastSuccess: instant.nullable(),
  message: z.string().optional(),
  problems: z.array(problemSchema),
  /** The raw document, with user-info in addresses masked. */
  document: jsonValue.optional(),
});

export const hubPolicySchema = z.object({
  organization: z.string(),
  id: z.string().nullable(),
  name: z.string().nullable(),
  scope: z.enum(['user', 'organization']).nullable(),
  revision: z.int().nullable(),
  seq: z.int(),
  updatedAt: instant.nullable(),
  fetchedAt: instant,
  appliedAt: instant.nullable(),
  contact: z.object({ name: z.string(), url: z.string() }).nullable(),
  stale: z.boolean(),
  /** Set where it was imported by file: when it ends. Absent: it was fetched. */
  offlineUntil: instant.optional(),
  /** From where the organization allows images: shown, and not enforced by this version. Absent: an older agent. */
  access: z
    .object({
      registries: deliveredRegistriesSchema.nullable(),
      images: deliveredImagesSchema.nullable(),
      enforced: z.literal(false),
    })
    .optional(),
});

/** An override that is in force: the setting stays locked, at this value, until it returns by itself. */
export const localOverrideSchema = z.object({
  id: z.string(),
  setting: z.string(),
  value: jsonValue,
  until: instant,
  returnsTo: jsonValue,
});

/** One repair of `settings-store.json`, or of the rights of a file beside it (docs/policy.md section 5). */
export const driftSchema = z.object({
  at: instant,
  kind: driftKindSchema,
  setting: z.string().nullable(),
  file: driftFileSchema.optional(),
  wrong: jsonValue.optional(),
  right: jsonValue.optional(),
});

/** `GET /v1/policy`: what the policy page and `mooring status --verbose` show. */
export const policyAnswerSchema = z.object({
  precedence: z.array(z.object({ source: valueSource, present: z.boolean(), label: z.string() })),
  sources: z.array(sourceStateSchema),
  policy: hubPolicySchema.nullable(),
  problems: z.array(problemSchema),
  drift: z.array(driftSchema),
});

/** `POST /v1/sync` waits for one attempt and answers with its outcome. */
export const syncAnswerSchema = z.object({
  outcome: z.enum(['updated', 'unchanged', 'failed', 'refused', 'signed-out']),
  message: z.string(),
  policy: hubPolicySchema.nullable(),
  error: errorBodySchema.shape.error.optional(),
});

/** `GET /v1/overrides`: what is overridden now, and for which settings the policy allows it (docs/delivery.md section 6). */
export const overridesAnswerSchema = z.object({
  overrides: z.array(localOverrideSchema),
  exceptions: z.array(z.object({ setting: z.string(), maxSeconds: z.int() })),
});
/** `POST /v1/overrides` asks the hub, and answers when the grant is in force here. */
export const localOverrideRequestSchema = z.object({
  setting: settingName,
  value: jsonValue,
  /** As long as the policy allows, when left out. */
  seconds: z.int().min(60).optional(),
  reason: z.string().trim().min(1).max(1000),
});
/** `POST /v1/overrides/end` */
export const endOverrideSchema = z.object({ setting: settingName });

/** `POST /v1/policy/import`: a bundle that travelled by file (docs/delivery.md section 4). Answered as a sync. */
export const importRequestSchema = z.object({ bundle: z.string() });

export type SourceState = z.infer<typeof sourceStateSchema>;
export type HubPolicy = z.infer<typeof hubPolicySchema>;
export type Drift = z.infer<typeof driftSchema>;
export type PolicyAnswer = z.infer<typeof policyAnswerSchema>;
export type LocalOverride = z.infer<typeof localOverrideSchema>;
export type OverridesAnswer = z.infer<typeof overridesAnswerSchema>;
export type LocalOverrideRequest = z.infer<typeof localOverrideRequestSchema>;
export type SyncAnswer = z.infer<typeof syncAnswerSchema>;
