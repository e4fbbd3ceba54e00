import type { Db } from '../database/connection.ts';
import { entityTag, isKnown, requireMatch } from './entity-tag.ts';
import { isObject, type JsonObject } from './json.ts';
import { listAnswer, readListRequest } from './list-request.ts';
import { readPatch } from './patch.ts';
import { readProjection } from './projection.ts';
import { readBody } from './resource-body.ts';
import { findShown, type ResourceKind } from './resource-kind.ts';
import { BODY_SCHEMAS, requireSaid } from './said-schemas.ts';
import { ScimError } from './scim-error.ts';
import type { ScimHandler, ScimRequest, ScimRoute } from './scim-route.ts';

/** `/Users` or `/Groups`: everything that RFC 7644 section 3 has for a kind of resource. */
export function resourceRoutes<Row extends { readonly id: string; readonly version: number }>(
  db: Db,
  kind: ResourceKind<Row>,
): readonly ScimRoute[] {
  const { path, type } = kind;
  // Read before anything is changed: a request that is refused for its query has done nothing.
  const answering = ({ query, base }: ScimRequest) => {
    const { attributes, excludedAttributes } = isObject(query) ? query : {};
    const projection = readProjection(type, attributes, excludedAttributes);
    return async (row: Row, fresh = false): Promise<JsonObject> => {
      const [shown = {}] = await kind.show(db, [row], { base, projection, fresh });
      return shown;
    };
  };
  const create: ScimHandler = async (request, reply) => {
    const show = answering(request);
    const row = await kind.create(db, request, readBody(type, request.body));
    const shown = await show(row, row.version === 1);
    void reply
      .code(201)
      .header('location', `${request.base}${path}/${row.id}`)
      .header('etag', entityTag(row.version));
    return shown;
  };
  const read: ScimHandler = async (request, reply, { id }) => {
    const show = answering(request);
    const row = await kind.read(db, request.connection, id);
    requireMatch(request.ifMatch, row.version);
    void reply.header('etag', entityTag(row.version));
    if (isKnown(request.ifNoneMatch, row.version)) return void reply.code(304);
    return show(row);
  };
  const replace: ScimHandler = async (request, reply, { id }) => {
    const show = answering(request);
    const row = await kind.replace(db, request, id, readBody(type, request.body));
    void reply.header('etag', entityTag(row.version));
    return show(row);
  };
  const patch: ScimHandler = async (request, reply, { id }) => {
    const show = answering(request);
    const row = await kind.patch(db, request, id, readPatch(request.body));
    void reply.header('etag', entityTag(row.version));
    const asked = isObject(request.query) && request.query.attributes !== undefined;
    return kind.patchShows || asked ? show(row) : void reply.code(204);
  };
  const remove: ScimHandler = async (request, reply, { id }) => {
    await kind.remove(db, request, id);
    void reply.code(204);
  };
  return [
    { method: 'GET', path, handler: search(db, kind, ({ query }) => query) },
    { method: 'POST', path: `${path}/.search`, handler: search(db, kind, searchOf) },
    { method: 'POST', path, handler: create },
    { method: 'GET', path: `${path}/:id`, handler: read },
    { method: 'PUT', path: `${path}/:id`, handler: replace },
    { method: 'PATCH', path: `${path}/:id`, handler: patch },
    { method: 'DELETE', path: `${path}/:id`, handler: remove },
  ];
}

/** The parameters of a search that is a body (RFC 7644 section 3.4.3). Throws 400 for a body that is something else. */
export function searchOf({ body }: Pick<ScimRequest, 'body'>): unknown {
  // Without a body nothing is asked for in particular.
  if (body !== undefined && !isObject(body))
    throw new ScimError(
      400,
      'A search is a JSON object, such as {"filter": "userName pr"}.',
      'invalidSyntax',
    );
  requireSaid(body, BODY_SCHEMAS.search);
  return body;
}

function search<Row>(
  db: Db,
  kind: ResourceKind<Row>,
  parameters: (request: ScimRequest) => unknown,
): ScimHandler {
  return async (request) => {
    const wanted = readListRequest(kind.type, parameters(request));
    const { total, shown } = await findShown(db, kind, request, wanted);
    return listAnswer(wanted.startIndex, total, shown);
  };
}
