import type { ChangeContext } from '../audit/record.ts';
import type { Trx } from '../database/connection.ts';
import type { Role } from '../database/schema.ts';
import { ensureTeam } from '../teams/team-places.ts';
import { UNSET_ROLE } from './default-role.ts';
import { isObject } from './json.ts';
import { allowedOrganization } from './provisioning-scope.ts';
import type { ResourceBody } from './resource-body.ts';
import { DOCKER_USER_SCHEMA } from './schema/user.ts';
import { ScimError } from './scim-error.ts';
import type { ScimConnection } from './tokens.ts';

/** Where a provisioned user belongs by their own attributes, apart from groups. */
export interface Placement {
  readonly organizationId: string;
  readonly role: Role;
  readonly teamId: string | null;
}

/** Role and placement as the client sent them. */
export interface PlacementAttributes {
  readonly role: string | undefined;
  readonly organization: string | undefined;
  readonly team: string | undefined;
}

/** The extension's three attributes; white space around them is not meant. */
export function placementAttributes(resource: ResourceBody): PlacementAttributes {
  const extension = resource[DOCKER_USER_SCHEMA.id];
  const read = (name: string): string | undefined => {
    const value = isObject(extension) ? extension[name] : undefined;
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  };
  return { role: read('dockerRole'), organization: read('dockerOrg'), team: read('dockerTeam') };
}

/**
 * Decides organization, role and team (docs/identity.md section 4): `dockerOrg` replaces the default organization
 * and skips the default team; `dockerTeam` is in that organization, and created when missing.
 */
export async function placeUser(
  trx: Trx,
  connection: ScimConnection,
  resource: ResourceBody,
  context: ChangeContext,
): Promise<Placement> {
  const wanted = placementAttributes(resource);
  const role = readRole(wanted.role);
  const organization = await allowedOrganization(
    trx,
    connection,
    wanted.organization ?? connection.organizationName,
  );
  if (role === 'owner' && organization.id !== connection.organizationId) {
    throw new ScimError(
      400,
      `owner is granted only in ${connection.organizationName}, the connection's own organization.`,
      'invalidValue',
    );
  }
  const team = wanted.team ?? (wanted.organization === undefined ? connection.defaultTeam : null);
  const teamId = team === null ? null : await teamNamed(trx, context, organization.id, team);
  return { organizationId: organization.id, role, teamId };
}

function readRole(value: string | undefined): Role {
  const folded = value?.toLowerCase() ?? UNSET_ROLE;
  if (folded === 'member' || folded === 'editor' || folded === 'owner') return folded;
  throw new ScimError(400, `dockerRole is member, editor or owner, not "${value}".`, 'invalidValue');
}

/** The team of that name, created when it is missing. Throws 400 for a name that is too long. */
export async function teamNamed(
  trx: Trx,
  context: ChangeContext,
  organizationId: string,
  name: string,
): Promise<string> {
  if (name.length > 200)
    throw new ScimError(400, 'The name of a team has at most 200 characters.', 'invalidValue');
  return ensureTeam(trx, context, organizationId, name);
}
