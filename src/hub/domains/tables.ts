import type { ColumnType, Generated } from 'kysely';

type OptionalInstant = ColumnType<Date | null, Date | null | undefined, Date | null>;

declare module '../database/schema.ts' {
  interface DomainsTable {
    checked_at: OptionalInstant;
    /** Set while a re-check does not find the proof; the domain stays verified. */
    failing_since: OptionalInstant;
    /** The `failing_since` that the owners had a letter about. */
    warned_of: OptionalInstant;
    /** Verified by the operator's word. */
    forced: Generated<boolean>;
  }
}
