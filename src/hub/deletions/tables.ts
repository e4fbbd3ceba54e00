import type { ColumnType } from 'kysely';
import type { DeletionKind } from '../../shared/contracts/hub-deletions.ts';

/** Something that was deleted and may come back. It leaves its own tables whole: nothing has to remember to skip it. */
interface DeletionsTable {
  /** Its own id: it comes back under it. */
  id: string;
  organization_id: string;
  kind: DeletionKind | 'policy';
  name: string;
  deleted_at: ColumnType<Date, Date, never>;
  deleted_by: string;
  /** Its rows, and those of what hung on it, as they were; written and read by SQL only. */
  content: ColumnType<never, never, never>;
}

declare module '../database/schema.ts' {
  interface Database {
    deletions: DeletionsTable;
  }
}
