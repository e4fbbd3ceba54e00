import type { HubContext } from '../server.ts';
import { isKnown, requireMatch } from './entity-tag.ts';
import { findResources } from './find-resources.ts';
import { GROUP_COLUMNS } from './group-columns.ts';
import { groupResources, type ScimGroupRow } from './group-resource.ts';
import { createGroup, deleteGroup, patchGroup, readGroup, replaceGroup } from './group-service.ts';
import { isObject, type JsonObject } from './json.ts';
import { LIST_SCHEMA, readListRequest } from './list-request.ts';
import { readPatch } from './patch.ts';
import { readProjection } from './projection.ts';
import { readBody } from './resource-body.ts';
import { GROUP } from './schema/group.ts';
import type { ScimHandler, ScimRequest, ScimRoute } from './scim-route.ts';

/** `/Groups` (RFC 7644 section 3). */
export function groupRoutes({ db }: HubContext): readonly ScimRoute[] {
  const show = async (request: ScimRequest, row: ScimGroupRow): Promise<JsonObject> => {
    const { attributes, excludedAttributes } = isObject(request.query) ? request.query : {};
    const projection = readProjection(GROUP, attributes, excludedAttributes);
    const [shown = {}] = await groupResources(db, [row], { base: request.base, projection });
    return shown;
  };
  const search =
    (parameters: (request: ScimRequest) => unknown): ScimHandler =>
    async (request) => {
      const wanted = readListRequest(GROUP, parameters(request));
      const page = await findResources<ScimGroupRow>(db, {
        table: 'scim_groups',
        columns: GROUP_COLUMNS,
        connectionId: request.connection.id,
        request: wanted,
      });
      const shown = await groupResources(db, page.rows, {
        base: request.base,
        projection: wanted.projection,
      });
      return {
        schemas: [LIST_SCHEMA],
        totalResults: page.total,
        startIndex: wanted.startIndex,
        itemsPerPage: shown.length,
        Resources: shown,
      };
    };
  return [
    { method: 'GET', path: '/Groups', handler: search((request) => request.query) },
    { method: 'POST', path: '/Groups/.search', handler: search((request) => request.body) },
    {
      method: 'POST',
      path: '/Groups',
      handler: async (request, reply) => {
        const row = await createGroup(db, request, readBody(GROUP, request.body));
        const shown = await show(request, row);
        void reply
          .code(201)
          .header('location', `${request.base}/Groups/${row.id}`)
          .header('etag', `W/"${row.version}"`);
        return shown;
      },
    },
    {
      method: 'GET',
      path: '/Groups/:id',
      handler: async (request, reply, { id }) => {
        const row = await readGroup(db, request.connection, id);
        requireMatch(request.ifMatch, row.version);
        void reply.header('etag', `W/"${row.version}"`);
        if (isKnown(request.ifNoneMatch, row.version)) return void reply.code(304);
        return show(request, row);
      },
    },
    {
      method: 'PUT',
      path: '/Groups/:id',
      handler: async (request, reply, { id }) => {
        const row = await replaceGroup(db, request, id, readBody(GROUP, request.body));
        void reply.header('etag', `W/"${row.version}"`);
        return show(request, row);
      },
    },
    {
      method: 'PATCH',
      path: '/Groups/:id',
      handler: async (request, reply, { id }) => {
        const row = await patchGroup(db, request, id, readPatch(request.body));
        void reply.header('etag', `W/"${row.version}"`);
        // Answering with thousands of members after each push is what clients advise against (RFC 7644 section 3.5.2).
        if (isObject(request.query) && request.query.attributes !== undefined) return show(request, row);
        return void reply.code(204);
      },
    },
    {
      method: 'DELETE',
      path: '/Groups/:id',
      handler: async (request, reply, { id }) => {
        await deleteGroup(db, request, id);
        void reply.code(204);
      },
    },
  ];
}
