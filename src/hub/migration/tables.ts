import type { ColumnType, Generated } from 'kysely';
import type { Json, Role } from '../database/schema.ts';

/** One move from sign-in provisioning to SCIM. */
export interface ProvisioningMigrationsTable {
  id: Generated<string>;
  organization_id: string;
  connection_id: string;
  step: 'prepared' | 'removing' | 'verifying' | 'finished' | 'cancelled';
  created_at: ColumnType<Date, Date, never>;
  updated_at: Date;
  /** The removal of everybody that is under way, on whose behalf; `null`: there is none. */
  removal_id: string | null;
  removal_actor: ColumnType<
    { readonly [key: string]: Json } | null,
    string | null | undefined,
    string | null
  >;
  removal_label: string | null;
  removal_address: string | null;
  /** Which process works on it, until when. */
  removal_claimed_until: Date | null;
  /** Why the last one ended too early. */
  removal_problem: string | null;
}

/** Where each person of a move stands. */
export interface ProvisioningMigrationPeopleTable {
  migration_id: string;
  user_id: string;
  email: string;
  role: Role;
  state: 'waiting' | 'removed' | 'refused' | 'returned' | 'adopted';
  detail: Generated<string>;
}

declare module '../database/schema.ts' {
  interface Database {
    provisioning_migrations: ProvisioningMigrationsTable;
    provisioning_migration_people: ProvisioningMigrationPeopleTable;
  }
}
