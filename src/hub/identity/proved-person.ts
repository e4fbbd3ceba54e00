import type { Reader } from '../database/connection.ts';

/**
 * Who has proved who they are. `epoch`: of the account (`users.sign_in_epoch`) when the proof was looked at; it is worth
 * a session only while that stands, for whatever ends sessions ends proofs that were given before.
 */
export interface ProvedPerson {
  readonly userId: string;
  readonly epoch: number;
}

/** The account as it stands in this transaction, which is what proved it: a new password, an identity provider. */
export async function provedBy(reader: Reader, userId: string): Promise<ProvedPerson> {
  const { epoch } = await reader
    .selectFrom('users')
    .select('sign_in_epoch as epoch')
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
  return { userId, epoch };
}
