import { type Selectable, sql } from 'kysely';
import type { Reader } from '../database/connection.ts';
import { entityTag } from './entity-tag.ts';
import type { JsonObject } from './json.ts';
import { type Projection, project, shows } from './projection.ts';
import { GROUP } from './schema/group.ts';
import type { ScimGroupsTable } from './tables.ts';

/** A row of `scim_groups`. */
export type ScimGroupRow = Selectable<ScimGroupsTable>;

interface MemberOfGroup {
  readonly group_id: string;
  readonly id: string;
  readonly user_name: string;
}

/** Groups as answers show them; members are read only where they are shown, for a team may have thousands. */
export async function groupResources(
  reader: Reader,
  rows: readonly ScimGroupRow[],
  options: { readonly base: string; readonly projection: Projection },
): Promise<readonly JsonObject[]> {
  const { base, projection } = options;
  const members = shows(projection, 'members') ? await membersOf(reader, rows) : null;
  return rows.map((row) => {
    const resource: JsonObject = {
      schemas: [GROUP.schema.id],
      id: row.id,
      ...(row.external_id === null ? {} : { externalId: row.external_id }),
      displayName: row.display_name,
      ...(members === null
        ? {}
        : {
            members: (members.get(row.id) ?? []).map((member) => ({
              value: member.id,
              $ref: `${base}/Users/${member.id}`,
              display: member.user_name,
              type: 'User',
            })),
          }),
      meta: {
        resourceType: 'Group',
        created: row.created_at.toISOString(),
        lastModified: row.updated_at.toISOString(),
        location: `${base}/Groups/${row.id}`,
        version: entityTag(row.version),
      },
    };
    return project(GROUP, resource, projection);
  });
}

async function membersOf(
  reader: Reader,
  rows: readonly ScimGroupRow[],
): Promise<Map<string, MemberOfGroup[]>> {
  if (rows.length === 0) return new Map();
  const found = await sql<MemberOfGroup>`select gm.group_id, u.id, u.user_name from scim_group_members gm
    join scim_users u on u.id = gm.scim_user_id
    where gm.group_id = any(${rows.map((row) => row.id)}::uuid[]) order by u.created_at, u.id`.execute(
    reader,
  );
  return Map.groupBy(found.rows, (row) => row.group_id);
}
