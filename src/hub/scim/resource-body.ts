import { readValue } from './attribute-value.ts';
import { parseAttributePath } from './filter/parse-filter.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { findSchema, type ResolvedPath, resolvePath } from './resource-path.ts';
import { requireSaid } from './said-schemas.ts';
import { findAttribute, type ResourceType } from './schema/attribute.ts';
import { ScimError } from './scim-error.ts';

/**
 * A resource as it is kept between requests: core attributes by name, extension attributes beneath the extension's
 * URN. Read-only attributes (`id`, `meta`, `groups`) are added when it is answered.
 */
export type ResourceBody = JsonObject;

/** One attribute that a body or a path-less PATCH sets. */
export interface Assignment {
  readonly target: ResolvedPath;
  readonly value: Json;
}

/**
 * Reads the body of a POST or PUT. Unknown attributes, unknown schemas, read-only attributes and nulls are ignored:
 * real clients send all of these. Throws 400 with what is wrong.
 */
export function readBody(type: ResourceType, body: unknown): ResourceBody {
  if (!isObject(body)) throw new ScimError(400, `A ${type.name} is a JSON object.`, 'invalidSyntax');
  requireSaid(body, type.schema.id);
  let resource: ResourceBody = {};
  for (const { target, value } of assignments(type, body)) {
    if (target.attribute.mutability === 'readOnly' || target.attribute.name === 'schemas') continue;
    const place = placeOf(target);
    const read = readValue(target.sub ?? target.attribute, value, place);
    if (read !== undefined) resource = setAt(resource, target, read);
  }
  requireAll(type, resource);
  return resource;
}

/**
 * The attributes that an object names. Besides plain names it understands whole extensions beneath their URN, full
 * URNs of one attribute, and dotted names: Entra sends the last two when its compliance flag is set.
 */
export function assignments(type: ResourceType, object: JsonObject): readonly Assignment[] {
  return Object.entries(object).flatMap(([name, value]): readonly Assignment[] => {
    const extension = findSchema(type.extensions, name);
    if (extension !== undefined) {
      return isObject(value)
        ? Object.entries(value).flatMap(([member, inner]) => {
            const attribute = findAttribute(extension.attributes, member);
            return attribute === undefined ? [] : [{ target: { extension, attribute }, value: inner }];
          })
        : [];
    }
    const target = namedTarget(type, name);
    return target === null ? [] : [{ target, value }];
  });
}

function namedTarget(type: ResourceType, name: string): ResolvedPath | null {
  try {
    const path = parseAttributePath(name, 'invalidPath');
    const target = resolvePath(type, path);
    // In a body an extension's attributes stand beneath its URN (RFC 7643 section 3.3), or are named with it.
    return target?.extension !== undefined && path.schema === undefined ? null : target;
  } catch (error) {
    // A member whose name is no attribute at all is as unknown as any other.
    if (error instanceof ScimError) return null;
    throw error;
  }
}

/** The attribute's full name, for messages. */
export function placeOf(target: ResolvedPath): string {
  const prefix = target.extension === undefined ? '' : `${target.extension.id}:`;
  return `${prefix}${target.attribute.name}${target.sub === undefined ? '' : `.${target.sub.name}`}`;
}

/** The value at a target, or `undefined`. */
export function valueAt(resource: ResourceBody, target: ResolvedPath): Json | undefined {
  const holder = target.extension === undefined ? resource : resource[target.extension.id];
  const value = isObject(holder) ? holder[target.attribute.name] : undefined;
  return target.sub === undefined ? value : isObject(value) ? value[target.sub.name] : undefined;
}

/** A copy of the resource with the value set; `undefined` removes it, and empty holders with it. */
export function setAt(resource: ResourceBody, target: ResolvedPath, value: Json | undefined): ResourceBody {
  const { extension, attribute, sub } = target;
  const whole =
    sub === undefined ? value : withMember(valueAt(resource, withoutSub(target)), sub.name, value);
  if (extension === undefined) return withMember(resource, attribute.name, whole) ?? {};
  return withMember(resource, extension.id, withMember(resource[extension.id], attribute.name, whole)) ?? {};
}

function withoutSub({ extension, attribute }: ResolvedPath): ResolvedPath {
  return { ...(extension === undefined ? {} : { extension }), attribute };
}

function withMember(holder: Json | undefined, name: string, value: Json | undefined): JsonObject | undefined {
  const { [name]: _, ...rest } = isObject(holder) ? holder : {};
  const next = value === undefined ? rest : { ...rest, [name]: value };
  return Object.keys(next).length === 0 ? undefined : next;
}

/** Refuses a resource that lacks a required attribute. */
export function requireAll(type: ResourceType, resource: ResourceBody): void {
  for (const attribute of type.schema.attributes) {
    const value = resource[attribute.name];
    if (attribute.required && (value === undefined || (typeof value === 'string' && value.trim() === ''))) {
      throw new ScimError(400, `${attribute.name} is required and must not be empty.`, 'invalidValue');
    }
  }
}

/** The URNs that a resource uses, the core schema first. */
export function schemasOf(type: ResourceType, resource: ResourceBody): readonly string[] {
  return [
    type.schema.id,
    ...type.extensions.map((extension) => extension.id).filter((id) => resource[id] !== undefined),
  ];
}
