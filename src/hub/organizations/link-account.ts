import { sql } from 'kysely';
import type { Trx } from '../database/connection.ts';
import { removeSecondFactor } from '../second-factor/second-factor.ts';

/**
 * Takes every credential from an account: its password, its second factors, its sessions in browsers and on devices, and the API
 * tokens it made. Done when SSO or SCIM first links an account that existed before (docs/identity.md): whoever
 * made it with somebody else's address must not keep a way in.
 */
export async function revokeCredentials(trx: Trx, userId: string, at: Date): Promise<void> {
  await trx.updateTable('users').set({ password_hash: null }).where('id', '=', userId).execute();
  await removeSecondFactor(trx, userId);
  await endSessions(trx, userId);
  await trx
    .updateTable('api_tokens')
    .set({ revoked_at: at })
    .where('created_by', '=', userId)
    .where('revoked_at', 'is', null)
    .execute();
}

/** Ends every session of an account, in browsers and on devices; triggers announce it to all hub processes. */
export async function endSessions(trx: Trx, userId: string): Promise<void> {
  await sql`delete from device_sessions where user_id = ${userId}`.execute(trx);
  await sql`delete from browser_sessions where user_id = ${userId}`.execute(trx);
}
