import { isObject, type Json } from '../json.ts';
import { type Attribute, findAttribute } from '../schema/attribute.ts';
import { ScimError, type ScimType } from '../scim-error.ts';
import type { Comparand, Filter, Operator } from './filter.ts';

/** Decides whether one element of a multi-valued attribute satisfies the filter in its brackets. */
export function matchesElement(
  attribute: Attribute,
  element: Json,
  filter: Filter,
  scimType: ScimType,
): boolean {
  switch (filter.kind) {
    case 'and':
      return (
        matchesElement(attribute, element, filter.left, scimType) &&
        matchesElement(attribute, element, filter.right, scimType)
      );
    case 'or':
      return (
        matchesElement(attribute, element, filter.left, scimType) ||
        matchesElement(attribute, element, filter.right, scimType)
      );
    case 'not':
      return !matchesElement(attribute, element, filter.filter, scimType);
    case 'present': {
      const { value } = memberOf(attribute, element, filter.path.attribute, scimType);
      return value !== undefined && value !== null && value !== '';
    }
    case 'compare': {
      const { sub, value } = memberOf(attribute, element, filter.path.attribute, scimType);
      return compares(value, filter.operator, filter.value, sub.caseExact);
    }
    case 'element':
      throw new ScimError(400, 'Brackets inside brackets are not allowed.', scimType);
  }
}

function memberOf(
  attribute: Attribute,
  element: Json,
  name: string,
  scimType: ScimType,
): { sub: Attribute; value: Json | undefined } {
  const subAttributes = attribute.subAttributes ?? [];
  const sub = findAttribute(subAttributes, name);
  if (sub === undefined) {
    const known = subAttributes.map((candidate) => candidate.name).join(', ');
    throw new ScimError(400, `${attribute.name} has no "${name}"; it has ${known}.`, scimType);
  }
  return { sub, value: isObject(element) ? element[sub.name] : undefined };
}

// As clients write them that send booleans as strings.
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

/** Compares as RFC 7644 table 3 says; a value that is not there equals only `null`. */
export function compares(
  value: Json | undefined,
  operator: Operator,
  comparand: Comparand,
  caseExact: boolean,
): boolean {
  const absent = value === undefined || value === null;
  if (comparand === null || absent) {
    const same = absent && comparand === null;
    return operator === 'eq' ? same : operator === 'ne' ? !same : false;
  }
  if (typeof value === 'boolean') {
    const wanted = typeof comparand === 'string' ? BOOLEANS.get(comparand.toLowerCase()) : comparand;
    if (typeof wanted !== 'boolean') return operator === 'ne';
    return operator === 'eq' ? value === wanted : operator === 'ne' ? value !== wanted : false;
  }
  if (typeof value === 'number' && typeof comparand === 'number') return ordered(value, operator, comparand);
  if (typeof value !== 'string') return false;
  const text = fold(value, caseExact);
  const wanted = fold(String(comparand), caseExact);
  if (operator === 'co') return text.includes(wanted);
  if (operator === 'sw') return text.startsWith(wanted);
  if (operator === 'ew') return text.endsWith(wanted);
  return ordered(text, operator, wanted);
}

function ordered<T extends string | number>(a: T, operator: Operator, b: T): boolean {
  switch (operator) {
    case 'eq':
      return a === b;
    case 'ne':
      return a !== b;
    case 'gt':
      return a > b;
    case 'ge':
      return a >= b;
    case 'lt':
      return a < b;
    case 'le':
      return a <= b;
    default:
      return false;
  }
}

function fold(text: string, caseExact: boolean): string {
  return caseExact ? text : text.toLowerCase();
}
