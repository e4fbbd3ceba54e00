import type { Ownership } from '../../shared/contracts/hub-provisioning.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Reader } from '../database/connection.ts';
import { readMember } from '../organizations/member-list.ts';
import { lockOrganization } from '../policies/recipients.ts';

/** What a member made in the organization and would end, or be nobody's, with their removal. */
export async function readOwnership(
  reader: Reader,
  organizationId: string,
  userId: string,
): Promise<Ownership> {
  const member = await readMember(reader, organizationId, userId);
  const tokens = await reader
    .selectFrom('api_tokens')
    .select(['id', 'name'])
    .where('organization_id', '=', organizationId)
    .where('created_by', '=', userId)
    .where('revoked_at', 'is', null)
    .orderBy('name')
    .execute();
  const { invitations } = await reader
    .selectFrom('invitations')
    .select((count) => count.fn.countAll<number>().as('invitations'))
    .where('organization_id', '=', organizationId)
    .where('invited_by', '=', userId)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow();
  // Who is disabled cannot manage it: a removal does not count them either.
  const { others } = await reader
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select((count) => count.fn.countAll<number>().as('others'))
    .where('m.organization_id', '=', organizationId)
    .where('m.role', '=', 'owner')
    .where('m.user_id', '!=', userId)
    .where('u.disabled_at', 'is', null)
    .executeTakeFirstOrThrow();
  return { tokens, invitations, onlyOwner: member.role === 'owner' && others === 0 };
}

/** Gives API tokens and open invitations of one member to another, who must be an owner. */
export async function transferOwnership(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  wanted: { readonly fromUserId: string; readonly toUserId: string },
): Promise<{ readonly tokens: number; readonly invitations: number }> {
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const from = await readMember(trx, organizationId, wanted.fromUserId);
    const to = await readMember(trx, organizationId, wanted.toUserId);
    // Tokens act with a role of their own: whoever answers for them must be allowed at least as much.
    if (to.role !== 'owner')
      throw new RefusalError({
        code: 'conflict',
        message: `${to.email} is not an owner.`,
        help: 'Choose an owner.',
      });
    const tokens = await trx
      .updateTable('api_tokens')
      .set({ created_by: to.userId })
      .where('organization_id', '=', organizationId)
      .where('created_by', '=', from.userId)
      .where('revoked_at', 'is', null)
      .returning('id')
      .execute();
    const invitations = await trx
      .updateTable('invitations')
      .set({ invited_by: to.userId })
      .where('organization_id', '=', organizationId)
      .where('invited_by', '=', from.userId)
      .where('accepted_at', 'is', null)
      .where('revoked_at', 'is', null)
      .returning('id')
      .execute();
    const moved = { tokens: tokens.length, invitations: invitations.length };
    await recordChange(trx, context, {
      organizationId,
      action: 'member.transfer',
      target: { kind: 'member', id: from.userId, label: from.email },
      after: { to: to.email, ...moved },
    });
    return moved;
  });
}
