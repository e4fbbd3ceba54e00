import type { JsonObject } from './json.ts';
import { MAX_PAGE } from './list-request.ts';
import { type Attribute, COMMON_ATTRIBUTES, type ResourceType, type Schema } from './schema/attribute.ts';
import { GROUP } from './schema/group.ts';
import { USER } from './schema/user.ts';

const CONFIG_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig';
const RESOURCE_TYPE_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType';
const SCHEMA_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Schema';

/** The kinds of resource that are served. */
export const RESOURCE_TYPES: readonly ResourceType[] = [USER, GROUP];

/** What this service can do, and nothing that it cannot (RFC 7643 section 5). */
export function serviceProviderConfig(base: string): JsonObject {
  return {
    schemas: [CONFIG_SCHEMA],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: MAX_PAGE },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: "The connection's SCIM token, sent as Authorization: Bearer.",
        specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  };
}

/** One kind of resource as `/ResourceTypes` shows it. */
export function resourceTypeDocument(type: ResourceType, base: string): JsonObject {
  return {
    schemas: [RESOURCE_TYPE_SCHEMA],
    id: type.id,
    name: type.name,
    endpoint: type.endpoint,
    description: type.description,
    schema: type.schema.id,
    schemaExtensions: type.extensions.map((extension) => ({ schema: extension.id, required: false })),
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${type.id}` },
  };
}

/** Every schema that is served, core and extensions. */
export function allSchemas(): readonly Schema[] {
  return RESOURCE_TYPES.flatMap((type) => [type.schema, ...type.extensions]);
}

/** One schema as `/Schemas` shows it: generated from the records that the engine itself runs on. */
export function schemaDocument(schema: Schema, base: string): JsonObject {
  const isCore = RESOURCE_TYPES.some((type) => type.schema === schema);
  // externalId is a common attribute, but clients look for it here.
  const common = isCore ? COMMON_ATTRIBUTES.filter((attribute) => attribute.name === 'externalId') : [];
  return {
    schemas: [SCHEMA_SCHEMA],
    id: schema.id,
    name: schema.name,
    description: schema.description,
    attributes: [...schema.attributes, ...common].map(attributeDocument),
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${schema.id}` },
  };
}

function attributeDocument(attribute: Attribute): JsonObject {
  const { canonicalValues, referenceTypes, subAttributes, ...facts } = attribute;
  return {
    ...facts,
    ...(canonicalValues === undefined ? {} : { canonicalValues: [...canonicalValues] }),
    ...(referenceTypes === undefined ? {} : { referenceTypes: [...referenceTypes] }),
    ...(subAttributes === undefined ? {} : { subAttributes: subAttributes.map(attributeDocument) }),
  };
}
