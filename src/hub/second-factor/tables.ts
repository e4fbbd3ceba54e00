import type { ColumnType, Generated } from 'kysely';

type Optional<T> = ColumnType<T | null, T | null | undefined, T | null>;

/** The authenticator app of an account. */
interface SecondFactorsTable {
  user_id: string;
  sealed: Buffer;
  created_at: Date;
  /** `null`: begun, and no code was entered yet; it does not count then. */
  confirmed_at: Optional<Date>;
  /** The time step of the last code that was accepted: each is good once. */
  last_step: Generated<number>;
}

interface RecoveryCodesTable {
  user_id: string;
  code_hash: Buffer;
  used_at: Optional<Date>;
}

/** A passkey of an account (WebAuthn credential). */
interface PasskeysTable {
  id: Generated<string>;
  user_id: string;
  /** As browsers write it: base64url. */
  credential_id: string;
  public_key: Buffer;
  /** Of the last use; a bigint, which the driver reads as text. */
  counter: ColumnType<string | number, number | undefined, number>;
  transports: string[];
  name: string;
  created_at: Date;
  last_used_at: Optional<Date>;
}

interface PasskeyChallengesTable {
  challenge_hash: Buffer;
  user_id: string;
  purpose: 'register' | 'sign-in';
  expires_at: Date;
}

/** A password was right, the second factor is still to come. */
interface PendingSignInsTable {
  id_hash: Buffer;
  user_id: string;
  created_at: Date;
  expires_at: Date;
  /** Of the account when the password was right. */
  sign_in_epoch: number;
}

declare module '../database/schema.ts' {
  interface Database {
    second_factors: SecondFactorsTable;
    recovery_codes: RecoveryCodesTable;
    pending_sign_ins: PendingSignInsTable;
    passkeys: PasskeysTable;
    passkey_challenges: PasskeyChallengesTable;
  }
  interface OrganizationsTable {
    device_sign_in: Generated<boolean>;
    second_factor_required: Generated<boolean>;
  }
  interface SetupLinksTable {
    recovery: Generated<boolean>;
  }
}
