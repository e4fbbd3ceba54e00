import { sql } from 'kysely';
import type { ChangeContext } from '../audit/record.ts';
import type { Trx } from '../database/connection.ts';
import type { Role } from '../database/schema.ts';
import { joinOrganization } from '../organizations/member-service.ts';
import { joinTeam } from '../teams/team-places.ts';

/** Accepts a pending invitation to the organization, where there is one, and joins its team. */
export async function acceptInvitation(
  trx: Trx,
  context: ChangeContext,
  who: { readonly organizationId: string; readonly account: { readonly id: string; readonly email: string } },
): Promise<void> {
  const { organizationId, account } = who;
  const { rows } = await sql<{ role: Role; team_id: string | null }>`
    update invitations set accepted_at = ${context.at}
     where organization_id = ${organizationId} and lower(email) = lower(${account.email})
       and accepted_at is null and revoked_at is null and expires_at > ${context.at}
    returning role, team_id`.execute(trx);
  const invitation = rows[0];
  if (invitation === undefined) return;
  const member = await trx
    .selectFrom('memberships')
    .select('user_id')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', account.id)
    .executeTakeFirst();
  if (member === undefined)
    await joinOrganization(trx, context, {
      organizationId,
      account,
      role: invitation.role,
      origin: 'invitation',
    });
  if (invitation.team_id === null) return;
  const teamId = invitation.team_id;
  await joinTeam(trx, context, { organizationId, teamId, account, origin: 'invitation' });
}
