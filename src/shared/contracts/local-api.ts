import { z } from 'zod';
import { deliveredImagesSchema, deliveredRegistriesSchema } from './access-policies.ts';
import { sessionEndSchema } from './agent-api.ts';
import { driftFileSchema, driftKindSchema } from './drift-kind.ts';
import { jsonValue } from './json-value.ts';
import { REFUSALS, type RefusalCode } from './refusal.ts';

/*
 * The one contract between the agent and every surface on this machine: command line, tray, dashboard. It is
 * spoken as plain HTTP over a socket or pipe, through the window's bridge, or on 127.0.0.1; the doors differ,
 * the requests do not.
 */

const refusalCodes = Object.keys(REFUSALS) as [RefusalCode, ...RefusalCode[]];
/** ISO 8601 in UTC. */
const instant = z.string();

/** Body of every answer that is not a success. */
export const errorBodySchema = z.object({
  error: z.object({
    code: z.enum(refusalCodes),
    message: z.string(),
    help: z.string().optional(),
    setting: z.string().optional(),
    details: z.record(z.string(), jsonValue).optional(),
  }),
});

const layerSource = z.enum(['configuration-profile', 'user-policy', 'organization-policy', 'admin-settings']);
const valueSource = z.enum([...layerSource.options, 'user', 'default']);
const freezeCode = z.enum(['policy_source_broken', 'policy_stale']);

export const problemSchema = z.object({
  severity: z.enum(['error', 'warning']),
  source: z.enum([...layerSource.options, 'choices', 'sign-in', 'store']),
  path: z.string(),
  code: z.string(),
  message: z.string(),
  line: z.int().optional(),
  column: z.int().optional(),
});

export const contributionSchema = z.object({
  source: valueSource,
  value: jsonValue,
  locked: z.boolean(),
  outcome: z.enum(['wins', 'overridden', 'ignored']),
  reason: z.string(),
});

/** Who manages a setting, in words a person recognizes. */
export const managedBySchema = z.object({
  source: layerSource,
  /** "Engineering default (acme)", "admin-settings.json", "configuration profile". */
  label: z.string(),
  organization: z.string().optional(),
  policy: z.string().optional(),
  revision: z.int().optional(),
  /** When this decision last changed on this device. */
  since: instant.optional(),
  /** Path or address the layer was read from. */
  location: z.string().optional(),
  /** Set while a granted override is in force: the value returns by itself at `until` (docs/delivery.md section 6). */
  override: z.object({ id: z.string(), until: instant, returnsTo: jsonValue }).optional(),
});

/** One setting as it is in force. */
export const settingStateSchema = z.object({
  id: z.string(),
  value: jsonValue,
  locked: z.boolean(),
  source: valueSource,
  suggestion: jsonValue,
  /** The user's own choice, kept even while a lock hides it. Absent: never chosen. */
  choice: jsonValue.optional(),
  frozen: freezeCode.optional(),
  managedBy: managedBySchema.nullable(),
  contributions: z.array(contributionSchema),
});

/** `GET /v1/settings` */
export const settingsAnswerSchema = z.object({
  platform: z.enum(['mac', 'windows', 'linux']),
  frozen: z.boolean(),
  settings: z.array(settingStateSchema),
});

/** `GET /v1/catalog`: the registrations that apply on this platform, as data. */
export const catalogSettingSchema = z.object({
  id: z.string(),
  category: z.string(),
  label: z.string(),
  description: z.string(),
  type: z.enum(['boolean', 'string', 'integer', 'enum', 'stringList', 'objectList']),
  choices: z.array(z.string()).optional(),
  items: z
    .array(
      z.object({
        name: z.string(),
        type: z.enum(['string', 'boolean', 'enum', 'stringList']),
        required: z.boolean(),
        choices: z.array(z.string()).optional(),
        description: z.string(),
      }),
    )
    .optional(),
  range: z.object({ min: z.number(), max: z.number().optional() }).optional(),
  unit: z.string().optional(),
  format: z.string().optional(),
  default: jsonValue,
  platforms: z.array(z.enum(['mac', 'windows', 'linux'])),
  group: z.string().nullable(),
  valuePath: z.string(),
  storeKey: z.string(),
  editableIn: z.array(z.string()),
  requires: z.array(z.string()).optional(),
  minVersion: z.string().optional(),
  notes: z.string().optional(),
});
export const catalogAnswerSchema = z.object({ settings: z.array(catalogSettingSchema) });

/** `PATCH /v1/settings`: all of it is applied, or none. */
export const changeRequestSchema = z.object({
  set: z.record(z.string(), jsonValue).optional(),
  reset: z.array(z.string()).optional(),
  resetAll: z.boolean().optional(),
});

/** Outcome for one setting of a change. `not_applied`: fine by itself, but another one was refused. */
export const changeResultSchema = z.object({
  id: z.string(),
  outcome: z.enum(['changed', 'unchanged', 'refused', 'not_applied']),
  value: jsonValue.optional(),
  error: errorBodySchema.shape.error.optional(),
});
/**
 * Answer to a change: status 200, or the status of the first refusal with `error` set as well. With `storage_failed`
 * and outcomes `changed` the choices are saved, and only the settings store could not be written yet.
 */
export const changeAnswerSchema = z.object({
  results: z.array(changeResultSchema),
  error: errorBodySchema.shape.error.optional(),
});

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

export const signInRequirementSchema = z.object({
  enforced: z.boolean(),
  /** True when the wall is down: not enforced, or the user is a signed-in member. */
  satisfied: z.boolean(),
  method: z.string().nullable(),
  location: z.string().nullable(),
  organizations: z.array(z.string()),
  /** Set when the method is there but unreadable or empty: the wall stands and says how to mend it. */
  problem: z.string().nullable(),
});

export const accountSchema = z.object({
  hubUrl: z.string(),
  userId: z.string(),
  email: z.string(),
  name: z.string(),
  organizations: z.array(
    z.object({ name: z.string(), displayName: z.string(), role: z.string(), teams: z.array(z.string()) }),
  ),
  /** Name of the active organization; `null` when none of the user's is allowed here. */
  organization: z.string().nullable(),
  deviceId: z.string(),
  deviceName: z.string(),
  signedInAt: instant,
  sessionExpiresAt: instant.nullable(),
});

/** `GET /v1/account` */
export const accountAnswerSchema = z.object({
  state: z.enum(['signed-out', 'signed-in', 'sign-in-again']),
  account: accountSchema.nullable(),
  /** `memory`: no keychain here, so the session ends with the agent; every surface says so. */
  sessionStorage: z.enum(['keychain', 'memory']),
  sessionStorageReason: z.string().optional(),
  /** With `sign-in-again`: why the hub ended the session, where it said. */
  sessionEnd: sessionEndSchema.optional(),
  signIn: signInRequirementSchema,
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

/** `POST /v1/account/login` starts a sign-in; its progress is `GET /v1/account/login/{id}`. */
export const loginRequestSchema = z.object({
  hub: z.string().optional(),
  method: z.enum(['browser', 'device']).default('browser'),
  /** False: do not open the system browser, only answer with the address. */
  openBrowser: z.boolean().default(true),
  /**
   * Fingerprint of a hub signing key that the person checked: needed only after a sign-in was refused because the
   * hub's keys do not follow from the pinned one (docs/delivery.md section 3); that refusal shows both fingerprints.
   */
  trustKey: z.string().optional(),
});
export const loginAnswerSchema = z.object({
  id: z.string(),
  state: z.enum(['waiting', 'done', 'failed']),
  method: z.enum(['browser', 'device']),
  /** Where the person continues. */
  url: z.string(),
  userCode: z.string().optional(),
  expiresAt: instant,
  account: accountAnswerSchema.optional(),
  error: errorBodySchema.shape.error.optional(),
});

/** `POST /v1/account/organization` */
export const useOrganizationSchema = z.object({ organization: z.string() });

/** `GET /v1/overrides`: what is overridden now, and for which settings the policy allows it (docs/delivery.md section 6). */
export const overridesAnswerSchema = z.object({
  overrides: z.array(localOverrideSchema),
  exceptions: z.array(z.object({ setting: z.string(), maxSeconds: z.int() })),
});
/** `POST /v1/overrides` asks the hub, and answers when the grant is in force here. */
export const localOverrideRequestSchema = z.object({
  setting: z.string(),
  value: jsonValue,
  /** As long as the policy allows, when left out. */
  seconds: z.int().min(60).optional(),
  reason: z.string().trim().min(1).max(1000),
});
/** `POST /v1/overrides/end` */
export const endOverrideSchema = z.object({ setting: z.string() });

/** `POST /v1/policy/import`: a bundle that travelled by file (docs/delivery.md section 4). Answered as a sync. */
export const importRequestSchema = z.object({ bundle: z.string() });

/** One check of `GET /v1/doctor`. */
export const checkSchema = z.object({
  id: z.string(),
  title: z.string(),
  result: z.enum(['ok', 'warning', 'failed', 'skipped']),
  finding: z.string(),
  meaning: z.string().optional(),
  mend: z.string().optional(),
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

/** `POST /v1/dashboard`: opens the loopback door; the fragment's token is good once, for 60 s. */
export const dashboardAnswerSchema = z.object({ url: z.string(), expiresAt: instant });
/** `POST /v1/session` on the loopback door: exchanges that token for a bearer. */
export const sessionRequestSchema = z.object({ token: z.string() });
export const sessionAnswerSchema = z.object({ bearer: z.string() });

/** Server-sent events of `GET /v1/events`: each only says what to read again. */
export const localEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('settings'), changed: z.array(z.string()) }),
  z.object({ type: z.literal('status') }),
  z.object({ type: z.literal('account') }),
  z.object({ type: z.literal('drift') }),
]);

/** Every route of the local API: the router, the client and the bridge are built from this table. */
export const LOCAL_ROUTES = {
  status: { method: 'GET', path: '/v1/status' },
  catalog: { method: 'GET', path: '/v1/catalog' },
  settings: { method: 'GET', path: '/v1/settings' },
  setting: { method: 'GET', path: '/v1/settings/{id}' },
  change: { method: 'PATCH', path: '/v1/settings' },
  policy: { method: 'GET', path: '/v1/policy' },
  sync: { method: 'POST', path: '/v1/sync' },
  importPolicy: { method: 'POST', path: '/v1/policy/import' },
  overrides: { method: 'GET', path: '/v1/overrides' },
  requestOverride: { method: 'POST', path: '/v1/overrides' },
  endOverride: { method: 'POST', path: '/v1/overrides/end' },
  account: { method: 'GET', path: '/v1/account' },
  login: { method: 'POST', path: '/v1/account/login' },
  loginProgress: { method: 'GET', path: '/v1/account/login/{id}' },
  logout: { method: 'POST', path: '/v1/account/logout' },
  useOrganization: { method: 'POST', path: '/v1/account/organization' },
  doctor: { method: 'GET', path: '/v1/doctor' },
  diagnostics: { method: 'GET', path: '/v1/diagnostics' },
  dashboard: { method: 'POST', path: '/v1/dashboard' },
  session: { method: 'POST', path: '/v1/session' },
  events: { method: 'GET', path: '/v1/events' },
  stop: { method: 'POST', path: '/v1/stop' },
} as const;

export type LocalRoute = keyof typeof LOCAL_ROUTES;
export type ErrorBody = z.infer<typeof errorBodySchema>;
export type ManagedBy = z.infer<typeof managedBySchema>;
export type SettingState = z.infer<typeof settingStateSchema>;
export type SettingsAnswer = z.infer<typeof settingsAnswerSchema>;
export type CatalogSetting = z.infer<typeof catalogSettingSchema>;
export type ChangeRequest = z.infer<typeof changeRequestSchema>;
export type ChangeResult = z.infer<typeof changeResultSchema>;
export type ChangeAnswer = z.infer<typeof changeAnswerSchema>;
export type SourceState = z.infer<typeof sourceStateSchema>;
export type SignInRequirement = z.infer<typeof signInRequirementSchema>;
export type Account = z.infer<typeof accountSchema>;
export type AccountAnswer = z.infer<typeof accountAnswerSchema>;
export type HubPolicy = z.infer<typeof hubPolicySchema>;
export type StatusAnswer = z.infer<typeof statusAnswerSchema>;
export type Drift = z.infer<typeof driftSchema>;
export type PolicyAnswer = z.infer<typeof policyAnswerSchema>;
export type LocalOverride = z.infer<typeof localOverrideSchema>;
export type OverridesAnswer = z.infer<typeof overridesAnswerSchema>;
export type LocalOverrideRequest = z.infer<typeof localOverrideRequestSchema>;
export type SyncAnswer = z.infer<typeof syncAnswerSchema>;
export type LoginRequest = z.infer<typeof loginRequestSchema>;
export type LoginAnswer = z.infer<typeof loginAnswerSchema>;
export type Check = z.infer<typeof checkSchema>;
export type DoctorAnswer = z.infer<typeof doctorAnswerSchema>;
export type DiagnosticsAnswer = z.infer<typeof diagnosticsAnswerSchema>;
export type LocalEvent = z.infer<typeof localEventSchema>;
