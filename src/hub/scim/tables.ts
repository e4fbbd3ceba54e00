import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from 'kysely';
import type { Role } from '../database/schema.ts';
import type { JsonObject } from './json.ts';

type Optional<T> = ColumnType<T | null, T | null | undefined, T | null>;

/** Bearer tokens of connections, kept as digests. */
export interface ScimTokensTable {
  id: Generated<string>;
  connection_id: string;
  secret_hash: Buffer;
  created_by: string | null;
  created_at: Generated<Date>;
  last_used_at: Optional<Date>;
  revoked_at: Optional<Date>;
}

/** People as a connection's client knows them. */
export interface ScimUsersTable {
  id: Generated<string>;
  connection_id: string;
  user_id: string;
  /** False: came by sign-in (JIT) and is only shown, unless the connection adopts. */
  managed: boolean;
  /** As the client spells it; compared without case. */
  user_name: string;
  external_id: Optional<string>;
  active: boolean;
  /** The attributes as they were sent and read. */
  resource: JSONColumnType<JsonObject, string, string>;
  placement_organization_id: Optional<string>;
  placement_role: Role;
  placement_team_id: Optional<string>;
  version: Generated<number>;
  created_at: Date;
  updated_at: Date;
}

/** Groups as a connection's client knows them; each stands for one team. */
export interface ScimGroupsTable {
  id: Generated<string>;
  connection_id: string;
  organization_id: string;
  team_id: string;
  display_name: string;
  external_id: Optional<string>;
  version: Generated<number>;
  created_at: Date;
  updated_at: Date;
}

export interface ScimGroupMembersTable {
  group_id: string;
  scim_user_id: string;
}

/** Requests of a connection's client that were refused. */
export interface ScimRefusalsTable {
  id: GeneratedAlways<number>;
  connection_id: string;
  at: Date;
  times: Generated<number>;
  method: string;
  path: string;
  status: number;
  scim_type: string | null;
  detail: string;
  source_address: string | null;
}

declare module '../database/schema.ts' {
  interface Database {
    scim_tokens: ScimTokensTable;
    scim_users: ScimUsersTable;
    scim_groups: ScimGroupsTable;
    scim_group_members: ScimGroupMembersTable;
    scim_refusals: ScimRefusalsTable;
  }
}
