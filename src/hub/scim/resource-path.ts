import type { AttributePath, Filter } from './filter/filter.ts';
import { FilterReader, parseAttributePath } from './filter/parse-filter.ts';
import { tokenize } from './filter/tokens.ts';
import {
  type Attribute,
  COMMON_ATTRIBUTES,
  findAttribute,
  type ResourceType,
  type Schema,
} from './schema/attribute.ts';

/** The target of a PATCH operation: `members[value eq "…"]`, `emails[type eq "work"].value` (RFC 7644 figure 7). */
export interface PatchPath extends AttributePath {
  readonly filter?: Filter;
}

/** An attribute as a resource type knows it. */
export interface ResolvedPath {
  /** The extension it belongs to; absent for core and common attributes. */
  readonly extension?: Schema;
  readonly attribute: Attribute;
  readonly sub?: Attribute;
}

/** Parses a PATCH path. Throws 400 `invalidPath`. */
export function parsePatchPath(text: string): PatchPath {
  const tokens = tokenize(text, 'invalidPath');
  const reader = new FilterReader(tokens, text, 'invalidPath');
  const first = reader.take('an attribute');
  if (first.kind !== 'word') throw reader.refuse('an attribute is expected', first);
  const path = parseAttributePath(first.text, 'invalidPath');
  if (reader.peek() === undefined) return path;
  reader.expect('[');
  const filter = reader.disjunction(0);
  reader.expect(']');
  const after = reader.peek();
  if (after === undefined) return { ...path, filter };
  reader.take('a sub-attribute');
  reader.end();
  if (after.kind !== 'word' || !after.text.startsWith('.'))
    throw reader.refuse('".sub-attribute" is expected', after);
  const sub = parseAttributePath(after.text.slice(1), 'invalidPath');
  if (sub.schema !== undefined || sub.sub !== undefined)
    throw reader.refuse('one sub-attribute is expected', after);
  return { ...path, filter, sub: sub.attribute };
}

/**
 * Looks an attribute up in a resource type. `null`: nobody here knows it, which is for the caller to ignore or to
 * refuse: clients send attributes of schemas that we do not keep.
 */
export function resolvePath(type: ResourceType, path: AttributePath): ResolvedPath | null {
  const extension = path.schema === undefined ? undefined : findSchema(type.extensions, path.schema);
  const isCore = path.schema === undefined || path.schema.toLowerCase() === type.schema.id.toLowerCase();
  if (!isCore && extension === undefined) return null;
  const known =
    extension === undefined ? [...COMMON_ATTRIBUTES, ...type.schema.attributes] : extension.attributes;
  const attribute = findAttribute(known, path.attribute);
  if (attribute === undefined) return path.schema === undefined ? resolveUnqualified(type, path) : null;
  if (path.sub === undefined) return { ...(extension === undefined ? {} : { extension }), attribute };
  const sub = findAttribute(attribute.subAttributes ?? [], path.sub);
  return sub === undefined ? null : { ...(extension === undefined ? {} : { extension }), attribute, sub };
}

// Clients should write the URN before an extension's attribute, but need not (RFC 7644 section 3.10).
function resolveUnqualified(type: ResourceType, path: AttributePath): ResolvedPath | null {
  const owner = type.extensions.find(
    ({ attributes }) => findAttribute(attributes, path.attribute) !== undefined,
  );
  return owner === undefined ? null : resolvePath(type, { ...path, schema: owner.id });
}

/** Finds a schema by its URN, without case. */
export function findSchema(schemas: readonly Schema[], id: string): Schema | undefined {
  const folded = id.toLowerCase();
  return schemas.find((schema) => schema.id.toLowerCase() === folded);
}
