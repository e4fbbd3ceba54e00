import { sql } from 'kysely';
import type { ChangeContext } from '../audit/record.ts';
import type { Trx } from '../database/connection.ts';
import type { Role } from '../database/schema.ts';
import { joinByInvitation } from '../invitations/join-by-invitation.ts';

/** Accepts a pending invitation to the organization, where there is one, and joins its team. */
export async function acceptInvitation(
  trx: Trx,
  context: ChangeContext,
  who: { readonly organizationId: string; readonly account: { readonly id: string; readonly email: string } },
): Promise<void> {
  const { organizationId, account } = who;
  const { rows } = await sql<{ id: string; role: Role; team_id: string | null }>`
    update invitations set accepted_at = ${context.at}
     where organization_id = ${organizationId} and lower(email) = lower(${account.email})
       and accepted_at is null and revoked_at is null and expires_at > ${context.at}
    returning id, role, team_id`.execute(trx);
  const invitation = rows[0];
  if (invitation !== undefined) await joinByInvitation(trx, context, { organizationId, account, invitation });
}
