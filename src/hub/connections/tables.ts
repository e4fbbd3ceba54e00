import type { ColumnType, Generated } from 'kysely';

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
  created_at: Generated<Date>;
}

/** An organization that accepted provisioning by a connection of another one. */
export interface ConnectionOrganizationsTable {
  connection_id: string;
  organization_id: string;
  accepted_by: string | null;
  accepted_at: Generated<Date>;
}

/** Which connection gave a membership or a place in a team. */
interface GivenBy {
  connection_id: ColumnType<string | null, string | null | undefined, string | null>;
}

declare module '../database/schema.ts' {
  interface Database {
    connections: ConnectionsTable;
    connection_organizations: ConnectionOrganizationsTable;
  }
  interface MembershipsTable extends GivenBy {}
  interface TeamMembersTable extends GivenBy {}
}
