import { z } from 'zod';
import { pageAnswer, pageQuerySchema, searchSchema, sortSchema, uuid } from './hub-fields.ts';
import { jsonValue } from './json-value.ts';

/* Shapes of a simulation: what a draft would change, for whom, before anybody receives it. */

/** Who would receive the draft. */
export const audienceSchema = z.discriminatedUnion('kind', [
  /** Whoever receives the policy of `policyId` now. */
  z.object({ kind: z.literal('policy') }),
  /** Whoever receives the organization's default, or would. */
  z.object({ kind: z.literal('default') }),
  z.object({ kind: z.literal('teams'), teamIds: z.array(uuid).min(1).max(1000) }),
  z.object({ kind: z.literal('users'), userIds: z.array(uuid).min(1).max(10_000) }),
]);

export const simulationRequestSchema = z
  .object({
    /** The policy that the draft is for, or that is simulated as it is. */
    policyId: uuid.optional(),
    text: z.string().optional(),
    document: z.record(z.string(), jsonValue).optional(),
    /** Left out: who receives `policyId`; without one, the receivers of the default. */
    audience: audienceSchema.optional(),
    /** How many devices are told one by one; the totals count all, on whatever page. */
    limit: z.int().min(0).max(1000).default(200),
    /** `next` of the page before, of the same question. */
    cursor: pageQuerySchema.shape.cursor,
    /** Part of the address of the member, or of the name of the device. */
    search: searchSchema,
    /** By address of the member, unless something else is asked for. */
    sort: sortSchema(['user', 'device', 'changes']).optional(),
  })
  .refine(
    ({ policyId, text, document }) =>
      !(text !== undefined && document !== undefined) && (policyId ?? text ?? document) !== undefined,
    'needs a draft (text or document) or a policyId',
  );

/** What is, or would be, in force. `value` is missing where only the device knows it: a choice, a local file. */
export const simulatedStateSchema = z.object({
  value: jsonValue.optional(),
  locked: z.boolean(),
  source: z.enum([
    'configuration-profile',
    'user-policy',
    'organization-policy',
    'admin-settings',
    'user',
    'default',
  ]),
});
export const simulatedChangeSchema = z.object({
  setting: z.string(),
  from: simulatedStateSchema,
  to: simulatedStateSchema,
});
/** Why a device could not apply a part of it. */
export const simulatedObstacleSchema = z.object({
  code: z.enum(['platform', 'version', 'frozen', 'profile', 'override']),
  settings: z.array(z.string()),
  message: z.string(),
});
export const simulatedDeviceSchema = z.object({
  user: z.object({ id: uuid, email: z.string() }),
  /** `null`: a member without a device; the changes are those of every platform. */
  device: z.object({ id: uuid, name: z.string(), platform: z.enum(['mac', 'windows', 'linux']) }).nullable(),
  changes: z.array(simulatedChangeSchema),
  /** Settings that the user chose and that the draft would lock. */
  overriddenChoices: z.array(z.string()),
  obstacles: z.array(simulatedObstacleSchema),
});
export const simulationSchema = z.object({
  totals: z.object({
    members: z.int(),
    devices: z.int(),
    membersChanged: z.int(),
    devicesChanged: z.int(),
    choicesOverridden: z.int(),
    devicesHindered: z.int(),
  }),
  /** How many devices, or members without one, each setting changes for; most first. */
  settings: z.array(z.object({ setting: z.string(), count: z.int() })),
  /** A page of those that change or are hindered. */
  devices: z.array(simulatedDeviceSchema),
  /** How many of those match the search. */
  ...pageAnswer,
});

export type Audience = z.infer<typeof audienceSchema>;
export type SimulationRequest = z.infer<typeof simulationRequestSchema>;
export type Simulation = z.infer<typeof simulationSchema>;
export type SimulatedDevice = z.infer<typeof simulatedDeviceSchema>;
export type SimulatedState = z.infer<typeof simulatedStateSchema>;
export type SimulatedObstacle = z.infer<typeof simulatedObstacleSchema>;
