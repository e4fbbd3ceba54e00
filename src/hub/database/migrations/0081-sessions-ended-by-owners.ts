import { type Kysely, sql } from 'kysely';

const REASONS = `('sso_required', 'password_changed', 'account_linked', 'account_removed', 'account_deactivated', 'signed_out',
  'ended_by_owner', 'device_forgotten')`;

const statements = [
  `alter table browser_sessions drop constraint browser_sessions_ended_reason_check,
    add constraint browser_sessions_ended_reason_check check (ended_reason in ${REASONS})`,
  `alter table session_ends drop constraint session_ends_reason_check,
    add constraint session_ends_reason_check check (reason in ${REASONS})`,
  // The session by which the device last reported: what ends with the device where an owner wants that.
  `alter table devices add column session_id uuid`,
];

/** Sessions that an owner ended, of a member or with a device. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
