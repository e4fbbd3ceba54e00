import { z } from 'zod';
import { LARGEST_LIST } from './hub-assignment-lists.ts';
import { auditListSchema, auditQuerySchema } from './hub-audit.ts';
import {
  instant,
  organizationPathSchema,
  pageAnswer,
  pageQuerySchema,
  roleSchema,
  searchSchema,
  sortSchema,
  uuid,
  wholeOrPageQuerySchema,
  words,
} from './hub-fields.ts';
import { memberQuerySchema } from './hub-members.ts';

/*
 * The administrators' API for how people come and go: SCIM of a connection, invitations, members in bulk, and the
 * move from sign-in provisioning (JIT) to SCIM.
 */

/* ---- SCIM of a connection ---- */

export const scimPathSchema = organizationPathSchema.extend({ connectionId: uuid });
export const scimTokenPathSchema = scimPathSchema.extend({ scimTokenId: uuid });
export const scimTokenSchema = z.object({
  id: uuid,
  createdAt: instant,
  /** To the minute. */
  lastUsedAt: instant.nullable(),
});
export const scimSettingsSchema = z.object({
  connection: z.object({ id: uuid, name: z.string() }),
  /** Off: the users stay as they are, and changes are refused. */
  enabled: z.boolean(),
  /** SCIM may take over members that sign-in created. */
  adoptsSignInMembers: z.boolean(),
  /** What the identity provider is given as the base address. */
  baseUrl: z.string(),
  /** The valid ones, newest first: two at most. */
  tokens: z.array(scimTokenSchema),
  users: z.int(),
  groups: z.int(),
});
export const scimSettingsChangeSchema = z.object({
  enabled: z.boolean().optional(),
  adoptsSignInMembers: z.boolean().optional(),
});
/** The only answer that holds the token itself. */
export const scimTokenCreationAnswerSchema = z.object({ token: scimTokenSchema, secret: z.string() });
export const provisioningLogQuerySchema = pageQuerySchema.extend({
  /** Part of whom or what it was done to, or of the action. */
  search: searchSchema,
  /** Newest first, unless "at" is asked for. */
  sort: auditQuerySchema.shape.sort,
});
export const scimRefusalQuerySchema = wholeOrPageQuerySchema.extend({
  /** Part of the path, or of what was wrong. */
  search: searchSchema,
  /** Newest first, unless "at" is asked for. */
  sort: auditQuerySchema.shape.sort,
});
/** A request of the SCIM client that was refused; nothing was changed. */
export const scimRefusalSchema = z.object({
  /** The last time. */
  at: instant,
  /** How often in a row. */
  times: z.int(),
  method: z.string(),
  /** Without its query. */
  path: z.string(),
  status: z.int(),
  scimType: z.string().nullable(),
  detail: z.string(),
  sourceAddress: z.string().nullable(),
});
export const scimRefusalListSchema = z.object({ refused: z.array(scimRefusalSchema), ...pageAnswer });
export const provisioningLogSchema = auditListSchema.extend({
  /** The last refused requests, newest first; on the first page only, and whole: a page of them has its own address. */
  refused: z.array(scimRefusalSchema),
});

/* ---- invitations ---- */

export const invitationPathSchema = organizationPathSchema.extend({ invitationId: uuid });
export const invitationSchema = z.object({
  id: uuid,
  email: z.string(),
  role: roleSchema,
  team: z.object({ id: uuid, name: z.string() }).nullable(),
  invitedBy: z.string().nullable(),
  createdAt: instant,
  expiresAt: instant,
  state: z.enum(['pending', 'expired']),
});
export const invitationQuerySchema = pageQuerySchema.extend({
  /** Part of the e-mail address. */
  search: searchSchema,
  role: roleSchema.optional(),
  state: z.enum(['pending', 'expired']).optional(),
  sort: sortSchema(['created', 'expires', 'email', 'role']).optional(),
});
export const invitationListSchema = z.object({ invitations: z.array(invitationSchema), ...pageAnswer });
/** At most as many people as one request may invite. */
export const MOST_INVITED = 1000;
export const invitationCreationSchema = z
  .object({
    emails: z.array(z.string().max(500)).max(MOST_INVITED).optional(),
    /** A table with a head that has the column `email`, or one address in each line. */
    csv: words(LARGEST_LIST).optional(),
    role: roleSchema.default('member'),
    teamId: uuid.optional(),
    /** Only say what would happen. */
    dryRun: z.boolean().default(false),
  })
  .refine((body) => (body.emails === undefined) !== (body.csv === undefined), 'needs either emails or csv');
export const invitationResultSchema = z.object({
  /** Where it stands in what was sent, from 1: the line of the table, or the place in the list. */
  line: z.int(),
  email: z.string(),
  outcome: z.enum(['invited', 'would_invite', 'member', 'pending', 'invalid', 'repeated']),
  /** What to do where nothing was sent. */
  detail: z.string(),
  invitationId: uuid.nullable(),
  /** To hand over where no mail could be sent; works once, for 14 days. */
  link: z.string().nullable(),
  mailed: z.boolean(),
});
export const invitationCreationAnswerSchema = z.object({ results: z.array(invitationResultSchema) });
export const invitationLinkSchema = z.object({
  invitation: invitationSchema,
  link: z.string(),
  mailed: z.boolean(),
});

/* ---- members in bulk ---- */

export const memberExportQuerySchema = memberQuerySchema.omit({ limit: true, cursor: true });
export const memberRemovalSchema = z.object({ userIds: z.array(uuid).min(1).max(1000) });
export const memberRemovalAnswerSchema = z.object({
  results: z.array(
    z.object({ userId: uuid, outcome: z.enum(['removed', 'refused', 'absent']), detail: z.string() }),
  ),
});

/* ---- the move from JIT to SCIM ---- */

export const migrationPathSchema = organizationPathSchema.extend({ migrationId: uuid });
export const migrationCheckSchema = z.object({
  name: z.string(),
  passed: z.boolean(),
  /** False: the move can begin although it did not pass. */
  required: z.boolean(),
  detail: z.string(),
});
const personState = z.enum(['waiting', 'removed', 'refused', 'returned', 'adopted']);
export const migrationPersonSchema = z.object({
  userId: uuid,
  email: z.string(),
  state: personState,
  detail: z.string(),
  /** What they made and would leave behind; answered where `owning` was asked for. */
  owns: z.object({ tokens: z.int(), invitations: z.int(), onlyOwner: z.boolean() }).optional(),
});
const moveStep = z.enum(['prepared', 'removing', 'verifying', 'finished', 'cancelled']);
export const migrationSchema = z.object({
  id: uuid,
  connection: z.object({ id: uuid, name: z.string() }),
  step: moveStep,
  createdAt: instant,
  updatedAt: instant,
  checks: z.array(migrationCheckSchema),
  counts: z.object({
    waiting: z.int(),
    removed: z.int(),
    refused: z.int(),
    returned: z.int(),
    adopted: z.int(),
  }),
  /** The removal of everybody that the hub carries on by itself, or the last one. `null`: there was none. */
  removal: z
    .object({
      by: z.string(),
      running: z.boolean(),
      /** Why it ended before everybody was through it. */
      problem: z.string().nullable(),
    })
    .nullable(),
  /** What to do next, in words. */
  next: z.string(),
});
export const migrationQuerySchema = wholeOrPageQuerySchema.extend({
  /** Only moves of this connection. */
  connection: uuid.optional(),
  step: moveStep.optional(),
  /** Newest first, unless "created" is asked for. */
  sort: sortSchema(['created']).optional(),
});
export const migrationListSchema = z.object({ migrations: z.array(migrationSchema), ...pageAnswer });
export const migrationReportQuerySchema = wholeOrPageQuerySchema.extend({
  /** Part of the e-mail address. */
  search: searchSchema,
  /** `missing`: whoever is not back through SCIM, which is waiting, removed and refused together. */
  state: personState.or(z.literal('missing')).optional(),
  /** Their role as members today. */
  role: roleSchema.optional(),
  /** Only who has API tokens or open invitations of their own, or is the only owner. */
  owning: z.stringbool().optional(),
  sort: sortSchema(['email', 'state']).optional(),
});
export const migrationExportQuerySchema = migrationReportQuerySchema.pick({ search: true, state: true });
export const migrationCreationSchema = z.object({ connectionId: uuid });
export const migrationAdvanceSchema = z.object({
  /**
   * What to do: the next batch, all of them (the hub goes on by itself), no more of that, a look at who came back, or
   * the end.
   */
  action: z.enum(['remove', 'remove-all', 'pause', 'verify', 'finish', 'cancel']),
  /** How many people one batch removes. */
  batch: z.int().min(1).max(500).default(50),
  /** To `finish` although these people have not come back through SCIM: everybody who is missing, by name. */
  without: z
    .array(uuid)
    .max(
      20_000,
      "names at most 20,000 people here; on the hub's own machine any number: mooring-hub migration finish --without-file FILE",
    )
    .default([]),
});
export const migrationReportSchema = z.object({
  migration: migrationSchema,
  people: z.array(migrationPersonSchema),
  ...pageAnswer,
});
/** What a member owns and would leave behind. */
export const ownershipSchema = z.object({
  tokens: z.array(z.object({ id: uuid, name: z.string() })),
  invitations: z.int(),
  onlyOwner: z.boolean(),
});
export const ownershipTransferSchema = z.object({ toUserId: uuid });
export const ownershipTransferAnswerSchema = z.object({ tokens: z.int(), invitations: z.int() });

export type ScimSettings = z.infer<typeof scimSettingsSchema>;
export type ProvisioningLogQuery = z.infer<typeof provisioningLogQuerySchema>;
export type ScimRefusalQuery = z.infer<typeof scimRefusalQuerySchema>;
export type ScimRefusalList = z.infer<typeof scimRefusalListSchema>;
export type ScimRefusal = z.infer<typeof scimRefusalSchema>;
export type ProvisioningLog = z.infer<typeof provisioningLogSchema>;
export type ScimSettingsChange = z.infer<typeof scimSettingsChangeSchema>;
export type InvitationQuery = z.infer<typeof invitationQuerySchema>;
export type InvitationList = z.infer<typeof invitationListSchema>;
export type Invitation = z.infer<typeof invitationSchema>;
export type InvitationCreation = z.infer<typeof invitationCreationSchema>;
export type InvitationResult = z.infer<typeof invitationResultSchema>;
export type MemberExportQuery = z.infer<typeof memberExportQuerySchema>;
export type MemberRemovalAnswer = z.infer<typeof memberRemovalAnswerSchema>;
export type Migration = z.infer<typeof migrationSchema>;
export type MigrationAdvance = z.infer<typeof migrationAdvanceSchema>;
export type MigrationQuery = z.infer<typeof migrationQuerySchema>;
export type MigrationList = z.infer<typeof migrationListSchema>;
export type MigrationReportQuery = z.infer<typeof migrationReportQuerySchema>;
export type MigrationExportQuery = z.infer<typeof migrationExportQuerySchema>;
export type MigrationReport = z.infer<typeof migrationReportSchema>;
export type MigrationCheck = z.infer<typeof migrationCheckSchema>;
export type MigrationPerson = z.infer<typeof migrationPersonSchema>;
export type Ownership = z.infer<typeof ownershipSchema>;
