import { type Kysely, sql } from 'kysely';

const REASONS = `('sso_required', 'password_changed', 'account_linked', 'account_removed', 'account_deactivated', 'signed_out')`;

const statements = [
  /*
   * Counts up whenever sessions of the account are ended. A proof (a password, an identity provider's word, a link) is
   * worth a session only while the count is the one that it was given under: a sign-in that is under way while sessions
   * are ended must not leave one behind.
   */
  `alter table users add column sign_in_epoch integer not null default 0`,
  `delete from pending_sign_ins`,
  `alter table pending_sign_ins add column sign_in_epoch integer not null`,
  // Every reason that a person should be told.
  `alter table browser_sessions drop constraint browser_sessions_ended_reason_check,
    add constraint browser_sessions_ended_reason_check check (ended_reason in ${REASONS})`,
  `alter table session_ends drop constraint session_ends_reason_check,
    add constraint session_ends_reason_check check (reason in ${REASONS})`,
];

/** Proofs that end with the sessions, and why sessions ended. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
