import { sql } from 'kysely';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import { requiresSso } from '../connections/find-connection.ts';
import type { Db, Trx } from '../database/connection.ts';
import type { Logger } from '../logging.ts';
import type { Letter, Mailer } from '../mail/mailer.ts';
import { type Account, findAccount } from '../organizations/accounts.ts';
import { createResetLink, RESET_MINUTES } from '../organizations/setup-links.ts';
import { followWork } from '../running-work.ts';
import { type AttemptLimit, type Attempts, addressSubject } from './attempts.ts';

/** Letters to one address; whoever asks for somebody else's must not fill their mailbox. */
export const LETTERS_TO_ONE: AttemptLimit = { kind: 'forgotten:account', most: 3, windowSeconds: 3600 };
/** Letters asked for from one address; an office shares one. */
export const LETTERS_FROM_ONE: AttemptLimit = { kind: 'forgotten:address', most: 20, windowSeconds: 3600 };

/** How long stopping waits for letters that are on their way. */
const DRAIN_MS = 5_000;

/** Letters with a link to choose a new password, for people who ask for one themselves (docs/identity.md). */
export interface ForgottenPassword {
  /** Whether there is a mail server: without one nobody is offered a letter. */
  readonly available: boolean;
  /**
   * Asks for a letter to this address. Answers the same, and as fast, whether or not there is such an account: what is
   * found, and whether a letter goes out, is looked at afterwards. Else the seconds to wait until it may be asked again.
   */
  ask(email: string, from: string): Promise<number | null>;
  /** Resolves when no letter is on its way, or after a few seconds. */
  settled(): Promise<void>;
}

export function createForgottenPassword(options: {
  readonly db: Db;
  readonly attempts: Attempts;
  readonly mail: Mailer;
  readonly log: Logger;
  readonly publicUrl: string;
  readonly now: () => Date;
}): ForgottenPassword {
  const { db, attempts, mail, log, publicUrl, now } = options;
  const work = followWork();
  const write = async (email: string, from: string): Promise<void> => {
    const context = {
      actor: { kind: 'system', name: 'sign-in page' },
      sourceAddress: from,
      at: now(),
    } as const;
    const letter = await db.transaction().execute((trx) => letterFor(trx, context, email, publicUrl));
    if (letter !== null) await mail.send(letter);
  };
  return {
    available: mail.sends,
    async ask(email, from) {
      const wait =
        (await attempts.take(LETTERS_FROM_ONE, addressSubject(from))) ??
        (await attempts.take(LETTERS_TO_ONE, email.toLowerCase()));
      if (wait !== null) return wait;
      void work
        .follow(write(email, from))
        .catch((error: unknown) => log.warn({ err: error }, 'a link to a new password could not be made'));
      return null;
    },
    settled: () => work.settled(DRAIN_MS),
  };
}

/** The letter to an account that has a password of its own to forget; `null`: there is none, or it is not ours to reset. */
async function letterFor(
  trx: Trx,
  context: ChangeContext,
  email: string,
  publicUrl: string,
): Promise<Letter | null> {
  const account = await findAccount(trx, email);
  if (account === undefined || account.disabled_at !== null || account.password_hash === null) return null;
  if ((await requiresSso(trx, account.email)) || (await isFromScim(trx, account))) return null;
  const organizations = await trx
    .selectFrom('memberships')
    .select('organization_id')
    .where('user_id', '=', account.id)
    .orderBy('organization_id')
    .execute();
  // Somebody who belongs nowhere would find nothing behind it.
  if (organizations.length === 0) return null;
  for (const { organization_id: organizationId } of organizations) {
    await recordChange(trx, context, {
      organizationId,
      action: 'account.forgotten',
      target: { kind: 'user', id: account.id, label: account.email },
    });
  }
  const { url } = await createResetLink(trx, { publicUrl, userId: account.id, at: context.at });
  return {
    to: account.email,
    subject: 'Choose a new password',
    text: `Somebody asked for a link to choose a new password for ${account.email} in Mooring.\n\nChoose it here, once, within ${RESET_MINUTES} minutes:\n${url}\n\nIf it was not you, there is nothing to do: your password stays as it is.\n`,
  };
}

/** SCIM's people get no mail, and their identity provider resets their passwords. */
async function isFromScim(trx: Trx, { id }: Account): Promise<boolean> {
  const { rows } = await sql`select 1 from memberships where user_id = ${id} and origin = 'scim'
    union all select 1 from scim_users where user_id = ${id} and managed limit 1`.execute(trx);
  return rows.length > 0;
}
