import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from 'kysely';
import type { PolicyException } from '../../shared/contracts/bundle.ts';

/*
 * The tables as queries see them. The truth is in migrations/; a column added there is added here in the same
 * commit. Names are those of the database: rows are turned into the shapes of the contracts at the edge.
 */

/** Role of a member in an organization (docs/identity.md). */
export type Role = 'member' | 'editor' | 'owner';
/** How a membership came to be. */
export type Origin = 'manual' | 'invitation' | 'jit' | 'scim';
/** Any JSON value, as `jsonb` holds it. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Written by the database or by us; read as a Date; never changed afterwards. */
type CreatedAt = ColumnType<Date, Date | undefined, never>;
type Instant = ColumnType<Date, Date | string, Date | string>;
type OptionalInstant = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

export interface UsersTable {
  id: Generated<string>;
  /** Unique across the hub without regard to case. */
  email: string;
  username: string;
  name: string;
  /** argon2id, PHC string. `null`: no local password. */
  password_hash: string | null;
  /** Counts how often sessions of the account were ended: a proof of before is worth no session after. */
  sign_in_epoch: Generated<number>;
  /** Set: the account may not sign in. */
  disabled_at: OptionalInstant;
  created_at: CreatedAt;
}

export interface OrganizationsTable {
  id: Generated<string>;
  /** The slug that profiles and `allowedOrgs` name. Never changes. */
  name: string;
  display_name: string;
  contact_name: string | null;
  contact_url: string | null;
  refresh_seconds: Generated<number>;
  /** `null`: settings never freeze for age (docs/delivery.md section 4). */
  grace_seconds: number | null;
  /** The organization's default policy: at most one. */
  default_policy_id: string | null;
  created_at: CreatedAt;
}

export interface MembershipsTable {
  organization_id: string;
  user_id: string;
  role: Role;
  origin: Origin;
  joined_at: Generated<Date>;
}

export interface TeamsTable {
  id: Generated<string>;
  organization_id: string;
  name: string;
  description: Generated<string>;
  created_at: CreatedAt;
}

export interface TeamMembersTable {
  organization_id: string;
  team_id: string;
  user_id: string;
  origin: Origin;
  added_at: Generated<Date>;
}

export interface DomainsTable {
  id: Generated<string>;
  organization_id: string;
  /** Lower case, without a final dot. Verified by at most one organization. */
  name: string;
  /** Value expected in the DNS TXT record. */
  challenge: string;
  verified_at: OptionalInstant;
  created_at: CreatedAt;
}

export interface PoliciesTable {
  id: Generated<string>;
  organization_id: string;
  name: string;
  description: Generated<string>;
  /** The revision in force; a row of `policy_revisions`. */
  revision: number;
  /** Counted up by every change of the row: what an editor's `If-Match` names. */
  version: Generated<number>;
  /** Order of the policy list: among teams, the first policy counts. */
  position: Generated<number>;
  /** The revision that was in force before this one. */
  previous_revision: ColumnType<number | null, number | null | undefined, number | null>;
  /** What users may override for a time: `[{ setting, maxSeconds }]`. */
  exceptions: ColumnType<PolicyException[], string | undefined, string>;
  created_at: CreatedAt;
  /** When what devices receive of it last changed (document or name). */
  updated_at: Instant;
}

export interface PolicyRevisionsTable {
  policy_id: string;
  revision: number;
  /** The document as read by the engine. */
  document: JSONColumnType<{ readonly [key: string]: Json }, string, never>;
  /** The document exactly as it was saved: comments, order and white space kept. */
  text: string;
  author_id: string | null;
  author_label: string;
  reason: string;
  created_at: CreatedAt;
}

export interface PolicyAssignmentsTable {
  organization_id: string;
  user_id: string;
  policy_id: string;
  assigned_at: Generated<Date>;
}

export interface BundleSequencesTable {
  organization_id: string;
  user_id: string;
  /** `max(previous + 1, unix milliseconds)`; outlives the membership, so that it never falls. */
  seq: number;
  changed_at: Instant;
}

export interface AuditEventsTable {
  id: GeneratedAlways<number>;
  /** `null`: an event of the hub as a whole. */
  organization_id: string | null;
  at: ColumnType<Date, Date | string, never>;
  actor_kind: 'user' | 'token' | 'system';
  actor_id: string | null;
  actor_label: string;
  action: string;
  target_kind: string;
  target_id: string | null;
  target_label: string;
  before: JSONColumnType<{ readonly [key: string]: Json } | null, string | null, never>;
  after: JSONColumnType<{ readonly [key: string]: Json } | null, string | null, never>;
  source_address: string | null;
}

export interface ApiTokensTable {
  id: Generated<string>;
  organization_id: string;
  name: string;
  /** What the token may do: the rights of this role, in this organization only. */
  role: Role;
  /** It may do what a person has to prove themselves for. */
  manages_access: Generated<boolean>;
  /** SHA-256 of the secret: 256 random bits need no slow hash. */
  secret_hash: Buffer;
  /** Revoked with this account's other credentials when SSO or SCIM first links it. */
  created_by: string | null;
  created_at: CreatedAt;
  expires_at: Instant;
  last_used_at: OptionalInstant;
  revoked_at: OptionalInstant;
}

export interface InvitationsTable {
  id: Generated<string>;
  organization_id: string;
  email: string;
  role: Role;
  team_id: string | null;
  secret_hash: Buffer;
  invited_by: string | null;
  created_at: CreatedAt;
  expires_at: Instant;
  accepted_at: OptionalInstant;
  revoked_at: OptionalInstant;
}

export interface SetupLinksTable {
  id: Generated<string>;
  /** What opening the link does: name the first owner, or set a password. */
  purpose: 'owner' | 'password';
  organization_id: string | null;
  user_id: string | null;
  secret_hash: Buffer;
  created_at: CreatedAt;
  expires_at: Instant;
  used_at: OptionalInstant;
}

/**
 * Every table. Another capability adds its own by declaration merging beside its migration:
 * `declare module '../database/schema.ts' { interface Database { sessions: SessionsTable } }`.
 */
export interface Database {
  users: UsersTable;
  organizations: OrganizationsTable;
  memberships: MembershipsTable;
  teams: TeamsTable;
  team_members: TeamMembersTable;
  domains: DomainsTable;
  policies: PoliciesTable;
  policy_revisions: PolicyRevisionsTable;
  policy_assignments: PolicyAssignmentsTable;
  bundle_sequences: BundleSequencesTable;
  audit_events: AuditEventsTable;
  api_tokens: ApiTokensTable;
  invitations: InvitationsTable;
  setup_links: SetupLinksTable;
}
