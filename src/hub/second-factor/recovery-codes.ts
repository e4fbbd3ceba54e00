import { randomInt } from 'node:crypto';
import type { Trx } from '../database/connection.ts';
import type { HubSecret } from '../secrets/hub-secret.ts';
import './tables.ts';

const RECOVERY_CODES = 10;
/** Digits and letters, without those that look alike. */
const ALPHABET = '23456789abcdefghjkmnpqrstvwxyz';

/** What is kept of a code, however it was typed. */
export function recoveryCodeHash(secret: HubSecret, userId: string, code: string): Buffer {
  return secret.digest('recovery-code', `${userId}:${code.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}`);
}

/** Makes new codes; those before are worth nothing. The answer is the only place where they appear. */
export async function makeRecoveryCodes(
  trx: Trx,
  secret: HubSecret,
  userId: string,
): Promise<readonly string[]> {
  const part = () => Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)] ?? '').join('');
  const codes = Array.from({ length: RECOVERY_CODES }, () => `${part()}-${part()}`);
  await trx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute();
  await trx
    .insertInto('recovery_codes')
    .values(codes.map((code) => ({ user_id: userId, code_hash: recoveryCodeHash(secret, userId, code) })))
    .execute();
  return codes;
}

/** Makes codes for an account that has none; empty: it has some, and keeps them. */
export async function ensureRecoveryCodes(
  trx: Trx,
  secret: HubSecret,
  userId: string,
): Promise<readonly string[]> {
  const one = await trx
    .selectFrom('recovery_codes')
    .select('user_id')
    .where('user_id', '=', userId)
    .where('used_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return one === undefined ? makeRecoveryCodes(trx, secret, userId) : [];
}
