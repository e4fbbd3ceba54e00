import { sql } from 'kysely';
import type { ChangeContext } from '../audit/record.ts';
import { requiresSso } from '../connections/find-connection.ts';
import type { Db, Trx } from '../database/connection.ts';
import type { Role } from '../database/schema.ts';
import { isInForeignDomain } from '../domains/foreign-domain.ts';
import { type ProvedPerson, provedBy } from '../identity/proved-person.ts';
import { ensureAccount, findAccount } from '../organizations/accounts.ts';
import { lockOrganization } from '../policies/recipients.ts';
import { hashOneTimeSecret } from '../secrets/one-time-secret.ts';
import { joinByInvitation } from './join-by-invitation.ts';

/** An invitation behind a link that still works. */
export interface OpenInvitation {
  readonly email: string;
  readonly organization: string;
  /** The account exists: whoever accepts must be signed in to it. Otherwise they make it, with a password. */
  readonly accountExists: boolean;
  /** Its domain signs in by its identity provider: no password is made here. */
  readonly signsInElsewhere: boolean;
  /** Its domain is another organization's, which makes its people's accounts: whoever invites has this link as well. */
  readonly madeElsewhere: boolean;
}

/** Looks without using it up: mail programs open links before people do. `null`: it ended, or never was. */
export async function lookAtInvitation(db: Db, secret: string, at: Date): Promise<OpenInvitation | null> {
  const { rows } = await sql<{ email: string; display_name: string; organization_id: string }>`
    select i.email, i.organization_id, o.display_name
      from invitations i join organizations o on o.id = i.organization_id
     where i.secret_hash = ${hashOneTimeSecret(secret)} and i.accepted_at is null and i.revoked_at is null
       and i.expires_at > ${at}`.execute(db);
  const row = rows[0];
  if (row === undefined) return null;
  const account = await findAccount(db, row.email);
  return {
    email: row.email,
    organization: row.display_name,
    accountExists: account !== undefined,
    signsInElsewhere: await requiresSso(db, row.email),
    madeElsewhere: await isInForeignDomain(db, row.organization_id, row.email),
  };
}

/** Whether whoever has the link may make the account, with a password. */
export function mayMakeAccount(invitation: OpenInvitation): boolean {
  return !invitation.accountExists && !invitation.signsInElsewhere && !invitation.madeElsewhere;
}

/** Who accepts: somebody signed in, or a newcomer with the hash of the password they chose. */
export type Accepting =
  | { readonly kind: 'account'; readonly userId: string }
  | { readonly kind: 'newcomer'; readonly name: string; readonly passwordHash: string };

/**
 * Accepts once: whoever comes second finds it gone. An account that exists accepts only for itself: the link alone
 * never opens anybody's account. Answers whose membership it became.
 */
export async function acceptInvitationLink(
  db: Db,
  wanted: {
    readonly secret: string;
    readonly accepting: Accepting;
    readonly sourceAddress: string;
    readonly at: Date;
  },
): Promise<ProvedPerson | 'gone' | 'other_account'> {
  return db
    .transaction()
    .execute((trx) => accept(trx, wanted))
    .catch((error: unknown) => {
      if (error instanceof OtherAccount) return 'other_account' as const;
      throw error;
    });
}

interface AcceptedRow {
  readonly id: string;
  readonly organization_id: string;
  readonly email: string;
  readonly role: Role;
  readonly team_id: string | null;
}

/** Rolls the use of the link back. */
class OtherAccount extends Error {}

async function accept(
  trx: Trx,
  { secret, accepting, sourceAddress, at }: Parameters<typeof acceptInvitationLink>[1],
): Promise<ProvedPerson | 'gone'> {
  const secretHash = hashOneTimeSecret(secret);
  const found = await trx
    .selectFrom('invitations')
    .select('organization_id')
    .where('secret_hash', '=', secretHash)
    .executeTakeFirst();
  if (found === undefined) return 'gone';
  // The organization first, as whoever revokes or sends again does: neither may wait for the other.
  await lockOrganization(trx, found.organization_id);
  const { rows } = await sql<AcceptedRow>`
    update invitations set accepted_at = ${at} where secret_hash = ${secretHash}
       and accepted_at is null and revoked_at is null and expires_at > ${at}
    returning id, organization_id, email, role, team_id`.execute(trx);
  const invitation = rows[0];
  if (invitation === undefined) return 'gone';
  const { organization_id: organizationId } = invitation;
  const { account, created } = await ensureAccount(
    trx,
    { email: invitation.email, name: accepting.kind === 'newcomer' ? accepting.name : undefined },
    at,
  );
  if (accepting.kind === 'account' ? accepting.userId !== account.id : !created) throw new OtherAccount();
  if (accepting.kind === 'newcomer')
    await trx
      .updateTable('users')
      .set({ password_hash: accepting.passwordHash })
      .where('id', '=', account.id)
      .execute();
  const context: ChangeContext = {
    actor: { kind: 'user', userId: account.id, email: account.email, via: 'session' },
    sourceAddress,
    at,
  };
  await joinByInvitation(trx, context, { organizationId, account, invitation });
  return provedBy(trx, account.id);
}
