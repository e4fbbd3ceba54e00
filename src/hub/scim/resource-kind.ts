import type { Db, Reader } from '../database/connection.ts';
import type { Columns } from './filter/filter-to-sql.ts';
import { findResources } from './find-resources.ts';
import { GROUP_COLUMNS } from './group-columns.ts';
import { groupResources, type ScimGroupRow } from './group-resource.ts';
import { createGroup, deleteGroup, patchGroup, readGroup, replaceGroup } from './group-service.ts';
import type { JsonObject } from './json.ts';
import type { ListRequest } from './list-request.ts';
import type { PatchOperation } from './patch.ts';
import type { Projection } from './projection.ts';
import type { ResourceBody } from './resource-body.ts';
import type { ResourceType } from './schema/attribute.ts';
import { GROUP } from './schema/group.ts';
import { USER } from './schema/user.ts';
import type { ScimConnection } from './tokens.ts';
import { USER_COLUMNS } from './user-columns.ts';
import type { ScimChange } from './user-entry.ts';
import { type ScimUserRow, userResources } from './user-resource.ts';
import { createUser, deleteUser, patchUser, readUser, replaceUser } from './user-service.ts';

/** How resources are shown: under which address, and which of their attributes. */
export interface Showing {
  readonly base: string;
  readonly projection: Projection;
  /** They were made just now: nothing can refer to them yet. */
  readonly fresh?: boolean;
}

/** One kind of resource: where it is kept and what can be done with it. */
export interface ResourceKind<Row> {
  readonly path: '/Users' | '/Groups';
  readonly type: ResourceType;
  readonly table: 'scim_users' | 'scim_groups';
  readonly columns: Columns;
  /** Whether PATCH answers with the resource though the client named no attributes (RFC 7644 section 3.5.2). */
  readonly patchShows: boolean;
  show(reader: Reader, rows: readonly Row[], showing: Showing): Promise<readonly JsonObject[]>;
  read(reader: Reader, connection: ScimConnection, id: string): Promise<Row>;
  create(db: Db, change: ScimChange, body: ResourceBody): Promise<Row>;
  replace(db: Db, change: ScimChange, id: string, body: ResourceBody): Promise<Row>;
  patch(db: Db, change: ScimChange, id: string, operations: readonly PatchOperation[]): Promise<Row>;
  remove(db: Db, change: ScimChange, id: string): Promise<void>;
}

/** People. */
export const USERS: ResourceKind<ScimUserRow> = {
  path: '/Users',
  type: USER,
  table: 'scim_users',
  columns: USER_COLUMNS,
  patchShows: true,
  show: userResources,
  read: readUser,
  create: createUser,
  replace: replaceUser,
  patch: patchUser,
  remove: deleteUser,
};

/** Groups; answering each push with thousands of members is what clients advise against. */
export const GROUPS: ResourceKind<ScimGroupRow> = {
  path: '/Groups',
  type: GROUP,
  table: 'scim_groups',
  columns: GROUP_COLUMNS,
  patchShows: false,
  show: groupResources,
  read: readGroup,
  create: createGroup,
  replace: replaceGroup,
  patch: patchGroup,
  remove: deleteGroup,
};

/** A page of resources as an answer shows it, and how many there are in all. */
export async function findShown<Row>(
  reader: Reader,
  kind: ResourceKind<Row>,
  where: { readonly connection: ScimConnection; readonly base: string },
  request: ListRequest,
): Promise<{ readonly total: number; readonly shown: readonly JsonObject[] }> {
  const { total, rows } = await findResources<Row>(reader, {
    table: kind.table,
    columns: kind.columns,
    connectionId: where.connection.id,
    request,
  });
  const shown = await kind.show(reader, rows, { base: where.base, projection: request.projection });
  return { total, shown };
}
