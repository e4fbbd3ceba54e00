/** A first step that an owner says is done. */
interface ChecklistMarksTable {
  organization_id: string;
  step: string;
  marked_at: Date;
}

declare module '../database/schema.ts' {
  interface Database {
    checklist_marks: ChecklistMarksTable;
  }
}
