import type { ColumnType, Generated } from 'kysely';
import type { Role } from '../database/schema.ts';

/** One move from sign-in provisioning to SCIM. */
export interface ProvisioningMigrationsTable {
  id: Generated<string>;
  organization_id: string;
  connection_id: string;
  step: 'prepared' | 'removing' | 'verifying' | 'finished' | 'cancelled';
  created_at: ColumnType<Date, Date, never>;
  updated_at: Date;
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
