import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Trx } from '../database/connection.ts';
import type { Role } from '../database/schema.ts';
import { joinOrganization } from '../organizations/member-service.ts';
import { joinTeam } from '../teams/team-places.ts';

/**
 * What an invitation that was just accepted brings: the membership, and the team it names. Whoever came in another way
 * meanwhile keeps role and origin; that the invitation is used up is an event of its own then, since no joining tells it.
 */
export async function joinByInvitation(
  trx: Trx,
  context: ChangeContext,
  accepted: {
    readonly organizationId: string;
    readonly account: { readonly id: string; readonly email: string };
    readonly invitation: { readonly id: string; readonly role: Role; readonly team_id: string | null };
  },
): Promise<void> {
  const { organizationId, account, invitation } = accepted;
  const member = await trx
    .selectFrom('memberships')
    .select('user_id')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', account.id)
    .executeTakeFirst();
  if (member === undefined) {
    const { role } = invitation;
    await joinOrganization(trx, context, { organizationId, account, role, origin: 'invitation' });
  } else {
    const target = { kind: 'invitation', id: invitation.id, label: account.email };
    await recordChange(trx, context, { organizationId, action: 'invitation.accept', target });
  }
  if (invitation.team_id === null) return;
  const teamId = invitation.team_id;
  await joinTeam(trx, context, { organizationId, teamId, account, origin: 'invitation' });
}
