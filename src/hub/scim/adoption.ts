import { sql } from 'kysely';
import { recordChange } from '../audit/record.ts';
import type { Trx } from '../database/connection.ts';
import { ScimError } from './scim-error.ts';
import type { ScimChange } from './user-entry.ts';
import { placeUser } from './user-placement.ts';
import type { ScimUserRow } from './user-resource.ts';

/**
 * Makes a member that sign-in created one of SCIM's: the same account, the same membership, no gap. Refused with 409
 * unless the connection's switch allows it.
 */
export async function adopt(
  trx: Trx,
  { connection, context }: Pick<ScimChange, 'connection' | 'context'>,
  row: ScimUserRow,
): Promise<ScimUserRow> {
  if (!connection.adopts) {
    throw new ScimError(
      409,
      `${row.user_name} was created by signing in (just-in-time) and is not managed by SCIM. Remove the member and provision again, or switch on "SCIM adopts members created by sign-in" for the connection.`,
      'uniqueness',
    );
  }
  await sql`update memberships set origin = 'scim', connection_id = ${connection.id}
    where user_id = ${row.user_id} and origin = 'jit' and connection_id = ${connection.id}`.execute(trx);
  await sql`update team_members set origin = 'scim', connection_id = ${connection.id}
    where user_id = ${row.user_id} and origin = 'jit' and connection_id = ${connection.id}`.execute(trx);
  await recordChange(trx, context, {
    organizationId: connection.organizationId,
    action: 'scim.user.adopt',
    target: { kind: 'member', id: row.user_id, label: row.user_name },
    before: { origin: 'jit' },
    after: { origin: 'scim' },
  });
  const placement = await placeUser(trx, connection, row.resource, context);
  return trx
    .updateTable('scim_users')
    .set({
      managed: true,
      placement_organization_id: placement.organizationId,
      placement_role: placement.role,
      placement_team_id: placement.teamId,
    })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}
