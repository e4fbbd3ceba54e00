import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { Json } from '../database/schema.ts';

type OptionalInstant = ColumnType<Date | null, Date | null | undefined, Date | null>;
type Kept = JSONColumnType<{ readonly [key: string]: Json }, string, never>;

/** One thing that is done with many members. */
interface MemberJobsTable {
  id: Generated<string>;
  organization_id: string;
  action: Kept;
  /** On whose behalf; asked again while it runs. */
  actor: Kept;
  actor_label: string;
  source_address: string | null;
  created_at: ColumnType<Date, Date, never>;
  claimed_until: OptionalInstant;
  finished_at: OptionalInstant;
}

interface MemberJobItemsTable {
  job_id: string;
  user_id: string;
  email: string;
  state: Generated<'waiting' | 'done' | 'refused'>;
  detail: Generated<string>;
}

declare module '../database/schema.ts' {
  interface Database {
    member_jobs: MemberJobsTable;
    member_job_items: MemberJobItemsTable;
  }
}
