import { z } from 'zod';
import { exceptionSchema } from './bundle.ts';
import { rolloutSchema } from './hub-rollouts.ts';
import { jsonValue } from './json-value.ts';
import { contributionSchema, errorBodySchema } from './local-api.ts';

/*
 * The hub's HTTP API for administrators, used by the Admin Console, the command line and other programs. The
 * routes, the OpenAPI document and the clients are all made from these shapes.
 */

export { errorBodySchema };

/** ISO 8601 in UTC. */
const instant = z.string();
const uuid = z.uuid();
/** Text for people: trimmed, without control characters (which also never fit into the database). */
const line = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must be one line of text');
const name = (most = 200) => line(most).min(1);

export const roleSchema = z.enum(['member', 'editor', 'owner']);
export const originSchema = z.enum(['manual', 'invitation', 'jit', 'scim']);
export const emailSchema = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^@\s\p{C}]+@[^@\s\p{C}]+$/u, 'must be an e-mail address');
/** An organization's name: what `allowedOrgs` lists. */
export const organizationNameSchema = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/,
    'must be 1 to 63 lower-case letters, digits, "-" or "_", beginning and ending with a letter or digit',
  );
const webAddressSchema = z
  .url({ protocol: /^(https?|mailto)$/, error: 'must be an http, https or mailto address' })
  .max(2000);

/* ---- paths and queries ---- */

export const organizationPathSchema = z.object({ organization: z.string() });
export const memberPathSchema = organizationPathSchema.extend({ userId: uuid });
export const policyPathSchema = organizationPathSchema.extend({ policyId: uuid });
export const revisionPathSchema = policyPathSchema.extend({
  revision: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1),
});
export const teamPathSchema = organizationPathSchema.extend({ teamId: uuid });
export const teamMemberPathSchema = teamPathSchema.extend({ userId: uuid });
export const tokenPathSchema = organizationPathSchema.extend({ tokenId: uuid });

/** `cursor` is what the page before answered as `next`; opaque. */
export const pageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(500).optional(),
});

/** Orders of a list by name; with "-" before it, the other way round. */
export const sortSchema = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z.enum([...names, ...names.map((each) => `-${each}` as const)] as [
    Names[number],
    ...(Names[number] | `-${Names[number]}`)[],
  ]);

/* ---- the caller ---- */

export const callerSchema = z.object({
  kind: z.enum(['user', 'token', 'system']),
  id: z.string().nullable(),
  /** `null` for a token. */
  email: z.string().nullable(),
  name: z.string(),
});

/* ---- organizations ---- */

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
  /** `null`: settings never freeze for age. */
  graceSeconds: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .nullable()
    .optional(),
});

/* ---- members ---- */

const policyReferenceSchema = z.object({ id: uuid, name: z.string() });
export const memberSchema = z.object({
  userId: uuid,
  email: z.string(),
  username: z.string(),
  name: z.string(),
  role: roleSchema,
  origin: originSchema,
  disabled: z.boolean(),
  joinedAt: instant,
  teams: z.array(z.object({ id: uuid, name: z.string() })),
  /** The policy assigned to this very user; `null`: the organization's default applies, where there is one. */
  policy: policyReferenceSchema.nullable(),
});
export const memberQuerySchema = pageQuerySchema.extend({
  /** Part of the name, e-mail address or user name. */
  search: z.string().max(200).optional(),
  role: roleSchema.optional(),
  origin: originSchema.optional(),
  /** Domain of the e-mail address. */
  domain: z.string().max(255).optional(),
  /** `disabled`: the account may not sign in. */
  status: z.enum(['active', 'disabled']).optional(),
  sort: sortSchema(['email', 'name', 'role', 'origin', 'joined']).optional(),
});
export const memberListSchema = z.object({
  members: z.array(memberSchema),
  total: z.int(),
  next: z.string().nullable(),
});
/** Where a member is signed in at present; ended sessions are not kept. */
export const signInListSchema = z.object({
  signIns: z.array(
    z.object({
      id: uuid,
      kind: z.enum(['browser', 'desktop']),
      /** The desktop's name, or what the browser calls itself. */
      client: z.string(),
      address: z.string().nullable(),
      /** Connection that vouched for it; `null`: a local password, or a desktop. */
      connection: z.string().nullable(),
      createdAt: instant,
      lastUsedAt: instant.nullable(),
      expiresAt: instant,
    }),
  ),
});
export const memberAdditionSchema = z.object({
  email: emailSchema,
  name: line(200).optional(),
  role: roleSchema.default('member'),
});
export const memberAdditionAnswerSchema = z.object({
  member: memberSchema,
  /** One-time link where a newly made account sets its password; `null` when the account existed. */
  passwordLink: z.object({ url: z.string(), expiresAt: instant }).nullable(),
});
export const memberChangeSchema = z.object({ role: roleSchema });

/* ---- policies ---- */

/** A problem in a document, with the place in the text where it is known. */
export const documentProblemSchema = z.object({
  severity: z.enum(['error', 'warning']),
  path: z.string(),
  code: z.string(),
  message: z.string(),
  line: z.int().optional(),
  column: z.int().optional(),
});
const jsonObject = z.record(z.string(), jsonValue);
export const policySummarySchema = z.object({
  id: uuid,
  name: z.string(),
  description: z.string(),
  /** Number of the document in force, from 1. */
  revision: z.int(),
  /** Changes with every change of the policy: send it back as `If-Match`. */
  version: z.int(),
  isDefault: z.boolean(),
  assignedUsers: z.int(),
  /** Teams whose members receive it, unless they have a policy of their own. */
  teams: z.array(z.object({ id: uuid, name: z.string() })),
  /** A later or earlier revision on its way to some members; `null`: everyone receives `revision`. */
  rollout: rolloutSchema.nullable(),
  /** What users may override for a time (docs/delivery.md section 6). */
  exceptions: z.array(exceptionSchema),
  createdAt: instant,
  /** When what devices receive of this policy last changed. */
  updatedAt: instant,
  /** Who wrote the document in force. */
  changedBy: z.string(),
});
export const policySchema = policySummarySchema.extend({
  document: jsonObject,
  /** The document exactly as it was saved. */
  text: z.string(),
  /** Warnings: a document with errors is never saved. */
  problems: z.array(documentProblemSchema),
});
export const policyQuerySchema = pageQuerySchema.extend({
  /** Part of the name or the description. */
  search: z.string().max(200).optional(),
  /** `order`: the order of the list, which decides among teams. */
  sort: sortSchema(['order', 'name', 'revision', 'assigned', 'changed']).optional(),
});
export const policyListSchema = z.object({
  policies: z.array(policySummarySchema),
  total: z.int(),
  next: z.string().nullable(),
});
/** How many devices that should have each policy follow it. */
export const policyComplianceSchema = z.object({
  policies: z.array(
    z.object({
      policyId: uuid,
      devices: z.int(),
      /** Compliant, or but for a granted override. */
      following: z.int(),
    }),
  ),
});
/** A document comes as text (comments, order and line numbers kept), or as a JSON object. */
const documentParts = {
  text: z.string().optional(),
  document: jsonObject.optional(),
};
export const policyCreationSchema = z
  .object({
    name: name(),
    description: z.string().max(2000).default(''),
    ...documentParts,
    reason: z.string().max(1000).default(''),
  })
  .refine(
    (body) => (body.text === undefined) !== (body.document === undefined),
    'needs either text or document',
  );
export const policyChangeSchema = z
  .object({
    name: name().optional(),
    description: z.string().max(2000).optional(),
    ...documentParts,
    reason: z.string().max(1000).default(''),
  })
  .refine(
    (body) => body.text === undefined || body.document === undefined,
    'takes text or document, not both',
  );
/** Forms of a policy as a file; the signed bundle is asked for by itself (`offline-bundles`). */
export const POLICY_FILE_FORMATS = ['admin-settings', 'mobileconfig', 'reg'] as const;
export const policyExportQuerySchema = z.object({
  format: z.enum(POLICY_FILE_FORMATS).default('admin-settings'),
});
export const policyDuplicationSchema = z.object({ name: name() });
export const policyOrderSchema = z.object({ policyIds: z.array(uuid).max(10_000) });
export const documentCheckSchema = z
  .object(documentParts)
  .refine(
    (body) => (body.text === undefined) !== (body.document === undefined),
    'needs either text or document',
  );
export const documentCheckAnswerSchema = z.object({
  /** Whether the document can be saved: it holds no error. */
  acceptable: z.boolean(),
  problems: z.array(documentProblemSchema),
});
export const revisionSummarySchema = z.object({
  revision: z.int(),
  author: z.string(),
  reason: z.string(),
  createdAt: instant,
  current: z.boolean(),
});
export const revisionListSchema = z.object({ revisions: z.array(revisionSummarySchema) });
export const revisionSchema = revisionSummarySchema.extend({ document: jsonObject, text: z.string() });
export const revisionRestorationSchema = z.object({ reason: z.string().max(1000).default('') });

export const defaultPolicySchema = z.object({ policyId: uuid.nullable() });
export const assignmentSchema = z.object({
  policyId: uuid,
  /** The policy that the user is to be moved from; needed when one is assigned already. */
  moveFrom: uuid.optional(),
});
export const assignmentAnswerSchema = z.object({
  policy: policyReferenceSchema,
  movedFrom: policyReferenceSchema.nullable(),
});
export const assignmentListSchema = z.object({
  users: z.array(z.object({ userId: uuid, email: z.string(), name: z.string(), assignedAt: instant })),
});

/* ---- effective policy ---- */

export const effectivePolicyQuerySchema = z.object({ platform: z.enum(['mac', 'windows', 'linux']) });
/** What the hub's own policy makes of every setting, before anything local to a device. */
export const effectivePolicySchema = z.object({
  platform: z.enum(['mac', 'windows', 'linux']),
  policy: z
    .object({ id: uuid, name: z.string(), scope: z.enum(['user', 'organization']), revision: z.int() })
    .nullable(),
  seq: z.int(),
  settings: z.record(
    z.string(),
    z.object({
      value: jsonValue,
      locked: z.boolean(),
      source: z.enum([
        'configuration-profile',
        'user-policy',
        'organization-policy',
        'admin-settings',
        'user',
        'default',
      ]),
      contributions: z.array(contributionSchema),
    }),
  ),
  problems: z.array(documentProblemSchema),
});

/* ---- teams ---- */

export const teamSchema = z.object({
  id: uuid,
  name: z.string(),
  description: z.string(),
  members: z.int(),
  createdAt: instant,
});
/** Without `limit` all teams are answered: they are chosen from. */
export const teamQuerySchema = z.object({
  /** Part of the name or the description. */
  search: z.string().max(200).optional(),
  sort: sortSchema(['name', 'members', 'created']).optional(),
  limit: z.coerce.number().int().min(1).max(500).optional(),
  cursor: pageQuerySchema.shape.cursor,
});
export const teamListSchema = z.object({
  teams: z.array(teamSchema),
  total: z.int(),
  next: z.string().nullable(),
});
export const teamCreationSchema = z.object({ name: name(), description: z.string().max(2000).default('') });
/** Without `limit` everyone is answered. */
export const teamMemberQuerySchema = z.object({
  search: z.string().max(200).optional(),
  sort: sortSchema(['email', 'name']).optional(),
  limit: z.coerce.number().int().min(1).max(500).optional(),
  cursor: pageQuerySchema.shape.cursor,
});
export const teamMemberListSchema = z.object({
  members: z.array(z.object({ userId: uuid, email: z.string(), name: z.string() })),
  total: z.int(),
  next: z.string().nullable(),
});

/* ---- domains ---- */

export const domainPathSchema = organizationPathSchema.extend({ domainId: uuid });
export const domainSchema = z.object({
  id: uuid,
  name: z.string(),
  /** `failing`: verified once, and the proof was not found at the last look; it stays in force. */
  state: z.enum(['pending', 'verified', 'failing']),
  /** What proves the domain in its DNS. */
  record: z.object({ type: z.literal('TXT'), host: z.string(), value: z.string() }),
  verifiedAt: instant.nullable(),
  checkedAt: instant.nullable(),
  failingSince: instant.nullable(),
  /** Verified by the operator's word instead of by DNS. */
  forced: z.boolean(),
  createdAt: instant,
});
export const domainListSchema = z.object({ domains: z.array(domainSchema) });
export const domainCreationSchema = z.object({ name: line(255) });
export const domainVerificationSchema = z.object({ domain: domainSchema, detail: z.string() });
export const outsiderListSchema = z.object({
  users: z.array(z.object({ userId: uuid, email: z.string(), name: z.string(), username: z.string() })),
});

/* ---- API tokens ---- */

export const apiTokenSchema = z.object({
  id: uuid,
  name: z.string(),
  role: roleSchema,
  /** It may do what a person has to prove themselves for: tokens, SSO, SCIM, owners. */
  managesAccess: z.boolean(),
  createdBy: z.string().nullable(),
  createdAt: instant,
  expiresAt: instant,
  lastUsedAt: instant.nullable(),
});
export const apiTokenListSchema = z.object({ tokens: z.array(apiTokenSchema) });
export const apiTokenCreationSchema = z.object({
  name: name(),
  role: roleSchema,
  /** Days until it ends. */
  days: z.int().min(1).max(366).default(90),
  /** Only with the role `owner`. */
  managesAccess: z.boolean().default(false),
});
/** The only answer that holds the token itself. */
export const apiTokenCreationAnswerSchema = z.object({ token: apiTokenSchema, secret: z.string() });

/* ---- audit ---- */

export const auditEventSchema = z.object({
  id: z.int(),
  at: instant,
  actor: z.object({
    kind: z.enum(['user', 'token', 'system']),
    id: z.string().nullable(),
    label: z.string(),
  }),
  action: z.string(),
  target: z.object({ kind: z.string(), id: z.string().nullable(), label: z.string() }),
  before: jsonObject.nullable(),
  after: jsonObject.nullable(),
  sourceAddress: z.string().nullable(),
});
export const auditQuerySchema = pageQuerySchema.extend({
  /** "policy.update", or a beginning such as "policy." */
  action: z.string().max(100).optional(),
  /** Part of the name of who did it, and of what it was done to. */
  actor: z.string().max(200).optional(),
  target: z.string().max(200).optional(),
  actorId: uuid.optional(),
  targetId: z.string().max(100).optional(),
  /** ISO 8601: not before, and before. */
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  /** Newest first, unless "at" is asked for. */
  sort: sortSchema(['at']).optional(),
});
/** The same as a file: JSON lines or CSV. */
export const auditExportQuerySchema = auditQuerySchema
  .omit({ limit: true, cursor: true })
  .extend({ format: z.enum(['jsonl', 'csv']).default('jsonl') });
export const auditListSchema = z.object({ events: z.array(auditEventSchema), next: z.string().nullable() });

export type Caller = z.infer<typeof callerSchema>;
export type Organization = z.infer<typeof organizationSchema>;
export type OrganizationChange = z.infer<typeof organizationChangeSchema>;
export type Member = z.infer<typeof memberSchema>;
export type MemberList = z.infer<typeof memberListSchema>;
export type SignInList = z.infer<typeof signInListSchema>;
export type MemberQuery = z.infer<typeof memberQuerySchema>;
export type MemberAddition = z.infer<typeof memberAdditionSchema>;
export type MemberAdditionAnswer = z.infer<typeof memberAdditionAnswerSchema>;
export type DocumentProblem = z.infer<typeof documentProblemSchema>;
export type PolicySummary = z.infer<typeof policySummarySchema>;
export type Policy = z.infer<typeof policySchema>;
export type PolicyCreation = z.infer<typeof policyCreationSchema>;
export type PolicyQuery = z.infer<typeof policyQuerySchema>;
export type PolicyList = z.infer<typeof policyListSchema>;
export type PolicyFileFormat = (typeof POLICY_FILE_FORMATS)[number];
export type PolicyChange = z.infer<typeof policyChangeSchema>;
export type DocumentCheckAnswer = z.infer<typeof documentCheckAnswerSchema>;
export type RevisionSummary = z.infer<typeof revisionSummarySchema>;
export type Revision = z.infer<typeof revisionSchema>;
export type AssignmentAnswer = z.infer<typeof assignmentAnswerSchema>;
export type AssignmentList = z.infer<typeof assignmentListSchema>;
export type EffectivePolicy = z.infer<typeof effectivePolicySchema>;
export type TeamQuery = z.infer<typeof teamQuerySchema>;
export type TeamList = z.infer<typeof teamListSchema>;
export type TeamMemberQuery = z.infer<typeof teamMemberQuerySchema>;
export type TeamMemberList = z.infer<typeof teamMemberListSchema>;
export type Team = z.infer<typeof teamSchema>;
export type Domain = z.infer<typeof domainSchema>;
export type ApiToken = z.infer<typeof apiTokenSchema>;
export type ApiTokenCreationAnswer = z.infer<typeof apiTokenCreationAnswerSchema>;
export type AuditEvent = z.infer<typeof auditEventSchema>;
export type AuditList = z.infer<typeof auditListSchema>;
export type AuditQuery = z.infer<typeof auditQuerySchema>;
export type AuditExportQuery = z.infer<typeof auditExportQuerySchema>;
