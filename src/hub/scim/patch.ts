import { elementKey, readValue, withOnePrimary } from './attribute-value.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import {
  applyToElements,
  assignToAll,
  elementsAt,
  listTarget,
  withoutEmpty,
  withSub,
} from './patch-elements.ts';
import { assignments, placeOf, type ResourceBody, requireAll, setAt, valueAt } from './resource-body.ts';
import { findSchema, parsePatchPath, type ResolvedPath, resolvePath } from './resource-path.ts';
import { BODY_SCHEMAS, requireSaid } from './said-schemas.ts';
import type { ResourceType } from './schema/attribute.ts';
import { ScimError } from './scim-error.ts';

const MAX_OPERATIONS = 1000;

/** One operation of a PATCH, read but not yet applied. */
export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path?: string;
  /** `undefined` where the client sent none. */
  readonly value: Json | undefined;
}

/** Reads a PATCH body; names and operations in any case (Entra sends `Add`, some send `operations`). */
export function readPatch(body: unknown): readonly PatchOperation[] {
  if (!isObject(body)) throw new ScimError(400, 'A PATCH body is a JSON object.', 'invalidSyntax');
  requireSaid(body, BODY_SCHEMAS.patch);
  const operations = memberNamed(body, 'operations');
  if (!Array.isArray(operations))
    throw new ScimError(400, 'A PATCH body needs "Operations", a list.', 'invalidSyntax');
  if (operations.length === 0)
    throw new ScimError(400, 'A PATCH needs at least one operation.', 'invalidSyntax');
  if (operations.length > MAX_OPERATIONS)
    throw new ScimError(413, `A PATCH takes at most ${MAX_OPERATIONS} operations.`);
  return operations.map(readOperation);
}

function readOperation(operation: Json, index: number): PatchOperation {
  const place = `Operations[${index}]`;
  if (!isObject(operation)) throw new ScimError(400, `${place} is not an object.`, 'invalidSyntax');
  const op = memberNamed(operation, 'op');
  const folded = typeof op === 'string' ? op.toLowerCase() : '';
  if (folded !== 'add' && folded !== 'replace' && folded !== 'remove') {
    throw new ScimError(
      400,
      `${place}.op is add, replace or remove, not ${JSON.stringify(op ?? null)}.`,
      'invalidSyntax',
    );
  }
  const path = memberNamed(operation, 'path');
  if (path !== undefined && path !== null && typeof path !== 'string') {
    throw new ScimError(400, `${place}.path is a string.`, 'invalidPath');
  }
  const value = memberNamed(operation, 'value');
  return { op: folded, ...(path ? { path } : {}), value };
}

function memberNamed(object: JsonObject, name: string): Json | undefined {
  const key = Object.keys(object).find((candidate) => candidate.toLowerCase() === name);
  return key === undefined ? undefined : object[key];
}

/**
 * Applies the operations in order to a copy (RFC 7644 section 3.5.2). Any refusal throws and nothing is applied:
 * the caller keeps the old resource.
 */
export function applyPatch(
  type: ResourceType,
  resource: ResourceBody,
  operations: readonly PatchOperation[],
): ResourceBody {
  const patched = operations.reduce(
    (current, operation) => applyOperation(type, current, operation),
    resource,
  );
  requireAll(type, patched);
  return patched;
}

function applyOperation(
  type: ResourceType,
  resource: ResourceBody,
  { op, path, value }: PatchOperation,
): ResourceBody {
  const extension = path === undefined ? undefined : findSchema(type.extensions, path);
  // The URN of a schema alone stands for all its attributes: an extension's, and so the resource's own.
  const isWhole = path === undefined || findSchema([type.schema], path) !== undefined;
  if (isWhole || extension !== undefined) {
    if (op === 'remove') {
      if (extension === undefined)
        throw new ScimError(400, 'remove needs the path of an attribute.', 'noTarget');
      const { [extension.id]: _, ...rest } = resource;
      return rest;
    }
    if (!isObject(value))
      throw new ScimError(
        400,
        `${op} without the path of an attribute needs an object as its value.`,
        'invalidValue',
      );
    return applyObject(type, resource, op, extension === undefined ? value : { [extension.id]: value });
  }
  const parsed = parsePatchPath(path);
  const target = resolvePath(type, parsed);
  // An attribute of a schema that we do not keep must not spoil the rest of the request.
  if (target === null) return resource;
  refuseReadOnly(target);
  if (parsed.filter !== undefined) return applyToElements(resource, op, target, parsed.filter, value);
  if (op === 'remove') return removeAt(resource, target, value);
  if (value === undefined)
    throw new ScimError(400, `${op} of ${placeOf(target)} needs a value.`, 'invalidValue');
  return assign(resource, op, target, value);
}

// Okta puts `id` into the value of a rename: what is read-only is passed over here, and refused only by its own path.
function applyObject(
  type: ResourceType,
  resource: ResourceBody,
  op: 'add' | 'replace',
  value: JsonObject,
): ResourceBody {
  const [filtered, plain] = parted(value);
  // A key may be a whole path with a filter in it, such as `emails[type eq "work"].value`.
  const started = filtered.reduce(
    (current, [path, one]) => applyOperation(type, current, { op, path, value: one }),
    resource,
  );
  return assignments(type, plain)
    .filter(({ target }) => target.attribute.mutability !== 'readOnly' && target.attribute.name !== 'schemas')
    .reduce((current, { target, value: one }) => assign(current, op, target, one), started);
}

function parted(value: JsonObject): readonly [readonly (readonly [string, Json])[], JsonObject] {
  const entries = Object.entries(value);
  return [
    entries.filter(([name]) => name.includes('[')),
    Object.fromEntries(entries.filter(([name]) => !name.includes('['))),
  ];
}

function refuseReadOnly(target: ResolvedPath): void {
  const { attribute, sub } = target;
  const refused =
    attribute.mutability === 'readOnly'
      ? attribute
      : sub?.mutability === 'readOnly' || sub?.mutability === 'immutable'
        ? sub
        : null;
  if (refused !== null || attribute.name === 'schemas') {
    throw new ScimError(400, `${placeOf(target)} cannot be changed.`, 'mutability');
  }
}

function assign(
  resource: ResourceBody,
  op: 'add' | 'replace',
  target: ResolvedPath,
  value: Json,
): ResourceBody {
  const { attribute, sub } = target;
  const place = placeOf(target);
  if (attribute.multiValued && sub !== undefined) return assignToAll(resource, target, value);
  const read = readValue(sub ?? attribute, value, place);
  if (read === undefined) return op === 'add' ? resource : setAt(resource, target, undefined);
  const before = valueAt(resource, target);
  if (sub === undefined && attribute.multiValued && op === 'add') {
    return setAt(resource, target, merged(before, read));
  }
  // Replacing a complex attribute changes only the sub-attributes that are named (RFC 7644 section 3.5.2.3).
  const next = isObject(before) && isObject(read) ? { ...before, ...read } : read;
  return setAt(resource, target, next);
}

function merged(before: Json | undefined, added: Json): Json {
  const fresh = new Map(
    (Array.isArray(added) ? added : [added]).map((element) => [elementKey(element), element]),
  );
  const old: readonly Json[] = Array.isArray(before) ? before : [];
  const updated = old.map((element) => fresh.get(elementKey(element)) ?? element);
  for (const element of old) fresh.delete(elementKey(element));
  return withOnePrimary([...updated, ...fresh.values()]);
}

function removeAt(resource: ResourceBody, target: ResolvedPath, value: Json | undefined): ResourceBody {
  const { attribute, sub } = target;
  // Remove with a list of values takes those out and never the whole attribute: read wrongly, one leaver empties a team.
  if (attribute.multiValued && sub === undefined && value !== undefined && value !== null) {
    const named = new Set((Array.isArray(value) ? value : [value]).flatMap(valueOfElement));
    const kept = elementsAt(resource, target).filter(
      (element) => !valueOfElement(element).some((one) => named.has(one)),
    );
    return setAt(resource, target, kept.length === 0 ? undefined : kept);
  }
  if (attribute.required && sub === undefined) {
    throw new ScimError(400, `${placeOf(target)} is required and cannot be removed.`, 'mutability');
  }
  if (attribute.multiValued && sub !== undefined) {
    const kept = elementsAt(resource, target).map((element) => withSub(element, sub.name, undefined));
    return setAt(resource, listTarget(target, attribute), withoutEmpty(kept));
  }
  return setAt(resource, target, undefined);
}

function valueOfElement(element: Json): readonly string[] {
  if (typeof element === 'string') return [element];
  const value = isObject(element) ? memberNamed(element, 'value') : undefined;
  return typeof value === 'string' ? [value] : [];
}
