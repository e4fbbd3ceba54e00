import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db } from '../database/connection.ts';
import { newPasswordProblem } from '../identity/new-password.ts';
import { TEXTS } from '../identity/pages/texts.ts';
import type { PasswordCheck } from '../identity/password-check.ts';
import type { Passwords } from '../identity/passwords.ts';
import { type ProvedPerson, provedBy } from '../identity/proved-person.ts';
import { endSessionsOf } from '../identity/session-ends.ts';
import { endPasswordLinks } from '../organizations/setup-links.ts';

interface Problem {
  readonly text: string;
  readonly status: number;
  /** Too many guesses at the present one. */
  readonly waitSeconds?: number;
}

/**
 * Changes the password of somebody who is signed in: they prove the present one, so that a session that lies open is
 * not enough. Every session of theirs ends; the caller begins the next one, by the new password.
 */
export async function changeOwnPassword(
  parts: { readonly db: Db; readonly passwords: Passwords; readonly checkPassword: PasswordCheck },
  context: ChangeContext,
  account: { readonly id: string; readonly email: string },
  given: {
    readonly current: string;
    readonly password: string;
    readonly repeat: string;
    readonly sourceAddress: string;
  },
): Promise<Problem | ProvedPerson> {
  const checked = await parts.checkPassword({
    email: account.email,
    password: given.current,
    address: given.sourceAddress,
  });
  if (checked.kind === 'wait') {
    const text = TEXTS.problem.tooMany(Math.ceil(checked.seconds / 60));
    return { text, status: 429, waitSeconds: checked.seconds };
  }
  if (checked.kind !== 'ok') return { text: TEXTS.problem.currentWrong, status: 401 };
  const wrong = newPasswordProblem(given, account);
  if (wrong !== null) return { text: wrong, status: 422 };
  const passwordHash = await parts.passwords.hash(given.password);
  const proved = await parts.db.transaction().execute(async (trx) => {
    // Only over the password that was proved: a reset that came between must stand.
    const changed = await trx
      .updateTable('users')
      .set({ password_hash: passwordHash })
      .where('id', '=', account.id)
      .where('sign_in_epoch', '=', checked.epoch)
      .returning('id')
      .executeTakeFirst();
    if (changed === undefined) return null;
    await endPasswordLinks(trx, account.id, context.at);
    await endSessionsOf(trx, account.id, { reason: 'password_changed', at: context.at });
    await recordChange(trx, context, {
      organizationId: null,
      action: 'account.password',
      target: { kind: 'user', id: account.id, label: account.email },
    });
    return provedBy(trx, account.id);
  });
  return proved ?? { text: TEXTS.problem.currentWrong, status: 401 };
}
