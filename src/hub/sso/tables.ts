import type { ColumnType, Generated } from 'kysely';

type Optional<T> = ColumnType<T | null, T | null | undefined, T | null>;

/** A sign-in on its way to an identity provider; answered once. */
interface SsoRequestsTable {
  /** Digest of the id that the identity provider sends back (InResponseTo, state). */
  id_hash: Buffer;
  id: Generated<string>;
  connection_id: string;
  purpose: 'sign-in' | 'test';
  /** Digest of the cookie of the browser that began it; `null` until it began. */
  browser_hash: Optional<Buffer>;
  sealed: Buffer;
  created_at: Date;
  expires_at: Date;
  answered_at: Optional<Date>;
  sealed_outcome: Optional<Buffer>;
  finished_at: Optional<Date>;
}

/** Assertions that were accepted, until their time is over. */
interface SsoAssertionsTable {
  connection_id: string;
  assertion_hash: Buffer;
  expires_at: Date;
}

/** Whose account an identity provider's subject is. */
interface SsoIdentitiesTable {
  connection_id: string;
  issuer: string;
  subject_hash: Buffer;
  user_id: string;
  created_at: Date;
  last_used_at: Date;
}

/** Keys of a SAML connection whose key was exchanged; none: it uses the hub's. */
interface ConnectionSamlKeysTable {
  connection_id: string;
  /** SHA-256 of the certificate in hexadecimal. */
  fingerprint: string;
  certificate: string;
  sealed_private: Buffer;
  /** The one that signs requests; each opens assertions. */
  signs: boolean;
  created_at: Date;
}

declare module '../database/schema.ts' {
  interface Database {
    sso_requests: SsoRequestsTable;
    sso_assertions: SsoAssertionsTable;
    sso_identities: SsoIdentitiesTable;
    connection_saml_keys: ConnectionSamlKeysTable;
  }
}
