import { parseAttributePath } from './filter/parse-filter.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { findSchema, type ResolvedPath, resolvePath } from './resource-path.ts';
import { type Attribute, COMMON_ATTRIBUTES, findAttribute, type ResourceType } from './schema/attribute.ts';
import { ScimError } from './scim-error.ts';

/** What an answer shows: `attributes` and `excludedAttributes` (RFC 7644 section 3.9). */
export interface Projection {
  /** Absent: everything that is returned by default. */
  readonly only?: readonly ResolvedPath[];
  readonly without: readonly ResolvedPath[];
}

/** Reads the two query parameters. They exclude each other; unknown names show nothing and hide nothing. */
export function readProjection(
  type: ResourceType,
  attributes: unknown,
  excludedAttributes: unknown,
): Projection {
  const only = pathsOf(type, attributes);
  const without = pathsOf(type, excludedAttributes);
  if (only !== null && without !== null) {
    throw new ScimError(400, 'attributes and excludedAttributes cannot be used together.', 'invalidValue');
  }
  return { ...(only === null ? {} : { only }), without: without ?? [] };
}

function pathsOf(type: ResourceType, value: unknown): readonly ResolvedPath[] | null {
  const names = (Array.isArray(value) ? value : [value])
    .filter((item) => typeof item === 'string')
    .flatMap((item) => item.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) return null;
  return names.flatMap((name) => {
    if (findSchema([type.schema], name) !== undefined)
      return type.schema.attributes.map((attribute) => ({ attribute }));
    const extension = findSchema(type.extensions, name);
    if (extension !== undefined) return extension.attributes.map((attribute) => ({ extension, attribute }));
    const path = resolvePath(type, parseAttributePath(name, 'invalidPath'));
    return path === null ? [] : [path];
  });
}

/** True when the answer shows the attribute at all: lets a query leave out a long list of members. */
export function shows(projection: Projection, name: string): boolean {
  const covers = (path: ResolvedPath) => path.extension === undefined && path.attribute.name === name;
  if (projection.only !== undefined) return projection.only.some(covers);
  return !projection.without.some((path) => covers(path) && path.sub === undefined);
}

/** Cuts an answer to what was asked for; what is `returned: always` stays whatever was asked. */
export function project(type: ResourceType, resource: JsonObject, projection: Projection): JsonObject {
  const core = [...COMMON_ATTRIBUTES, ...type.schema.attributes];
  const shown: Record<string, Json> = {};
  for (const [name, value] of Object.entries(resource)) {
    const extension = type.extensions.find((candidate) => candidate.id === name);
    if (extension === undefined) {
      const attribute = findAttribute(core, name);
      const cut =
        attribute === undefined ? undefined : projectAttribute(attribute, undefined, value, projection);
      if (cut !== undefined) shown[name] = cut;
    } else if (isObject(value)) {
      const members = Object.entries(value).flatMap(([member, inner]): [string, Json][] => {
        const attribute = findAttribute(extension.attributes, member);
        const cut =
          attribute === undefined ? undefined : projectAttribute(attribute, extension.id, inner, projection);
        return cut === undefined ? [] : [[member, cut]];
      });
      if (members.length > 0) shown[name] = Object.fromEntries(members);
    }
  }
  return shown;
}

function projectAttribute(
  attribute: Attribute,
  extension: string | undefined,
  value: Json,
  { only, without }: Projection,
): Json | undefined {
  if (attribute.returned === 'never') return undefined;
  if (attribute.returned === 'always') return value;
  const about = (path: ResolvedPath) =>
    path.extension?.id === extension && path.attribute.name === attribute.name;
  if (only !== undefined) {
    const named = only.filter(about);
    if (named.length === 0) return undefined;
    if (named.some((path) => path.sub === undefined)) return value;
    const subs = named.flatMap((path) => (path.sub === undefined ? [] : [path.sub.name]));
    return keepMembers(value, (name) => subs.includes(name));
  }
  if (attribute.returned === 'request') return undefined;
  const hidden = without.filter(about);
  if (hidden.some((path) => path.sub === undefined)) return undefined;
  const subs = hidden.flatMap((path) => (path.sub === undefined ? [] : [path.sub.name]));
  return subs.length === 0 ? value : keepMembers(value, (name) => !subs.includes(name));
}

function keepMembers(value: Json, keep: (name: string) => boolean): Json {
  if (Array.isArray(value)) return value.map((element) => keepMembers(element, keep));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => keep(name)));
}
