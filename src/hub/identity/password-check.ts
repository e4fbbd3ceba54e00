import { sql } from 'kysely';
import { type Attempts, addressSubject, PER_ACCOUNT, PER_ADDRESS } from './attempts.ts';
import type { OidcStore } from './oidc-store.ts';
import type { Passwords } from './passwords.ts';
import type { ProvedPerson } from './proved-person.ts';

/** What became of an e-mail address and a password. */
type PasswordOutcome =
  | ({ readonly kind: 'ok' } & ProvedPerson)
  /** No such account, no password there, or another one: not told apart. */
  | { readonly kind: 'wrong' }
  /** Told only to who knows the password. */
  | { readonly kind: 'disabled' }
  /** Too many guesses; try again after so many seconds. */
  | { readonly kind: 'wait'; readonly seconds: number };

export type PasswordCheck = (given: {
  readonly email: string;
  readonly password: string;
  readonly address: string;
}) => Promise<PasswordOutcome>;

/** Checks a local password, counting guesses by account and by address before looking. */
export function createPasswordCheck(options: {
  readonly store: OidcStore;
  readonly attempts: Attempts;
  readonly passwords: Passwords;
}): PasswordCheck {
  const { store, attempts, passwords } = options;
  return async ({ email, password, address }) => {
    const account = email.toLowerCase();
    const place = addressSubject(address);
    const waits = [await attempts.take(PER_ADDRESS, place), await attempts.take(PER_ACCOUNT, account)];
    const seconds = Math.max(...waits.map((wait) => wait ?? 0));
    if (seconds > 0) return { kind: 'wait', seconds };
    const user = email.includes('\0')
      ? undefined
      : await store.db
          .selectFrom('users')
          .select(['id', 'password_hash', 'sign_in_epoch', 'disabled_at'])
          .where(sql<string>`lower(email)`, '=', account)
          .executeTakeFirst();
    const fits = await passwords.verify(user?.password_hash, password);
    if (!fits || user === undefined) return { kind: 'wrong' };
    await attempts.clear(PER_ACCOUNT, account);
    await attempts.giveBack(PER_ADDRESS, place);
    return user.disabled_at === null
      ? { kind: 'ok', userId: user.id, epoch: user.sign_in_epoch }
      : { kind: 'disabled' };
  };
}
