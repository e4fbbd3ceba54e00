import type { HubContext } from '../server.ts';
import type { JsonObject } from './json.ts';
import { listAnswer, readListRequest } from './list-request.ts';
import { findShown, GROUPS, type ResourceKind, USERS } from './resource-kind.ts';
import { searchOf } from './resource-routes.ts';
import { USER } from './schema/user.ts';
import { ScimError } from './scim-error.ts';
import type { ScimRequest, ScimRoute } from './scim-route.ts';

/** One kind of resource within a search of all: how many match, and a slice of them. */
interface Matches {
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
        searchOf(request);
        const kinds = await Promise.all([
          settled(matches(context, request, USERS)),
          settled(matches(context, request, GROUPS)),
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
        return listAnswer(startIndex, before, shown);
      },
    },
  ];
}

/** A kind that cannot answer the filter or order at all is passed over, unless every kind is. */
async function settled(kind: Promise<Matches>): Promise<Matches | ScimError> {
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

async function matches<Row>(
  { db }: HubContext,
  request: ScimRequest,
  kind: ResourceKind<Row>,
): Promise<Matches> {
  const wanted = readListRequest(kind.type, request.body);
  const { total } = await findShown(db, kind, request, { ...wanted, count: 0 });
  return {
    total,
    slice: async (startIndex, count) =>
      (await findShown(db, kind, request, { ...wanted, startIndex, count })).shown,
  };
}
