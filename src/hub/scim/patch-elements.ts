import { readValue, withOnePrimary, withoutRepeats } from './attribute-value.ts';
import type { Filter } from './filter/filter.ts';
import { matchesElement } from './filter/match.ts';
import { isObject, type Json, type JsonObject, sameJson } from './json.ts';
import { placeOf, type ResourceBody, setAt, valueAt } from './resource-body.ts';
import type { ResolvedPath } from './resource-path.ts';
import { type Attribute, findAttribute } from './schema/attribute.ts';
import { ScimError } from './scim-error.ts';

/* What a PATCH does to elements of multi-valued attributes. */

/** `emails.value` without a filter: every element; with none there yet, one is made. */
export function assignToAll(resource: ResourceBody, target: ResolvedPath, value: Json): ResourceBody {
  const { attribute, sub } = target;
  if (sub === undefined) return resource;
  const read = readValue(sub, value, placeOf(target));
  const elements = elementsAt(resource, target);
  const next =
    elements.length === 0 && read !== undefined
      ? [{ [sub.name]: read }]
      : elements.map((element) => withSub(element, sub.name, read));
  const list = listTarget(target, attribute);
  return setAt(resource, list, withoutEmpty(withOnePrimary(withoutRepeats(next))));
}

/** Adds to, replaces or removes the elements that a filter in brackets names (RFC 7644 section 3.5.2). */
export function applyToElements(
  resource: ResourceBody,
  op: 'add' | 'replace' | 'remove',
  target: ResolvedPath,
  filter: Filter,
  value: Json | undefined,
): ResourceBody {
  const { attribute, sub } = target;
  if (!attribute.multiValued)
    throw new ScimError(400, `${attribute.name} has one value, so it takes no filter.`, 'invalidPath');
  const list = listTarget(target, attribute);
  const elements = elementsAt(resource, target);
  const matched = new Set(
    elements.filter((element) => matchesElement(attribute, element, filter, 'invalidPath')),
  );
  // Null is no value (RFC 7643 section 2.5): to replace by it is to remove.
  if (op === 'remove' || (op === 'replace' && value === null)) {
    const kept =
      sub === undefined
        ? elements.filter((element) => !matched.has(element))
        : elements.map((element) => (matched.has(element) ? withSub(element, sub.name, undefined) : element));
    return setAt(resource, list, withoutEmpty(kept));
  }
  if (value === null) return resource;
  if (value === undefined)
    throw new ScimError(400, `${op} of ${placeOf(target)} needs a value.`, 'invalidValue');
  const change = elementChange(attribute, sub, value, placeOf(target));
  if (matched.size > 0) {
    const next = elements.map((element) =>
      matched.has(element) && isObject(element) ? { ...element, ...change } : element,
    );
    return setAt(resource, list, preferring(next, elements));
  }
  const made = elementFromFilter(attribute, filter);
  // A member is a reference to a user: it is never made up from a filter.
  if (made === null || attribute.name === 'members') {
    throw new ScimError(400, `No element of ${attribute.name} matches the filter.`, 'noTarget');
  }
  return setAt(resource, list, preferring([...elements, { ...made, ...change }], elements));
}

function elementChange(
  attribute: Attribute,
  sub: Attribute | undefined,
  value: Json,
  place: string,
): JsonObject {
  if (sub !== undefined) {
    const read = readValue(sub, value, place);
    return read === undefined ? {} : { [sub.name]: read };
  }
  const read = readValue({ ...attribute, multiValued: false }, value, place);
  return isObject(read) ? read : {};
}

/** The element that a filter describes: only equalities joined by `and` describe one. */
function elementFromFilter(attribute: Attribute, filter: Filter): JsonObject | null {
  if (filter.kind === 'and') {
    const left = elementFromFilter(attribute, filter.left);
    const right = elementFromFilter(attribute, filter.right);
    return left === null || right === null ? null : { ...left, ...right };
  }
  if (filter.kind !== 'compare' || filter.operator !== 'eq') return null;
  const sub = findAttribute(attribute.subAttributes ?? [], filter.path.attribute);
  const value = sub === undefined ? undefined : readValue(sub, filter.value, `${attribute.name}.${sub.name}`);
  return sub === undefined || value === undefined ? null : { [sub.name]: value };
}

// A primary that was just set beats the one before it, wherever in the list it stands.
function preferring(next: readonly Json[], before: readonly Json[]): readonly Json[] {
  const fresh = next.find(
    (element) =>
      isObject(element) && element.primary === true && !before.some((old) => sameJson(old, element)),
  );
  if (fresh === undefined) return withOnePrimary(next);
  return next.map((element) =>
    element !== fresh && isObject(element) && element.primary === true
      ? { ...element, primary: false }
      : element,
  );
}

/** A copy of an element with one of its parts set; `undefined` takes it out. */
export function withSub(element: Json, name: string, value: Json | undefined): Json {
  const { [name]: _, ...rest } = isObject(element) ? element : {};
  return value === undefined ? rest : { ...rest, [name]: value };
}

/** The elements that still say something; `undefined` when none is left. */
export function withoutEmpty(elements: readonly Json[]): readonly Json[] | undefined {
  const kept = elements.filter((element) => !isObject(element) || Object.keys(element).length > 0);
  return kept.length === 0 ? undefined : kept;
}

/** The whole list that a target is about. */
export function listTarget({ extension }: ResolvedPath, attribute: Attribute): ResolvedPath {
  return { ...(extension === undefined ? {} : { extension }), attribute };
}

/** The elements that a resource has there. */
export function elementsAt(resource: ResourceBody, { extension, attribute }: ResolvedPath): readonly Json[] {
  const value = valueAt(resource, { ...(extension === undefined ? {} : { extension }), attribute });
  return Array.isArray(value) ? value : [];
}
