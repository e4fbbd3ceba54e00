import type { Document, Element } from '@xmldom/xmldom';

/*
 * What a property list has to hold to before the library reads it: the library guesses on at what is malformed, follows
 * references of the binary form in a circle, and unfolds a few hundred bytes of them into all the memory there is.
 */

/** Deeper than any policy. */
export const DEEPEST = 64;
/** More values than any policy has. */
const MOST = 200_000;
/** What all values together may weigh once references are followed: their bytes, and for each value a little more. */
const HEAVIEST = 8 * 1024 * 1024;
const WEIGHT_OF_VALUE = 16;

/** Whether arrays and dictionaries stand too deep in each other; told from the text, because the parser is slow on such. */
export function nestsTooDeep(xml: string): boolean {
  let depth = 0;
  for (const [tag] of xml.matchAll(/<\/?(?:array|dict)\b[^<>]*>/g)) {
    if (tag.startsWith('</')) depth -= 1;
    else if (!tag.endsWith('/>')) depth += 1;
    if (depth > DEEPEST) return true;
  }
  return false;
}

/** What is wrong with the elements of an XML property list; `null`: nothing. */
export function faultOfXml({ documentElement: root }: Document): string | null {
  if (root?.tagName !== 'plist') return 'it does not begin with "plist"';
  const [value, ...more] = elementsOf(root);
  if (value === undefined || more.length > 0) return 'it does not hold one value';
  return faultOfValue(value);
}

const SCALARS: Record<string, RegExp> = {
  string: /^/,
  data: /^[A-Za-z0-9+/=\s]*$/,
  date: /^\s*\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\s*$/,
  integer: /^\s*[+-]?\d+\s*$/,
  real: /^\s*(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|nan|[+-]?inf(?:inity)?)\s*$/i,
  true: /^\s*$/,
  false: /^\s*$/,
};

function faultOfValue(element: Element): string | null {
  const name = element.tagName;
  if (name === 'array') return firstFault(elementsOf(element));
  if (name === 'dict') return faultOfDictionary(elementsOf(element));
  const scalar = Object.hasOwn(SCALARS, name) ? SCALARS[name] : undefined;
  if (scalar === undefined) return `"${name.slice(0, 50)}" is no kind of value`;
  if (elementsOf(element).length > 0) return `a value of the kind "${name}" holds others`;
  return scalar.test(element.textContent ?? '') ? null : `a value of the kind "${name}" cannot be read`;
}

function faultOfDictionary(elements: readonly Element[]): string | null {
  const values = elements.filter((_, at) => at % 2 === 1);
  const keys = elements.filter((_, at) => at % 2 === 0);
  if (keys.some(({ tagName }) => tagName !== 'key')) return 'a dictionary holds a value without a key';
  if (values.length < keys.length) return 'a dictionary holds a key without a value';
  return firstFault(values);
}

function firstFault(elements: readonly Element[]): string | null {
  for (const element of elements) {
    const fault = faultOfValue(element);
    if (fault !== null) return fault;
  }
  return null;
}

function elementsOf(parent: Element): readonly Element[] {
  return [...parent.children];
}

const TRAILER = 32;
const [DATA, UTF16, ARRAY, SET, DICTIONARY] = [0x4, 0x6, 0xa, 0xc, 0xd];
const LONG_COUNT = 0xf;

/** What is wrong with the references of a binary property list; `null`: nothing. */
export function faultOfBinary(bytes: Uint8Array): string | null {
  if (bytes.length < TRAILER) return 'it is cut off';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const table = tableOf(view);
  if (table.count > MOST || table.top >= table.count) return 'it holds too many values';
  try {
    return faultOfReferences(table.top, table.count, (index) => objectAt(view, table, index));
  } catch (error) {
    // A reading beyond the end.
    if (error instanceof RangeError) return 'it is cut off or damaged';
    throw error;
  }
}

/** What the end of a binary property list says of its objects: where the offset of each stands, and how wide. */
interface ObjectTable {
  readonly offsetSize: number;
  readonly referenceSize: number;
  readonly count: number;
  readonly top: number;
  readonly start: number;
}

function tableOf(view: DataView): ObjectTable {
  const trailer = view.byteLength - TRAILER;
  const long = (at: number): number => Number(view.getBigUint64(trailer + at));
  return {
    ...{ offsetSize: view.getUint8(trailer + 6), referenceSize: view.getUint8(trailer + 7) },
    ...{ count: long(8), top: long(16), start: long(24) },
  };
}

/** Throws a `RangeError` where it reads beyond the end, or finds what cannot be. */
function objectAt(
  view: DataView,
  { start, offsetSize, referenceSize }: ObjectTable,
  index: number,
): BinaryObject {
  const at = numberAt(view, start + index * offsetSize, offsetSize);
  const marker = view.getUint8(at);
  const kind = marker >> 4;
  const isLong = kind >= DATA && (marker & 0xf) === LONG_COUNT;
  const width = isLong ? 2 ** (view.getUint8(at + 1) & 0xf) : 0;
  const members = isLong ? numberAt(view, at + 2, width) : marker & 0xf;
  if (kind !== ARRAY && kind !== SET && kind !== DICTIONARY)
    return { bytes: kind === UTF16 ? members * 2 : members, children: [] };
  const first = at + 1 + (isLong ? 1 + width : 0);
  const references = kind === DICTIONARY ? members * 2 : members;
  if (references > MOST) throw new RangeError('too many members');
  const children = Array.from({ length: references }, (_, nth) =>
    numberAt(view, first + nth * referenceSize, referenceSize),
  );
  return { bytes: 0, children };
}

function numberAt(view: DataView, at: number, size: number): number {
  if (size < 1 || size > 8) throw new RangeError('a size is none');
  let value = 0;
  for (let each = at; each < at + size; each += 1) value = value * 256 + view.getUint8(each);
  return value;
}

/** An object as it stands: how long it is, and the numbers of those that it holds. */
interface BinaryObject {
  readonly bytes: number;
  readonly children: readonly number[];
}

/** Weight and levels of an object when every reference is followed. */
interface Unfolded {
  readonly weight: number;
  readonly levels: number;
}

function faultOfReferences(top: number, count: number, read: (index: number) => BinaryObject): string | null {
  const known = new Map<number, Unfolded>();
  const unfold = (index: number, depth: number): Unfolded | string => {
    const before = known.get(index);
    if (before !== undefined) return depth + before.levels > DEEPEST ? 'it is nested too deeply' : before;
    if (depth > DEEPEST) return 'it is nested too deeply';
    if (index >= count) return 'it refers to what it does not hold';
    const { bytes, children } = read(index);
    let [weight, levels] = [WEIGHT_OF_VALUE + bytes, 0];
    for (const child of children) {
      const below = unfold(child, depth + 1);
      if (typeof below === 'string') return below;
      weight += below.weight;
      levels = Math.max(levels, below.levels + 1);
      if (weight > HEAVIEST) return 'it holds too many values';
    }
    const unfolded = { weight, levels };
    known.set(index, unfolded);
    return unfolded;
  };
  const all = unfold(top, 0);
  return typeof all === 'string' ? all : null;
}
