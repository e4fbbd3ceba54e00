import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Reader, Trx } from '../database/connection.ts';
import { isInForeignDomain } from '../domains/foreign-domain.ts';
import { ensureAccount } from '../organizations/accounts.ts';
import { joinOrganization } from '../organizations/member-service.ts';
import { endPasswordLinks } from '../organizations/setup-links.ts';
import { lockOrganization } from '../policies/recipients.ts';
import { hashOneTimeSecret } from '../secrets/one-time-secret.ts';

import type { OidcStore } from './oidc-store.ts';
import type { Passwords } from './passwords.ts';
import { type ProvedPerson, provedBy } from './proved-person.ts';
import { endSessionsOf } from './session-ends.ts';

/** A link that can still be used. */
export interface OpenLink {
  readonly purpose: 'owner' | 'password';
  /** Display name of the organization that gets its first owner. */
  readonly organization: string | undefined;
  /** Address of the account whose password it sets. */
  readonly email: string | undefined;
  /** Made on the hub's own machine: works although the domain asks for single sign-on. */
  readonly recovery: boolean;
}

/** What the person chose on the page behind the link. */
interface LinkChoice {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly sourceAddress: string;
}

/** Why nobody becomes an owner under an address: there is an account, or another organization makes its people's. */
type AddressRefusal = 'email_taken' | 'email_foreign';

/** One-time links of `mooring-hub init`, of invitations and of password resets. */
export interface SetupLinks {
  /** Looks without using it up: mail programs open links before people do. */
  look(secret: string): Promise<OpenLink | null>;
  /** Uses the link: once, whoever comes second is told so. Answers whose account it was. */
  use(secret: string, choice: LinkChoice): Promise<ProvedPerson | 'gone' | AddressRefusal>;
}

export function createSetupLinks(store: OidcStore, passwords: Passwords): SetupLinks {
  const { db, now } = store;
  return {
    async look(secret) {
      const row = await db
        .selectFrom('setup_links as l')
        .leftJoin('organizations as o', 'o.id', 'l.organization_id')
        .leftJoin('users as u', 'u.id', 'l.user_id')
        .select([
          'l.purpose',
          'l.recovery',
          'l.organization_id',
          'o.display_name',
          'u.email',
          'u.disabled_at',
        ])
        .where('l.secret_hash', '=', hashOneTimeSecret(secret))
        .where('l.used_at', 'is', null)
        .where('l.expires_at', '>', now())
        .executeTakeFirst();
      if (row === undefined || row.disabled_at !== null || (await isOvertaken(db, row))) return null;
      return {
        purpose: row.purpose,
        organization: row.display_name ?? undefined,
        email: row.email ?? undefined,
        recovery: row.recovery,
      };
    },
    async use(secret, choice) {
      // Before the transaction: hashing takes long, and the link's row is locked from its first statement on.
      const passwordHash = await passwords.hash(choice.password);
      const outcome = await db
        .transaction()
        .execute((trx) => spend(trx, { secret, choice, passwordHash, at: now() }))
        .catch((error: unknown) => {
          if (error instanceof AddressRefused) return error.why;
          throw error;
        });
      return outcome;
    },
  };
}

/** Rolls the use of the link back: the person can try with another address. */
class AddressRefused extends Error {
  readonly why: AddressRefusal;
  constructor(why: AddressRefusal) {
    super(why);
    this.why = why;
  }
}

interface Spending {
  readonly secret: string;
  readonly choice: LinkChoice;
  readonly passwordHash: string;
  readonly at: Date;
}

async function spend(trx: Trx, spending: Spending): Promise<ProvedPerson | 'gone'> {
  const { at } = spending;
  const link = await trx
    .updateTable('setup_links')
    .set({ used_at: at })
    .where('secret_hash', '=', hashOneTimeSecret(spending.secret))
    .where('used_at', 'is', null)
    .where('expires_at', '>', at)
    .returning(['purpose', 'organization_id', 'user_id'])
    .executeTakeFirst();
  if (link === undefined) return 'gone';
  if (link.purpose === 'owner' && link.organization_id !== null) {
    return provedBy(trx, await makeOwner(trx, spending, link.organization_id));
  }
  if (link.user_id === null) return 'gone';
  const { email } = await trx
    .selectFrom('users')
    .select('email')
    .where('id', '=', link.user_id)
    .executeTakeFirstOrThrow();
  if (await isOvertaken(trx, { ...link, email })) return 'gone';
  return (await setPassword(trx, spending, link.user_id)) ? provedBy(trx, link.user_id) : 'gone';
}

/** An organization made it, and meanwhile another one has verified the domain: its people are not the first one's any more. */
async function isOvertaken(
  reader: Reader,
  link: { readonly organization_id: string | null; readonly email: string | null },
): Promise<boolean> {
  const { organization_id: organizationId, email } = link;
  return organizationId !== null && email !== null && isInForeignDomain(reader, organizationId, email);
}

async function makeOwner(trx: Trx, spending: Spending, organizationId: string): Promise<string> {
  const { choice, passwordHash, at } = spending;
  await lockOrganization(trx, organizationId);
  const { account, created } = await ensureAccount(trx, { email: choice.email, name: choice.name }, at);
  // The link stands for the organization, not for an account that somebody has already, or that another one makes.
  if (!created) throw new AddressRefused('email_taken');
  if (await isInForeignDomain(trx, organizationId, account.email)) throw new AddressRefused('email_foreign');
  await trx.updateTable('users').set({ password_hash: passwordHash }).where('id', '=', account.id).execute();
  const context: ChangeContext = {
    actor: { kind: 'user', userId: account.id, email: account.email, via: 'session' },
    sourceAddress: choice.sourceAddress,
    at,
  };
  await joinOrganization(trx, context, { organizationId, account, role: 'owner', origin: 'manual' });
  return account.id;
}

/** A new password ends what the old one opened. */
async function setPassword(trx: Trx, spending: Spending, userId: string): Promise<boolean> {
  const { choice, passwordHash, at } = spending;
  const user = await trx
    .updateTable('users')
    .set({ password_hash: passwordHash })
    .where('id', '=', userId)
    .where('disabled_at', 'is', null)
    .returning(['id', 'email'])
    .executeTakeFirst();
  if (user === undefined) return false;
  await endSessionsOf(trx, userId, { reason: 'password_changed', at });
  await endPasswordLinks(trx, userId, at);
  await recordChange(
    trx,
    {
      actor: { kind: 'user', userId, email: user.email, via: 'session' },
      sourceAddress: choice.sourceAddress,
      at,
    },
    {
      organizationId: null,
      action: 'account.password',
      target: { kind: 'user', id: userId, label: user.email },
    },
  );
  return true;
}
