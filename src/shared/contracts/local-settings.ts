import { z } from 'zod';
import { jsonValue } from './json-value.ts';
import { errorBodySchema } from './local-error.ts';
import { atMost, freezeCode, instant, layerSource, settingName, valueSource } from './local-fields.ts';

/* The settings of this machine: their state, what registers them, and changes of them. */

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

/** Far more than there are. */
const MOST_SETTINGS = 1000;

/** `PATCH /v1/settings`: all of it is applied, or none. */
export const changeRequestSchema = z.object({
  set: atMost(MOST_SETTINGS, z.record(settingName, jsonValue)).optional(),
  reset: atMost(MOST_SETTINGS, z.array(settingName)).optional(),
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

export type ManagedBy = z.infer<typeof managedBySchema>;
export type SettingState = z.infer<typeof settingStateSchema>;
export type SettingsAnswer = z.infer<typeof settingsAnswerSchema>;
export type CatalogSetting = z.infer<typeof catalogSettingSchema>;
export type ChangeRequest = z.infer<typeof changeRequestSchema>;
export type ChangeResult = z.infer<typeof changeResultSchema>;
export type ChangeAnswer = z.infer<typeof changeAnswerSchema>;
