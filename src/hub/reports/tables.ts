import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from 'kysely';
import type { Json } from '../database/schema.ts';

type Instant = ColumnType<Date, Date | string, Date | string>;
type OptionalInstant = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

/** How a reported hash compares: to the document's, to that with granted overrides, or to neither. */
export type HashState = 'none' | 'exact' | 'override' | 'mismatch';

/** What a device last said of itself; see the migration. */
interface DevicesTable {
  id: Generated<string>;
  organization_id: string;
  user_id: string;
  device_id: string;
  name: string | null;
  reported_name: string;
  platform: 'mac' | 'windows' | 'linux';
  os_version: string;
  agent_version: string;
  first_seen_at: Instant;
  reported_at: Instant;
  device_time: Instant;
  policy_id: string | null;
  revision: number | null;
  seq: number | null;
  fetched_seq: number | null;
  fetched_at: OptionalInstant;
  applied_at: OptionalInstant;
  hash_state: HashState;
  override_ids: Generated<string[]>;
  frozen: string | null;
  refused: string | null;
  errors: number;
  report: JSONColumnType<{ readonly [key: string]: Json }, string, string>;
  /** The session by which it last reported; it may have ended. */
  session_id: ColumnType<string | null, string | null | undefined, string | null>;
}

/** One report, for the history. */
interface DeviceReportsTable {
  device: string;
  report_id: string;
  received_at: Instant;
  device_time: Instant;
  reason: string;
  policy_id: string | null;
  revision: number | null;
  seq: number | null;
  hash_state: HashState;
  errors: number;
  drift: number;
}

/** One repair of a device. */
interface DeviceDriftTable {
  id: GeneratedAlways<number>;
  device: string;
  received_at: Instant;
  at: Instant;
  kind: string;
  setting: string | null;
  /** Whose rights were repaired; `null` for the settings store. */
  file: string | null;
  wrong: ColumnType<Json | null, string | null, never>;
  right_value: ColumnType<Json | null, string | null, never>;
}

/** How an organization keeps reports; without a row the defaults of `report-settings.ts` apply. */
interface ReportSettingsTable {
  organization_id: string;
  unknown_after_days: number;
  retention_days: number;
}

declare module '../database/schema.ts' {
  interface Database {
    devices: DevicesTable;
    device_reports: DeviceReportsTable;
    device_drift: DeviceDriftTable;
    report_settings: ReportSettingsTable;
  }
}
