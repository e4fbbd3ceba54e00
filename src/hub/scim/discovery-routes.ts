import {
  allSchemas,
  RESOURCE_TYPES,
  resourceTypeDocument,
  schemaDocument,
  serviceProviderConfig,
} from './discovery.ts';
import { isObject, type JsonObject } from './json.ts';
import { LIST_SCHEMA } from './list-request.ts';
import { ScimError } from './scim-error.ts';
import type { ScimRequest, ScimRoute } from './scim-route.ts';

/** What the service says about itself, and what it does not do. */
export function discoveryRoutes(): readonly ScimRoute[] {
  return [
    {
      method: 'GET',
      path: '/ServiceProviderConfig',
      handler: async (request) => {
        refuseFilter(request);
        return serviceProviderConfig(request.base);
      },
    },
    {
      method: 'GET',
      path: '/ResourceTypes',
      handler: async (request) =>
        list(
          request,
          RESOURCE_TYPES.map((type) => resourceTypeDocument(type, request.base)),
        ),
    },
    {
      method: 'GET',
      path: '/ResourceTypes/:id',
      handler: async (request, _reply, { id }) => {
        const type = RESOURCE_TYPES.find((candidate) => candidate.id.toLowerCase() === id.toLowerCase());
        if (type === undefined) throw new ScimError(404, `There is no resource type ${id}.`);
        return resourceTypeDocument(type, request.base);
      },
    },
    {
      method: 'GET',
      path: '/Schemas',
      handler: async (request) =>
        list(
          request,
          allSchemas().map((schema) => schemaDocument(schema, request.base)),
        ),
    },
    {
      method: 'GET',
      path: '/Schemas/:id',
      handler: async (request, _reply, { id }) => {
        const schema = allSchemas().find((candidate) => candidate.id.toLowerCase() === id.toLowerCase());
        if (schema === undefined) throw new ScimError(404, `There is no schema ${id}.`);
        return schemaDocument(schema, request.base);
      },
    },
    ...(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).map(
      (method): ScimRoute => ({
        method,
        path: '/Me',
        handler: async () => {
          throw new ScimError(
            501,
            'A SCIM token stands for a connection and not for a person, so there is no /Me.',
          );
        },
      }),
    ),
    {
      method: 'POST',
      path: '/Bulk',
      handler: async () => {
        throw new ScimError(
          501,
          'Bulk requests are not supported; /ServiceProviderConfig says so. Send the operations one by one.',
        );
      },
    },
  ];
}

function list(request: ScimRequest, documents: readonly JsonObject[]): JsonObject {
  refuseFilter(request);
  return {
    schemas: [LIST_SCHEMA],
    totalResults: documents.length,
    startIndex: 1,
    itemsPerPage: documents.length,
    Resources: documents,
  };
}

// Discovery is answered whole; a filter there is forbidden (RFC 7644 section 4).
function refuseFilter({ query }: ScimRequest): void {
  if (isObject(query) && query.filter !== undefined)
    throw new ScimError(403, 'Discovery documents cannot be filtered.');
}
