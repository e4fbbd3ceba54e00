import type { ColumnType } from 'kysely';
import type { ImageAccess, RegistryAccess } from '../../shared/contracts/access-policies.ts';

/** What an organization decided about registries and images; no row: nothing yet. */
interface AccessPoliciesTable {
  organization_id: string;
  registries: ColumnType<RegistryAccess | null, string | null, string | null>;
  images: ColumnType<ImageAccess | null, string | null, string | null>;
  version: number;
  updated_at: ColumnType<Date, Date, Date>;
  updated_by: string;
}

declare module '../database/schema.ts' {
  interface Database {
    access_policies: AccessPoliciesTable;
  }
}
