import { z } from 'zod';
import { exceptionSchema } from './bundle.ts';
import { instant, uuid, words } from './hub-fields.ts';
import { jsonValue } from './json-value.ts';

/*
 * Shapes of the hub's API for administrators: revisions that go to some members first, policies of teams, and what
 * users may override. Part of the API that hub-api.ts describes.
 */

const percentage = z.int().min(0).max(100);
const teamIds = z.array(uuid).max(1000);
const reason = words(1000).default('');

/** A revision on its way. */
export const rolloutSchema = z.object({
  revision: z.int(),
  /** Share of the policy's members who receive it; always the same ones, and more as it grows. */
  percentage,
  /** Members of these teams receive it whatever the percentage. */
  teamIds,
  startedAt: instant,
  /** Set: who has it keeps it, and nobody new gets it. */
  pausedAt: instant.nullable(),
  /** How many members receive it now, of how many who receive the policy. */
  receiving: z.int(),
  members: z.int(),
});
/** Starts with a revision that is there, or with a new document, which becomes one. */
export const rolloutStartSchema = z
  .object({
    revision: z.int().min(1).optional(),
    text: z.string().optional(),
    document: z.record(z.string(), jsonValue).optional(),
    percentage: percentage.default(0),
    teamIds: teamIds.default([]),
    reason,
  })
  .refine(
    ({ revision, text, document }) =>
      [revision, text, document].filter((each) => each !== undefined).length === 1,
    'needs one of revision, text and document',
  );

/** `details.reason` of the `conflict` with which a paused roll-out refuses to be widened. */
export const ROLLOUT_PAUSED = 'rollout_paused';

export const rolloutChangeSchema = z.object({
  percentage: percentage.optional(),
  teamIds: teamIds.optional(),
  paused: z.boolean().optional(),
});
export const rollbackSchema = z.object({ reason });

/** Assigns a policy to a team. */
export const teamAssignmentSchema = z.object({
  policyId: uuid,
  /** The policy that the team is to be moved from; needed when it has one already. */
  moveFrom: uuid.optional(),
});
export const policyTeamsSchema = z.object({
  teams: z.array(z.object({ id: uuid, name: z.string(), members: z.int(), assignedAt: instant })),
});

/** What users who receive the policy may override for a time. */
export const exceptionsSchema = z.object({ exceptions: z.array(exceptionSchema).max(500) });
/** An override as owners see it. */
export const organizationOverrideSchema = z.object({
  id: uuid,
  userId: uuid,
  email: z.string(),
  deviceId: uuid,
  policy: z.object({ id: uuid, name: z.string() }),
  setting: z.string(),
  value: jsonValue,
  reason: z.string(),
  grantedAt: instant,
  until: instant,
  /** When a device first reported that it is in force. */
  usedAt: instant.nullable(),
  endedAt: instant.nullable(),
  /** `time`: it ran out; `user`: given up; `revoked`: by an owner; `replaced`: by a new one; `withdrawn`: the policy allows it no more. */
  endedBecause: z.enum(['time', 'user', 'revoked', 'replaced', 'withdrawn']).nullable(),
});
export const organizationOverridesSchema = z.object({
  overrides: z.array(organizationOverrideSchema),
  total: z.int(),
  next: z.string().nullable(),
});

/** What a bundle for devices without a network is made for. */
export const offlineBundleRequestSchema = z.object({
  /** `null`: every member; it carries the organization's default policy. */
  userId: uuid.nullable().default(null),
  /** Days until it ends. */
  days: z.int().min(1).max(366).default(30),
});

export type Rollout = z.infer<typeof rolloutSchema>;
export type RolloutStart = z.infer<typeof rolloutStartSchema>;
export type RolloutChange = z.infer<typeof rolloutChangeSchema>;
export type PolicyTeams = z.infer<typeof policyTeamsSchema>;
export type OrganizationOverride = z.infer<typeof organizationOverrideSchema>;
export type OrganizationOverrides = z.infer<typeof organizationOverridesSchema>;
export type OfflineBundleRequest = z.infer<typeof offlineBundleRequestSchema>;
