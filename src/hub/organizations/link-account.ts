import type { ChangeContext } from '../audit/record.ts';
import type { Trx } from '../database/connection.ts';
import { endSessionsOf } from '../identity/session-ends.ts';
import { removeSecondFactor } from '../second-factor/second-factor.ts';
import { endTokensOfAccount } from './made-by-members.ts';
import { endPasswordLinks } from './setup-links.ts';

/**
 * Takes every credential from an account: its password and the links to choose one, its second factors, its sessions in
 * browsers and on devices, and the API tokens it made. Done when SSO or SCIM first links an account that existed before (docs/identity.md): whoever
 * made it with somebody else's address must not keep a way in.
 */
export async function revokeCredentials(trx: Trx, context: ChangeContext, userId: string): Promise<void> {
  const { at } = context;
  await trx.updateTable('users').set({ password_hash: null }).where('id', '=', userId).execute();
  await endPasswordLinks(trx, userId, at);
  await removeSecondFactor(trx, userId);
  await endSessionsOf(trx, userId, { reason: 'account_linked', at });
  await endTokensOfAccount(trx, context, userId);
}
