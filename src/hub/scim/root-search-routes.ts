import type { HubContext } from '../server.ts';
import { findResources } from './find-resources.ts';
import { GROUP_COLUMNS } from './group-columns.ts';
import { groupResources, type ScimGroupRow } from './group-resource.ts';
import type { JsonObject } from './json.ts';
import { LIST_SCHEMA, type ListRequest, readListRequest } from './list-request.ts';
import { GROUP } from './schema/group.ts';
import { USER } from './schema/user.ts';
import { ScimError } from './scim-error.ts';
import type { ScimRequest, ScimRoute } from './scim-route.ts';
import { USER_COLUMNS } from './user-columns.ts';
import { type ScimUserRow, userResources } from './user-resource.ts';

/** One kind of resource within a search of all: how many match, and a slice of them. */
interface Kind {
  readonly total: number;
  slice(startIndex: number, count: number): Promise<readonly JsonObject[]>;
}

/**
 * `POST /.search` at the base: every kind of resource as one list, users before groups, each in the order asked for
 * (RFC 7644 section 3.4.3). An attribute that one kind does not have matches nothing of that kind.
 */
export function rootSearchRoutes(context: HubContext): readonly ScimRoute[] {
  return [
    {
      method: 'POST',
      path: '/.search',
      handler: async (request) => {
        const kinds = await Promise.all([
          settled(users(context, request)),
          settled(groups(context, request)),
        ]);
        const found = kinds.flatMap((kind) => (kind instanceof ScimError ? [] : [kind]));
        const refusal = kinds.find((kind) => kind instanceof ScimError);
        if (found.length === 0 && refusal instanceof ScimError) throw refusal;
        const { startIndex, count } = readListRequest(USER, withoutNames(request.body));
        const shown: JsonObject[] = [];
        let before = 0;
        for (const kind of found) {
          const first = Math.max(startIndex + shown.length - before, 1);
          if (shown.length < count && first <= kind.total)
            shown.push(...(await kind.slice(first, count - shown.length)));
          before += kind.total;
        }
        return {
          schemas: [LIST_SCHEMA],
          totalResults: before,
          startIndex,
          itemsPerPage: shown.length,
          Resources: shown,
        };
      },
    },
  ];
}

/** A kind that cannot answer the filter or order at all is passed over, unless every kind is. */
async function settled(kind: Promise<Kind>): Promise<Kind | ScimError> {
  try {
    return await kind;
  } catch (error) {
    if (error instanceof ScimError && error.status === 400) return error;
    throw error;
  }
}

// Numbers are read apart from names: a name that only one kind knows must not spoil them.
function withoutNames(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  const { startIndex, count } = { startIndex: undefined, count: undefined, ...body };
  return { startIndex, count };
}

async function users({ db }: HubContext, { connection, base, body }: ScimRequest): Promise<Kind> {
  const wanted = readListRequest(USER, body);
  const find = (request: ListRequest) =>
    findResources<ScimUserRow>(db, {
      table: 'scim_users',
      columns: USER_COLUMNS,
      connectionId: connection.id,
      request,
    });
  const { total } = await find({ ...wanted, count: 0 });
  return {
    total,
    slice: async (startIndex, count) =>
      userResources(db, (await find({ ...wanted, startIndex, count })).rows, {
        base,
        projection: wanted.projection,
      }),
  };
}

async function groups({ db }: HubContext, { connection, base, body }: ScimRequest): Promise<Kind> {
  const wanted = readListRequest(GROUP, body);
  const find = (request: ListRequest) =>
    findResources<ScimGroupRow>(db, {
      table: 'scim_groups',
      columns: GROUP_COLUMNS,
      connectionId: connection.id,
      request,
    });
  const { total } = await find({ ...wanted, count: 0 });
  return {
    total,
    slice: async (startIndex, count) =>
      groupResources(db, (await find({ ...wanted, startIndex, count })).rows, {
        base,
        projection: wanted.projection,
      }),
  };
}
