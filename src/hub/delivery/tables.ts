import type { ColumnType } from 'kysely';

/** A key that signs policy bundles. The newest position signs. */
interface SigningKeysTable {
  kid: string;
  /** 0 for the first key, then counted up by rotation. */
  position: number;
  /** The 32 public bytes, base64url. */
  public_x: string;
  /** The private half, sealed with the hub's secret. */
  sealed_private: Buffer;
  predecessor: string | null;
  predecessor_signature: string | null;
  created_at: ColumnType<Date, Date, never>;
}

declare module '../database/schema.ts' {
  interface Database {
    signing_keys: SigningKeysTable;
  }
}
