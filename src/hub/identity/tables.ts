import type { ColumnType, Generated } from 'kysely';
import type { SessionEnd } from '../../shared/contracts/agent-api.ts';

type CreatedAt = ColumnType<Date, Date, never>;
type Instant = ColumnType<Date, Date, Date>;
type OptionalInstant = ColumnType<Date | null, Date | null | undefined, Date | null>;

/** Values made once for every hub process, sealed with the hub's secret. */
interface SealedValuesTable {
  name: string;
  sealed: Buffer;
  created_at: CreatedAt;
}

/** One signed-in device: the grant of OpenID Connect. Deleting the row ends every token of that device. */
interface DeviceSessionsTable {
  /** Digest of the provider's grant id. */
  grant_hash: Buffer;
  id: Generated<string>;
  user_id: string;
  client_id: string;
  sealed: Buffer;
  device_name: string | null;
  address: string | null;
  user_agent: string | null;
  created_at: CreatedAt;
  last_used_at: Instant;
  expires_at: Instant;
  /** The connection that it signed in by; `null`: a local password. */
  connection_id: ColumnType<string | null, string | null | undefined, string | null>;
}

/** Everything else the OpenID provider keeps. */
export interface OidcEntitiesTable {
  model: string;
  id_hash: Buffer;
  sealed: Buffer;
  grant_hash: Buffer | null;
  /** Digest of the second key: a device code's user code, a session's uid. */
  lookup_hash: Buffer | null;
  /** Of a refresh token: the one it was rotated from. */
  predecessor_hash: Buffer | null;
  created_at: CreatedAt;
  expires_at: OptionalInstant;
  consumed_at: OptionalInstant;
  /** Of a device code: when it was last asked for, and how many seconds must lie between. */
  polled_at: OptionalInstant;
  poll_seconds: number | null;
}

/** A person signed in to the hub's own pages and to the Admin Console. */
interface BrowserSessionsTable {
  id_hash: Buffer;
  id: Generated<string>;
  user_id: string;
  address: string | null;
  user_agent: string | null;
  created_at: CreatedAt;
  expires_at: Instant;
  /** The connection that it came by; `null`: a local password. */
  connection_id: ColumnType<string | null, string | null | undefined, string | null>;
  /** Longest session of a desktop that is signed in with it, as the identity provider said. */
  device_minutes: ColumnType<number | null, number | null | undefined, number | null>;
  /** When its person last proved who they are. */
  proved_at: Instant;
  /** Began by a link made on the hub's own machine: stays although single sign-on is required. */
  recovery: Generated<boolean>;
  /** Ended, and why: kept so that the next page can say so. */
  ended_reason: ColumnType<SessionEnd | null, SessionEnd | null | undefined, SessionEnd | null>;
}

/** Why devices' sessions ended, by the refresh tokens that they may still hold. */
interface SessionEndsTable {
  token_hash: Buffer;
  reason: SessionEnd;
  ended_at: Instant;
}

/** Guesses in the present window, by account or by address. */
interface AttemptCountersTable {
  key: Buffer;
  count: number;
  window_ends_at: Instant;
}

declare module '../database/schema.ts' {
  interface Database {
    sealed_values: SealedValuesTable;
    device_sessions: DeviceSessionsTable;
    oidc_entities: OidcEntitiesTable;
    browser_sessions: BrowserSessionsTable;
    attempt_counters: AttemptCountersTable;
    session_ends: SessionEndsTable;
  }
}
