import type { Trx } from '../database/connection.ts';
import { allowedOrganization } from './provisioning-scope.ts';
import { ScimError } from './scim-error.ts';
import type { ScimChange } from './user-entry.ts';
import { teamNamed } from './user-placement.ts';

/**
 * `organization:team`: the organization ends at the first colon. The team is made when it is missing; no second group
 * stands for it (`present`: the group that is being renamed).
 */
export async function teamOfGroup(
  trx: Trx,
  { connection, context }: ScimChange,
  displayName: string,
  present?: string,
) {
  const colon = displayName.indexOf(':');
  const organizationName = displayName.slice(0, Math.max(colon, 0)).trim();
  const team = displayName.slice(colon + 1).trim();
  if (colon < 0 || organizationName === '' || team === '') {
    throw new ScimError(
      400,
      `displayName must be organization:team, such as "${connection.organizationName}:developers"; "${displayName.slice(0, 100)}" is not.`,
      'invalidValue',
    );
  }
  const organization = await allowedOrganization(trx, connection, organizationName);
  const teamId = await teamNamed(trx, context, organization.id, team);
  const rival = await trx
    .selectFrom('scim_groups')
    .select('display_name')
    .where('connection_id', '=', connection.id)
    .where('team_id', '=', teamId)
    .where('id', '!=', present ?? NOBODY)
    .executeTakeFirst();
  if (rival !== undefined)
    throw new ScimError(409, `"${rival.display_name}" stands for that team already.`, 'uniqueness');
  return { organizationId: organization.id, teamId };
}

const NOBODY = '00000000-0000-0000-0000-000000000000';
