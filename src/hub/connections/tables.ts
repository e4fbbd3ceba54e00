import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { Json } from '../database/schema.ts';

type Optional<T> = ColumnType<T | null, T | null | undefined, T | null>;

/** An identity provider of an organization. */
export interface ConnectionsTable {
  id: Generated<string>;
  organization_id: string;
  name: string;
  kind: 'saml' | 'oidc';
  /** Team that newcomers join besides the default organization. */
  default_team: string | null;
  jit_enabled: Generated<boolean>;
  scim_enabled: Generated<boolean>;
  /** Sign-in does not overwrite what SCIM wrote. */
  scim_wins: Generated<boolean>;
  /** SCIM may take over members that sign-in created. */
  scim_adopts_jit: Generated<boolean>;
  /** How people are signed in; `null`: not set up yet. Read by `readSettings`. */
  settings: JSONColumnType<{ readonly [key: string]: Json } | null, string | null | undefined, string | null>;
  /** Client secret of OIDC, sealed. */
  sealed_secret: Optional<Buffer>;
  /** Verified domains that it serves; empty: all of the organization. */
  domain_names: ColumnType<string[], string[] | undefined, string[]>;
  /** Local passwords are refused in its domains. */
  enforced: Generated<boolean>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

/** An organization that accepted provisioning by a connection of another one. */
export interface ConnectionOrganizationsTable {
  connection_id: string;
  organization_id: string;
  accepted_by: string | null;
  accepted_at: Generated<Date>;
}

/** What went wrong at sign-in, for the owners to read. */
export interface ConnectionFailuresTable {
  id: Generated<number>;
  connection_id: string;
  at: Date;
  class: string;
  detail: string;
  email: string | null;
}

/** Which connection gave a membership or a place in a team. */
interface GivenBy {
  connection_id: ColumnType<string | null, string | null | undefined, string | null>;
}

declare module '../database/schema.ts' {
  interface Database {
    connections: ConnectionsTable;
    connection_organizations: ConnectionOrganizationsTable;
    connection_failures: ConnectionFailuresTable;
  }
  interface MembershipsTable extends GivenBy {}
  interface TeamMembersTable extends GivenBy {}
}
