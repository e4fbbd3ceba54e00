import type { Db } from '../database/connection.ts';

/** An account as the provider's claims need it. */
export interface SignedInAccount {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  readonly name: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The account of that id; `undefined` when there is none or it is disabled: to sign-in both are the same. */
export async function findActiveAccount(db: Db, userId: string): Promise<SignedInAccount | undefined> {
  if (!UUID.test(userId)) return undefined;
  return db
    .selectFrom('users')
    .select(['id', 'email', 'username', 'name'])
    .where('id', '=', userId)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
}
