import type { ColumnType, Generated } from 'kysely';
import type { Json } from '../database/schema.ts';

/** Why an override ended. */
export type OverrideEnd = 'time' | 'user' | 'revoked' | 'replaced' | 'withdrawn';

/** A granted override; in force while `ended_at` is null. */
interface OverridesTable {
  id: Generated<string>;
  organization_id: string;
  user_id: string;
  policy_id: string;
  device_id: string;
  setting: string;
  value: ColumnType<Json, string, never>;
  reason: string;
  granted_at: ColumnType<Date, Date, never>;
  until: ColumnType<Date, Date, never>;
  used_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  ended_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  ended_because: ColumnType<OverrideEnd | null, OverrideEnd | null | undefined, OverrideEnd | null>;
}

/** Bundles for devices without a network, counted by organization. */
interface OfflineSequencesTable {
  organization_id: string;
  seq: number;
}

declare module '../database/schema.ts' {
  interface Database {
    overrides: OverridesTable;
    offline_sequences: OfflineSequencesTable;
  }
}
