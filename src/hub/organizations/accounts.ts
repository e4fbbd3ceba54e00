import { randomInt } from 'node:crypto';
import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { Reader, Trx } from '../database/connection.ts';
import type { UsersTable } from '../database/schema.ts';

/** An account row. */
export type Account = Selectable<UsersTable>;

/** The account of an e-mail address, without regard to case. */
export async function findAccount(db: Reader, email: string): Promise<Account | undefined> {
  return db
    .selectFrom('users')
    .selectAll()
    .where(sql<boolean>`lower(email) = lower(${email})`)
    .executeTakeFirst();
}

/**
 * The account of an e-mail address, made when there is none: without a password, with a unique user name from
 * the address and random digits. Safe when two transactions make the same one at once.
 */
export async function ensureAccount(
  trx: Trx,
  wanted: {
    readonly email: string;
    readonly name?: string | undefined;
    /** What the user name is made of instead of the address; it then always ends in digits. */
    readonly usernameFrom?: string;
  },
  at: Date,
): Promise<{ readonly account: Account; readonly created: boolean }> {
  const existing = await findAccount(trx, wanted.email);
  if (existing !== undefined) return { account: existing, created: false };
  const local = wanted.email.slice(0, wanted.email.lastIndexOf('@'));
  const { usernameFrom } = wanted;
  const stem = usernameStem(usernameFrom || local);
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const created = await trx
      .insertInto('users')
      .values({
        email: wanted.email,
        name: (wanted.name || local).slice(0, 200),
        username: attempt === 0 && usernameFrom === undefined ? stem : withDigits(stem),
        created_at: at,
      })
      // Whichever index refuses: look whether the address is taken by now, else try another user name.
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst();
    if (created !== undefined) return { account: created, created: true };
    const rival = await findAccount(trx, wanted.email);
    if (rival !== undefined) return { account: rival, created: false };
  }
  throw new Error(`no free user name was found for ${stem}`);
}

/** What user names begin with: the letters and digits of an address's local part, or of a name. */
export function usernameStem(from: string): string {
  return (
    from
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, '')
      .slice(0, 40) || 'user'
  );
}

/** A user name that hardly anybody has. */
function withDigits(stem: string): string {
  return `${stem}${randomInt(1000, 10_000_000)}`;
}
