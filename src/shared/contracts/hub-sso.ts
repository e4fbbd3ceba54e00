import { z } from 'zod';
import {
  instant,
  organizationNameSchema,
  organizationPathSchema,
  pageAnswer,
  searchSchema,
  sortSchema,
  uuid,
  wholeOrPageQuerySchema,
} from './hub-fields.ts';

/*
 * The part of the hub's HTTP API for administrators that is about identity providers (docs/identity.md sections 1
 * to 3).
 */

const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must be one line of text');

/** Why a sign-in through an identity provider failed, or what of it was left out. */
export const ssoFailureClassSchema = z.enum([
  /** A group is not `organization:team`: the groups of this sign-in were left out. */
  'group_format',
  /** Just-in-time provisioning is off, and the person is neither member nor invited. */
  'not_assigned',
  /** The identity provider began the sign-in itself. */
  'idp_initiated',
  'domain_not_verified',
  /** Answered too late, twice, or in another browser than the one that asked. */
  'session_lost',
  'name_id_not_email',
  /** The claim of groups was too large, and the identity provider sent a link instead. */
  'groups_overage',
  /** An organization was named that has not accepted this connection. */
  'organization_not_allowed',
  /** SCIM deactivated the person, or an operator disabled the account. */
  'deactivated',
  'email_missing',
  'email_not_verified',
  'signature_invalid',
  'wrong_issuer',
  'wrong_audience',
  'wrong_recipient',
  'clock',
  'replayed',
  'malformed_answer',
  /** The identity provider said no. */
  'refused_by_provider',
  'provider_unreachable',
  'configuration',
]);

export const connectionPathSchema = organizationPathSchema.extend({ connectionId: uuid });
/** An organization that accepted a connection of this one. */
export const acceptingOrganizationPathSchema = connectionPathSchema.extend({
  acceptingOrganization: organizationNameSchema,
});
/** A connection of another organization. */
export const sharedConnectionPathSchema = organizationPathSchema.extend({ sharedConnectionId: uuid });
export const connectionTestPathSchema = connectionPathSchema.extend({ testId: uuid });

const certificateSchema = z.object({
  subject: z.string(),
  /** SHA-256 in hexadecimal. */
  fingerprint: z.string(),
  validFrom: instant,
  validTo: instant,
  state: z.enum(['valid', 'expiring', 'expired', 'not_yet_valid']),
  pem: z.string(),
});
const samlSettingsSchema = z.object({
  idpEntityId: z.string(),
  signInUrl: z.string(),
  certificates: z.array(certificateSchema),
  wantResponseSigned: z.boolean(),
  /** Requests to the identity provider are signed. */
  signRequests: z.boolean(),
});
const oidcSettingsSchema = z.object({ issuer: z.string(), clientId: z.string(), hasSecret: z.boolean() });

export const connectionSchema = z.object({
  id: uuid,
  name: z.string(),
  kind: z.enum(['saml', 'oidc']),
  /** Whether it can sign people in. */
  ready: z.boolean(),
  /** Verified domains that it serves; empty: all of the organization. */
  domains: z.array(z.string()),
  defaultTeam: z.string().nullable(),
  jit: z.boolean(),
  scim: z.boolean(),
  scimWins: z.boolean(),
  scimAdopts: z.boolean(),
  /** Local passwords are refused in its domains. */
  enforced: z.boolean(),
  saml: samlSettingsSchema.nullable(),
  oidc: oidcSettingsSchema.nullable(),
  /** What the administrator enters at the identity provider. */
  setUp: z.object({
    entityId: z.string().nullable(),
    acsUrl: z.string().nullable(),
    metadataUrl: z.string().nullable(),
    /** The hub's certificate as PEM: it signs requests, and assertions may be encrypted for it. */
    certificateUrl: z.string().nullable(),
    redirectUri: z.string().nullable(),
  }),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
  createdAt: instant,
  updatedAt: instant,
});
export const connectionQuerySchema = wholeOrPageQuerySchema.extend({
  /** Part of the name, or of a domain that it is for. */
  search: searchSchema,
  kind: connectionSchema.shape.kind.optional(),
  sort: sortSchema(['name', 'kind', 'created', 'changed']).optional(),
});
export const connectionListSchema = z.object({ connections: z.array(connectionSchema), ...pageAnswer });

const samlInputSchema = z.object({
  idpEntityId: line(1000),
  signInUrl: line(2000),
  /** PEM, or its base64 alone; two while they are exchanged. */
  certificates: z.array(z.string().max(20_000)).min(1).max(5),
  /** Left out of a change: as it stands; of a new connection: off. */
  wantResponseSigned: z.boolean().optional(),
  signRequests: z.boolean().optional(),
});
const oidcInputSchema = z.object({
  issuer: line(1000),
  clientId: line(500),
  /** Left out of a change: the present one stays. */
  clientSecret: z.string().min(1).max(2000).optional(),
});
const switches = {
  domains: z.array(line(253)).max(100),
  defaultTeam: line(200).nullable(),
  jit: z.boolean(),
  scim: z.boolean(),
  scimWins: z.boolean(),
  scimAdopts: z.boolean(),
  enforced: z.boolean(),
};
export const connectionCreationSchema = z.object({
  ...z.object(switches).partial().shape,
  name: line(200),
  kind: z.enum(['saml', 'oidc']),
  saml: samlInputSchema.optional(),
  oidc: oidcInputSchema.optional(),
});
export const connectionChangeSchema = z.object({
  ...z.object(switches).partial().shape,
  name: line(200).optional(),
  saml: samlInputSchema.optional(),
  oidc: oidcInputSchema.optional(),
});
/** Characters of the largest metadata that are taken. */
export const LARGEST_METADATA = 1_000_000;
/** Metadata of a SAML identity provider, as text or from its address. */
export const metadataSchema = z
  .object({ xml: z.string().max(LARGEST_METADATA).optional(), url: z.string().max(2000).optional() })
  .refine((body) => (body.xml === undefined) !== (body.url === undefined), 'needs either xml or url');

export const connectionFailureQuerySchema = wholeOrPageQuerySchema.extend({
  /** Part of the e-mail address or of the detail. */
  search: searchSchema,
  class: z.string().max(100).optional(),
  /** Newest first, unless another order is asked for. */
  sort: sortSchema(['at', 'email']).optional(),
});
export const connectionFailureListSchema = z.object({
  failures: z.array(
    z.object({
      at: instant,
      class: z.string(),
      detail: z.string(),
      /** What an owner does about it. */
      help: z.string(),
      email: z.string().nullable(),
    }),
  ),
  /** Every class that is kept, whatever is searched for: how often, when last, and what an owner does about it. */
  classes: z.array(z.object({ class: z.string(), count: z.int(), lastAt: instant, help: z.string() })),
  ...pageAnswer,
});

export const connectionTestSchema = z.object({
  id: uuid,
  /** Opened in a browser, it goes to the identity provider. */
  url: z.string(),
  expiresAt: instant,
});
export const connectionTestOutcomeSchema = z.object({
  id: uuid,
  state: z.enum(['waiting', 'succeeded', 'failed']),
  failure: z.object({ class: z.string(), detail: z.string(), help: z.string() }).nullable(),
  email: z.string().nullable(),
  /** Every attribute as it came. */
  attributes: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
});

export const acceptedConnectionQuerySchema = wholeOrPageQuerySchema.extend({
  /** Part of the name of the connection or of its organization. */
  search: searchSchema,
  sort: sortSchema(['organization', 'name', 'accepted']).optional(),
});
export const acceptedConnectionListSchema = z.object({
  connections: z.array(
    z.object({ id: uuid, name: z.string(), organization: z.string(), acceptedAt: instant }),
  ),
  ...pageAnswer,
});

export const acceptanceQuerySchema = wholeOrPageQuerySchema.extend({
  /** Part of the name of the organization. */
  search: searchSchema,
  sort: sortSchema(['organization', 'accepted']).optional(),
});
/** Other organizations whose owner accepted provisioning by a connection. */
export const acceptanceListSchema = z.object({
  organizations: z.array(z.object({ organization: z.string(), acceptedAt: instant })),
  ...pageAnswer,
});

/** A key of the hub for one SAML identity provider, by its certificate. */
export const samlKeyViewSchema = certificateSchema.extend({
  /** The one that signs requests; every key of a connection opens assertions. */
  signs: z.boolean(),
  /** The certificate as a file. */
  certificateUrl: z.string(),
});
/** The one that signs first; a second one while they are exchanged. */
export const samlKeyListSchema = z.object({ keys: z.array(samlKeyViewSchema) });
export const samlKeyPathSchema = connectionPathSchema.extend({
  fingerprint: z.string().regex(/^[0-9a-fA-F]{64}$/, 'must be a SHA-256 in hexadecimal'),
});
/** The other keys sign no longer. */
export const samlKeyChangeSchema = z.object({ signs: z.literal(true) });

/** How an organization wants sign-in to be, apart from its connections. */
export const signInSettingsSchema = z.object({
  /** Whether devices without a browser may sign members in by a code. */
  deviceSignIn: z.boolean(),
  /** Whether owners with a local password need an authenticator app. */
  ownersNeedSecondFactor: z.boolean(),
});
export const signInSettingsChangeSchema = signInSettingsSchema.partial();

export const passwordLinkSchema = z.object({
  url: z.string(),
  expiresAt: instant,
  /** A letter with the link went to the member. */
  mailed: z.boolean(),
});

export type SsoFailureClass = z.infer<typeof ssoFailureClassSchema>;
export type ConnectionQuery = z.infer<typeof connectionQuerySchema>;
export type ConnectionList = z.infer<typeof connectionListSchema>;
export type ConnectionFailureQuery = z.infer<typeof connectionFailureQuerySchema>;
export type ConnectionFailureList = z.infer<typeof connectionFailureListSchema>;
export type AcceptedConnectionQuery = z.infer<typeof acceptedConnectionQuerySchema>;
export type AcceptanceQuery = z.infer<typeof acceptanceQuerySchema>;
export type AcceptanceList = z.infer<typeof acceptanceListSchema>;
export type AcceptedConnectionList = z.infer<typeof acceptedConnectionListSchema>;
export type Connection = z.infer<typeof connectionSchema>;
export type ConnectionCreation = z.infer<typeof connectionCreationSchema>;
export type ConnectionChange = z.infer<typeof connectionChangeSchema>;
export type ConnectionTestOutcome = z.infer<typeof connectionTestOutcomeSchema>;
export type SamlKeyView = z.infer<typeof samlKeyViewSchema>;
export type SamlKeyList = z.infer<typeof samlKeyListSchema>;
export type SignInSettings = z.infer<typeof signInSettingsSchema>;
export type SignInSettingsChange = z.infer<typeof signInSettingsChangeSchema>;
