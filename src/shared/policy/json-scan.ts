/**
 * A JSON reader for what `JSON.parse` cannot say: where a fault is, which keys come twice, and what a document with
 * comments or trailing commas means. It keeps its own stack, so that no depth of nesting can exhaust the engine's.
 */

/** Key of an object or index of a list. */
export type Segment = string | number;

/** Places whose position is asked for; the scan fills in `at`, the offset where the last of them begins. */
export interface WantedPlace {
  at: number | null;
  readonly children: Map<Segment, WantedPlace>;
}

/** A key that its object already had. */
export interface DuplicateKey {
  readonly segments: readonly Segment[];
  readonly at: number;
}

/** What a scan found. */
export type JsonScan =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** At most `MOST_LISTED` of them. */
      readonly duplicates: readonly DuplicateKey[];
      /** Where the first comment or trailing comma is. */
      readonly lenientAt: number | null;
    }
  | { readonly ok: false; readonly at: number; readonly message: string };

/** Deepest nesting that is read: no document of the grammar needs ten, and other readers give up sooner or later. */
export const DEEPEST = 128;
/** More problems of one kind than this are counted, not listed: a hostile text must not become a long list. */
export const MOST_LISTED = 100;

interface Frame {
  readonly list: unknown[] | null;
  /** Without a prototype, so that `__proto__` is a key like any other. */
  readonly object: Record<string, unknown>;
  readonly segment: Segment;
  readonly wanted: WantedPlace | undefined;
  key: string;
}

interface Cursor {
  readonly text: string;
  at: number;
  lenientAt: number | null;
  fault: { readonly at: number; readonly message: string } | null;
}

const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Reads JSON, also with comments and trailing commas. */
export function scanJson(text: string, wanted?: WantedPlace): JsonScan {
  const cursor: Cursor = { text, at: 0, lenientAt: null, fault: null };
  const duplicates: DuplicateKey[] = [];
  const stack: Frame[] = [];
  let root: unknown;
  let expect: 'value' | 'key' | 'next' = 'value';
  for (;;) {
    skipTrivia(cursor);
    const frame = stack.at(-1);
    if (cursor.fault !== null) break;
    if (expect === 'next') {
      if (frame === undefined) {
        if (cursor.at < text.length)
          fail(cursor, `there is more after the end of the document: ${here(cursor)}`);
        break;
      }
      expect = readSeparator(cursor, frame, stack);
    } else if (expect === 'key' && frame !== undefined) {
      readKey(cursor, frame, stack, duplicates);
      expect = 'value';
    } else {
      const opened = readValue(cursor, frame, stack, wanted);
      if (frame === undefined) root = opened.value;
      expect = opened.expect;
    }
    if (cursor.fault !== null) break;
  }
  if (cursor.fault !== null) return { ok: false, ...cursor.fault };
  return { ok: true, value: root, duplicates, lenientAt: cursor.lenientAt };
}

/** Answers with line and column of an offset, both from 1. The lines are counted once, however often it is asked. */
export function lineFinder(text: string): (at: number) => { readonly line: number; readonly column: number } {
  const ends: number[] = [];
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) ends.push(end);
  return (at) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ends[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return { line: low + 1, column: at - (low === 0 ? -1 : (ends[low - 1] ?? 0)) };
  };
}

function fail(cursor: Cursor, message: string, at = cursor.at): void {
  cursor.fault ??= { at, message };
}

/** Names what stands at the cursor. */
function here({ text, at }: Cursor): string {
  const code = text.codePointAt(at);
  if (code === undefined) return 'the end of the text';
  if (code < 0x20 || code === 0x7f)
    return `the control character U+${code.toString(16).padStart(4, '0').toUpperCase()}`;
  return JSON.stringify(String.fromCodePoint(code));
}

/** Passes white space and comments. */
function skipTrivia(cursor: Cursor): void {
  const { text } = cursor;
  for (;;) {
    const code = text.charCodeAt(cursor.at);
    if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) cursor.at += 1;
    else if (code === 0x2f) {
      const block = text.startsWith('/*', cursor.at);
      const end = text.indexOf(block ? '*/' : '\n', cursor.at + 2);
      if (!block && !text.startsWith('//', cursor.at)) fail(cursor, 'a single "/" means nothing here');
      else if (block && end === -1) fail(cursor, 'this comment never ends: close it with */');
      if (cursor.fault !== null) return;
      cursor.lenientAt ??= cursor.at;
      cursor.at = end === -1 ? text.length : end + (block ? 2 : 1);
    } else return;
  }
}

/** After a value: a comma, or the end of the list or object. */
function readSeparator(cursor: Cursor, frame: Frame, stack: Frame[]): 'value' | 'key' | 'next' {
  const close = frame.list === null ? '}' : ']';
  const mark = cursor.text[cursor.at];
  if (mark === ',') {
    const comma = cursor.at;
    cursor.at += 1;
    skipTrivia(cursor);
    if (cursor.fault !== null || cursor.text[cursor.at] !== close)
      return frame.list === null ? 'key' : 'value';
    cursor.lenientAt = Math.min(cursor.lenientAt ?? comma, comma);
  } else if (mark !== close) {
    const what = frame.list === null ? 'object' : 'list';
    const why = mark === undefined ? `the text ends inside this ${what}` : `found ${here(cursor)}`;
    fail(cursor, `expected a comma or "${close}", but ${why}`);
    return 'next';
  }
  cursor.at += 1;
  stack.pop();
  return 'next';
}

function readKey(cursor: Cursor, frame: Frame, stack: readonly Frame[], duplicates: DuplicateKey[]): void {
  const at = cursor.at;
  if (cursor.text[at] !== '"') fail(cursor, `expected a key in double quotes, but found ${here(cursor)}`);
  const key = cursor.fault === null ? readString(cursor) : '';
  skipTrivia(cursor);
  if (cursor.text[cursor.at] !== ':') fail(cursor, `expected ":" after the key, but found ${here(cursor)}`);
  if (cursor.fault !== null) return;
  cursor.at += 1;
  if (Object.hasOwn(frame.object, key) && duplicates.length < MOST_LISTED) {
    duplicates.push({ segments: [...stack.slice(1).map(({ segment }) => segment), key], at });
  }
  frame.key = key;
  const place = frame.wanted?.children.get(key);
  if (place !== undefined) place.at = at;
}

/** Reads a scalar, or opens a list or object, and puts it into its parent. */
function readValue(
  cursor: Cursor,
  parent: Frame | undefined,
  stack: Frame[],
  wanted: WantedPlace | undefined,
): { readonly value: unknown; readonly expect: 'value' | 'key' | 'next' } {
  const at = cursor.at;
  const mark = cursor.text[at];
  const segment = parent === undefined ? '' : parent.list === null ? parent.key : parent.list.length;
  const place = parent === undefined ? wanted : parent.wanted?.children.get(segment);
  // A member of an object is where its key is.
  if (place !== undefined && parent?.list !== null) place.at = at;
  if (mark !== '{' && mark !== '[') {
    const value = readScalar(cursor);
    attach(parent, value);
    return { value, expect: 'next' };
  }
  if (stack.length >= DEEPEST) fail(cursor, `lists and objects are nested more than ${DEEPEST} deep`);
  const list: unknown[] | null = mark === '[' ? [] : null;
  const object: Record<string, unknown> = Object.create(null);
  const value = list ?? object;
  attach(parent, value);
  cursor.at += 1;
  skipTrivia(cursor);
  if (cursor.fault === null && cursor.text[cursor.at] === (list === null ? '}' : ']')) {
    cursor.at += 1;
    return { value, expect: 'next' };
  }
  stack.push({ list, object, segment, wanted: place, key: '' });
  return { value, expect: list === null ? 'key' : 'value' };
}

function attach(parent: Frame | undefined, value: unknown): void {
  if (parent === undefined) return;
  if (parent.list !== null) parent.list.push(value);
  else parent.object[parent.key] = value;
}

function readScalar(cursor: Cursor): unknown {
  const { text, at } = cursor;
  if (text[at] === '"') return readString(cursor);
  SCALAR.lastIndex = at;
  const token = SCALAR.exec(text)?.[0];
  const next = token === undefined ? undefined : text[at + token.length];
  if (token === undefined || (next !== undefined && /[\w.+-]/.test(next))) {
    const help = text[at] === "'" ? '; texts need double quotes' : '';
    fail(cursor, `expected a value, but found ${here(cursor)}${help}`);
    return undefined;
  }
  cursor.at += token.length;
  return JSON.parse(token);
}

/** Reads a text; the cursor stands on its first quote. */
function readString(cursor: Cursor): string {
  const { text, at } = cursor;
  let end = at + 1;
  for (; ; end += 1) {
    const code = text.charCodeAt(end);
    if (code === 0x22) break;
    if (code === 0x5c) end += 1;
    // NaN past the end of the text; a raw control character is refused by every JSON reader.
    else if (!(code >= 0x20)) {
      const why =
        end >= text.length
          ? 'this text never ends: close it with a double quote'
          : 'a text may not hold a line break or control character as it is: escape it';
      fail(cursor, why, end >= text.length ? at : end);
      return '';
    }
  }
  cursor.at = end + 1;
  const token = text.slice(at, end + 1);
  if (!token.includes('\\')) return token.slice(1, -1);
  try {
    const value: unknown = JSON.parse(token);
    return typeof value === 'string' ? value : '';
  } catch {
    fail(cursor, 'this text holds an escape that JSON does not know', at);
    return '';
  }
}
