import type { HubContext } from '../server.ts';
import { isKnown, requireMatch } from './entity-tag.ts';
import { findResources } from './find-resources.ts';
import { isObject, type JsonObject } from './json.ts';
import { LIST_SCHEMA, readListRequest } from './list-request.ts';
import { readPatch } from './patch.ts';
import { readProjection } from './projection.ts';
import { readBody } from './resource-body.ts';
import { USER } from './schema/user.ts';
import type { ScimHandler, ScimRequest, ScimRoute } from './scim-route.ts';
import { USER_COLUMNS } from './user-columns.ts';
import { type ScimUserRow, userResources } from './user-resource.ts';
import { createUser, deleteUser, patchUser, readUser, replaceUser } from './user-service.ts';

/** `/Users` (RFC 7644 section 3). */
export function userRoutes({ db }: HubContext): readonly ScimRoute[] {
  const show = async (request: ScimRequest, row: ScimUserRow, fresh = false): Promise<JsonObject> => {
    const { attributes, excludedAttributes } = isObject(request.query) ? request.query : {};
    const projection = readProjection(USER, attributes, excludedAttributes);
    const [shown = {}] = await userResources(db, [row], { base: request.base, projection, fresh });
    return shown;
  };
  const search =
    (parameters: (request: ScimRequest) => unknown): ScimHandler =>
    async (request) => {
      const wanted = readListRequest(USER, parameters(request));
      const page = await findResources<ScimUserRow>(db, {
        table: 'scim_users',
        columns: USER_COLUMNS,
        connectionId: request.connection.id,
        request: wanted,
      });
      const shown = await userResources(db, page.rows, { base: request.base, projection: wanted.projection });
      return {
        schemas: [LIST_SCHEMA],
        totalResults: page.total,
        startIndex: wanted.startIndex,
        itemsPerPage: shown.length,
        Resources: shown,
      };
    };
  return [
    { method: 'GET', path: '/Users', handler: search((request) => request.query) },
    { method: 'POST', path: '/Users/.search', handler: search((request) => request.body) },
    {
      method: 'POST',
      path: '/Users',
      handler: async (request, reply) => {
        const row = await createUser(db, request, readBody(USER, request.body));
        const shown = await show(request, row, row.version === 1);
        void reply
          .code(201)
          .header('location', `${request.base}/Users/${row.id}`)
          .header('etag', `W/"${row.version}"`);
        return shown;
      },
    },
    {
      method: 'GET',
      path: '/Users/:id',
      handler: async (request, reply, { id }) => {
        const row = await readUser(db, request.connection, id);
        requireMatch(request.ifMatch, row.version);
        void reply.header('etag', `W/"${row.version}"`);
        if (isKnown(request.ifNoneMatch, row.version)) return void reply.code(304);
        return show(request, row);
      },
    },
    {
      method: 'PUT',
      path: '/Users/:id',
      handler: async (request, reply, { id }) => {
        const row = await replaceUser(db, request, id, readBody(USER, request.body));
        void reply.header('etag', `W/"${row.version}"`);
        return show(request, row);
      },
    },
    {
      method: 'PATCH',
      path: '/Users/:id',
      handler: async (request, reply, { id }) => {
        const row = await patchUser(db, request, id, readPatch(request.body));
        void reply.header('etag', `W/"${row.version}"`);
        return show(request, row);
      },
    },
    {
      method: 'DELETE',
      path: '/Users/:id',
      handler: async (request, reply, { id }) => {
        await deleteUser(db, request, id);
        void reply.code(204);
      },
    },
  ];
}
