import { type Selectable, sql } from 'kysely';
import type { Reader } from '../database/connection.ts';
import { withDefaultRole } from './default-role.ts';
import { entityTag } from './entity-tag.ts';
import type { JsonObject } from './json.ts';
import { type Projection, project, shows } from './projection.ts';
import { schemasOf } from './resource-body.ts';
import { USER } from './schema/user.ts';
import type { ScimUsersTable } from './tables.ts';

/** A row of `scim_users`. */
export type ScimUserRow = Selectable<ScimUsersTable>;

interface GroupOfUser {
  readonly scim_user_id: string;
  readonly id: string;
  readonly display_name: string;
}

/** Users as answers show them, in the order of the rows. */
export async function userResources(
  reader: Reader,
  rows: readonly ScimUserRow[],
  options: {
    readonly base: string;
    readonly projection: Projection;
    /** They were made just now: nobody can have put them into a group. */
    readonly fresh?: boolean;
  },
): Promise<readonly JsonObject[]> {
  const { base, projection, fresh = false } = options;
  const groups =
    !fresh && shows(projection, 'groups') ? await groupsOf(reader, rows) : new Map<string, GroupOfUser[]>();
  return rows.map((row) => {
    const memberOf = groups.get(row.id) ?? [];
    const attributes = row.managed ? withDefaultRole(row.resource) : row.resource;
    const resource: JsonObject = {
      schemas: schemasOf(USER, attributes),
      id: row.id,
      ...(row.external_id === null ? {} : { externalId: row.external_id }),
      ...attributes,
      userName: row.user_name,
      active: row.active,
      ...(memberOf.length === 0
        ? {}
        : {
            groups: memberOf.map((group) => ({
              value: group.id,
              $ref: `${base}/Groups/${group.id}`,
              display: group.display_name,
              type: 'direct',
            })),
          }),
      meta: {
        resourceType: 'User',
        created: row.created_at.toISOString(),
        lastModified: row.updated_at.toISOString(),
        location: `${base}/Users/${row.id}`,
        version: entityTag(row.version),
      },
    };
    return project(USER, resource, projection);
  });
}

async function groupsOf(reader: Reader, rows: readonly ScimUserRow[]): Promise<Map<string, GroupOfUser[]>> {
  if (rows.length === 0) return new Map();
  const found = await sql<GroupOfUser>`select gm.scim_user_id, g.id, g.display_name from scim_group_members gm
    join scim_groups g on g.id = gm.group_id
    where gm.scim_user_id = any(${rows.map((row) => row.id)}::uuid[]) order by g.created_at, g.id`.execute(
    reader,
  );
  return Map.groupBy(found.rows, (row) => row.scim_user_id);
}
