import type { ColumnType, Generated } from 'kysely';
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
  /** Its own values as they were; written and read by SQL only. */
  content: ColumnType<never, never, never>;
  /** Where the rows of what hung on it lie. */
  kept_id: Generated<string>;
}

/** A row of what hung on something that was deleted: as much of it as there was, each for itself. */
interface DeletionRowsTable {
  kept_id: string;
  organization_id: string;
  part: string;
  content: ColumnType<never, never, never>;
}

declare module '../database/schema.ts' {
  interface Database {
    deletions: DeletionsTable;
    deletion_rows: DeletionRowsTable;
  }
}
