import { sql } from 'kysely';
import type { Member, MemberAddition, MemberAdditionAnswer } from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { demandUnchanged } from '../audit/made-from.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Trx } from '../database/connection.ts';
import type { Origin, Role } from '../database/schema.ts';
import { isInForeignDomain } from '../domains/foreign-domain.ts';
import { endSessionsOf } from '../identity/session-ends.ts';
import { endOverridesOfMembers } from '../overrides/override-service.ts';
import { lockOrganization, stampRecipients } from '../policies/recipients.ts';
import { lapseProofs } from '../second-factor/lapsed-proofs.ts';
import { ensureAccount } from './accounts.ts';
import { keepMember } from './deleted-members.ts';
import { endWhatExceeds } from './made-by-members.ts';
import { noSuchMember, readMember } from './member-list.ts';
import { createSetupLink } from './setup-links.ts';

/** Where the change happens. */
interface Where {
  readonly organizationId: string;
  readonly publicUrl: string;
}

/**
 * Adds a member by e-mail address. An account that does not exist yet is made, and its one-time password link
 * answered; for an account that exists there is no link: it may belong to others too. Nor is one made in a domain of
 * another organization, but by whoever runs the hub.
 */
export async function addMember(
  db: Db,
  context: ChangeContext,
  where: Where,
  wanted: MemberAddition,
): Promise<MemberAdditionAnswer> {
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, where.organizationId);
    const { account, created } = await ensureAccount(trx, wanted, context.at);
    const { organizationId } = where;
    const trusted = !created || context.actor.kind === 'system';
    if (!trusted && (await isInForeignDomain(trx, organizationId, account.email)))
      throw madeElsewhere(account.email);
    await joinOrganization(trx, context, { organizationId, account, role: wanted.role, origin: 'manual' });
    const link = created
      ? await createSetupLink(trx, { ...where, purpose: 'password', userId: account.id, at: context.at })
      : null;
    return {
      member: await readMember(trx, organizationId, account.id),
      passwordLink: link === null ? null : { url: link.url, expiresAt: link.expiresAt.toISOString() },
    };
  });
}

function madeElsewhere(email: string): RefusalError {
  return new RefusalError({
    code: 'forbidden',
    message: `${email} has no account yet and is in a domain of another organization, which makes the accounts of its people itself.`,
    help: 'Add them once an owner there has, or invite them: the invitation waits until they can sign in.',
  });
}

/** Makes an account a member, stamps its bundle and records it; the organization must be locked. */
export async function joinOrganization(
  trx: Trx,
  context: ChangeContext,
  joining: {
    readonly organizationId: string;
    readonly account: { readonly id: string; readonly email: string };
    readonly role: Role;
    readonly origin: Origin;
  },
): Promise<void> {
  const { organizationId, account, role, origin } = joining;
  const inserted = await trx
    .insertInto('memberships')
    .values({ organization_id: organizationId, user_id: account.id, role, origin, joined_at: context.at })
    .onConflict((conflict) => conflict.doNothing())
    .returning('user_id')
    .executeTakeFirst();
  if (inserted === undefined) {
    throw new RefusalError({
      code: 'conflict',
      message: `${account.email} is a member of this organization already.`,
      help: 'To change the role, change the member.',
    });
  }
  await stampRecipients(trx, {
    organizationId,
    recipients: { kind: 'users', userIds: [account.id] },
    at: context.at,
  });
  if (role === 'owner') await lapseProofs(trx, organizationId);
  await recordChange(trx, context, {
    organizationId,
    action: 'member.add',
    target: { kind: 'member', id: account.id, label: account.email },
    after: { role, origin },
  });
}

/** Changes a member's role, and ends the API tokens that may do more than it. The last owner stays one. */
export async function changeRole(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  change: { readonly userId: string; readonly role: Role },
): Promise<Member> {
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const before = await readMember(trx, organizationId, change.userId);
    const edited = { role: before.role };
    await demandUnchanged(trx, context, { organizationId, targetId: before.userId, edited });
    if (before.role === change.role) return before;
    if (before.role === 'owner') await refuseLastOwner(trx, organizationId, before.email);
    await trx
      .updateTable('memberships')
      .set({ role: change.role })
      .where('organization_id', '=', organizationId)
      .where('user_id', '=', change.userId)
      .execute();
    if (change.role === 'owner') await lapseProofs(trx, organizationId);
    const { userId, role } = change;
    await endWhatExceeds(trx, context, [{ organization_id: organizationId, user_id: userId, role }]);
    await recordChange(trx, context, {
      organizationId,
      action: 'member.role',
      target: { kind: 'member', id: before.userId, label: before.email },
      before: { role: before.role },
      after: { role: change.role },
    });
    return { ...before, role: change.role };
  });
}

/**
 * Ends a membership: team places, the assigned policy and the API tokens they made here go with it, the
 * account stays. The last owner is not removed.
 */
export async function removeMember(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  userId: string,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    await leaveOrganization(trx, context, organizationId, userId);
  });
}

/** The same within a transaction; the organization must be locked. A refusal comes before anything is written. */
export async function leaveOrganization(
  trx: Trx,
  context: ChangeContext,
  organizationId: string,
  userId: string,
): Promise<void> {
  const before = await readMember(trx, organizationId, userId);
  if (before.role === 'owner') await refuseLastOwner(trx, organizationId, before.email);
  const theirs = sql`o.organization_id = ${organizationId} and o.user_id = ${userId}`;
  await endOverridesOfMembers(trx, context, theirs);
  await keepMember(trx, context, organizationId, before);
  const removed = await trx
    .deleteFrom('memberships')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .returning('user_id')
    .executeTakeFirst();
  if (removed === undefined) throw noSuchMember();
  await endWhatExceeds(trx, context, [{ organization_id: organizationId, user_id: userId }]);
  await endSessionsOutside(trx, userId, context.at);
  await recordChange(trx, context, {
    organizationId,
    action: 'member.remove',
    target: { kind: 'member', id: userId, label: before.email },
    before: {
      role: before.role,
      origin: before.origin,
      teams: before.teams.map((team) => team.name),
      policy: before.policy?.name ?? null,
    },
  });
}

/** Sessions belong to the account: they end with its last membership. Elsewhere each organization refuses by itself. */
async function endSessionsOutside(trx: Trx, userId: string, at: Date): Promise<void> {
  const other = await trx
    .selectFrom('memberships')
    .select('user_id')
    .where('user_id', '=', userId)
    .limit(1)
    .executeTakeFirst();
  if (other === undefined) await endSessionsOf(trx, userId, { reason: 'account_removed', at });
}

/** The organization is locked, so nobody else can take away the other owner meanwhile. */
async function refuseLastOwner(trx: Trx, organizationId: string, email: string): Promise<void> {
  const { owners } = await trx
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .where('m.organization_id', '=', organizationId)
    .where('m.role', '=', 'owner')
    .where('u.disabled_at', 'is', null)
    .where('u.email', '!=', email)
    .select((select) => select.fn.countAll<number>().as('owners'))
    .executeTakeFirstOrThrow();
  if (owners > 0) return;
  throw new RefusalError({
    code: 'conflict',
    message: `${email} is the last owner: without an owner nobody could manage the organization.`,
    help: 'Make another member an owner first.',
  });
}
