import { isObject, type Json, type JsonObject } from './json.ts';
import { type Attribute, findAttribute } from './schema/attribute.ts';
import { ScimError } from './scim-error.ts';

const MAX_TEXT_BYTES = 2000;

/**
 * Brings a value that a client sent for an attribute into the form that is kept: names in the schema's spelling,
 * unknown and read-only sub-attributes dropped, `"True"` as a boolean, one element as a list. `undefined`: unset.
 * Throws 400 `invalidValue` that names the attribute.
 */
export function readValue(attribute: Attribute, value: Json, place: string): Json | undefined {
  if (value === null) return undefined;
  if (!attribute.multiValued)
    return readSingle(
      attribute,
      Array.isArray(value) && value.length === 1 ? (value[0] ?? null) : value,
      place,
    );
  const elements = Array.isArray(value) ? value : [value];
  const read = elements.flatMap((element, index) => {
    const one = element === null ? undefined : readSingle(attribute, element, `${place}[${index}]`);
    return one === undefined || (isObject(one) && Object.keys(one).length === 0) ? [] : [one];
  });
  return withOnePrimary(withoutRepeats(read));
}

function readSingle(attribute: Attribute, value: Json, place: string): Json | undefined {
  if (value === null) return undefined;
  switch (attribute.type) {
    case 'boolean':
      return readBoolean(value, place);
    case 'integer':
      if (typeof value === 'number' && Number.isInteger(value)) return value;
      throw refuse(place, 'a whole number', value);
    case 'string':
    case 'reference':
    case 'dateTime':
      return readText(value, place);
    case 'complex':
      return readComplex(attribute, value, place);
  }
}

// Entra sends booleans as the strings "True" and "False" unless a feature flag is set on its side.
function readBoolean(value: Json, place: string): boolean {
  if (typeof value === 'boolean') return value;
  const folded = typeof value === 'string' ? value.toLowerCase() : '';
  if (folded === 'true' || folded === 'false') return folded === 'true';
  throw refuse(place, 'true or false', value);
}

function readText(value: Json, place: string): string {
  if (typeof value !== 'string') throw refuse(place, 'a string', value);
  // The database holds neither NUL nor half a surrogate pair; better said here than failed there.
  if (value.includes('\u0000') || !value.isWellFormed())
    throw new ScimError(400, `${place} holds a character that is not text.`, 'invalidValue');
  // Longer than this fits into no index, and is no name, address or identifier either.
  if (Buffer.byteLength(value) > MAX_TEXT_BYTES)
    throw new ScimError(400, `${place} is longer than ${MAX_TEXT_BYTES} bytes.`, 'invalidValue');
  return value;
}

function readComplex(attribute: Attribute, value: Json, place: string): JsonObject {
  const subAttributes = attribute.subAttributes ?? [];
  const object =
    typeof value === 'string' && findAttribute(subAttributes, 'value') !== undefined ? { value } : value;
  if (!isObject(object)) throw refuse(place, 'an object', value);
  const read: Record<string, Json> = {};
  for (const [name, member] of Object.entries(object)) {
    const sub = findAttribute(subAttributes, name);
    if (sub === undefined || sub.mutability === 'readOnly') continue;
    const one = readValue(sub, member, `${place}.${sub.name}`);
    if (one !== undefined) read[sub.name] = one;
  }
  const missing = subAttributes.find((sub) => sub.required && read[sub.name] === undefined);
  if (missing !== undefined) throw new ScimError(400, `${place} needs its ${missing.name}.`, 'invalidValue');
  return read;
}

function refuse(place: string, accepted: string, value: Json): ScimError {
  const shown = JSON.stringify(value).slice(0, 60);
  return new ScimError(400, `${place} takes ${accepted}, but ${shown} was sent.`, 'invalidValue');
}

/** Drops elements whose `value` (or whole content) was there before: sending a member again changes nothing. */
export function withoutRepeats(elements: readonly Json[]): readonly Json[] {
  const seen = new Set<string>();
  return elements.filter((element) => {
    const key = elementKey(element);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** What makes an element of a list the same element: value and type where it has them, else its whole content. */
export function elementKey(element: Json): string {
  if (!isObject(element)) return JSON.stringify(element);
  if (typeof element.value !== 'string') return JSON.stringify(element);
  return JSON.stringify([element.value, element.type ?? null]);
}

/** Keeps at most one `primary: true`, the last one (RFC 7643 section 2.4). */
export function withOnePrimary(elements: readonly Json[]): readonly Json[] {
  const last = elements.findLastIndex((element) => isObject(element) && element.primary === true);
  return elements.map((element, index) =>
    index !== last && isObject(element) && element.primary === true
      ? { ...element, primary: false }
      : element,
  );
}
