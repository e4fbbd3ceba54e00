import { quote } from '../text/quote.ts';
import { DEEPEST, MOST_DUPLICATES, scanJson } from './json-scan.ts';
import type { ProblemCode } from './model.ts';
import type { ProblemDraft } from './problem-draft.ts';

/** Largest text that is read, in bytes of UTF-8 (docs/policy.md, section 3). */
export const LARGEST = 1024 * 1024;

/** A JSON text that was read, or why it cannot be; `drafts` holds its warnings, and its error where it is broken. */
export type JsonReading =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** The text without its mark; `null` for a value that was never text. */
      readonly text: string | null;
      readonly drafts: readonly ProblemDraft[];
    }
  | { readonly ok: false; readonly text: string | null; readonly drafts: readonly ProblemDraft[] };

// Every runtime that shared code meets has it, but no library that it may be compiled against declares it.
declare const TextDecoder: new (
  label: 'utf-8',
  options: { readonly fatal: true; readonly ignoreBOM: true },
) => { decode(bytes: Uint8Array): string };

const UTF16 = 'It is not UTF-8 text; it looks like UTF-16. Save it as UTF-8 without a mark.';

/** Reads bytes, text or an already parsed value as JSON, by the rules of docs/policy.md, section 3. Never throws. */
export function readJson(input: unknown): JsonReading {
  if (typeof input === 'string') return readText(input);
  try {
    return input instanceof Uint8Array ? readBytes(input) : readParsed(input);
  } catch {
    // Only an object that runs code when looked at gets here; JSON never does.
    return broken('malformed', 'It is not plain JSON data. Nothing of it applies.');
  }
}

function broken(
  code: ProblemCode,
  message: string,
  more: { at?: number; text?: string; before?: readonly ProblemDraft[] } = {},
): JsonReading {
  const { at, text = null, before = [] } = more;
  const error: ProblemDraft = {
    severity: 'error',
    code,
    segments: [],
    message,
    ...(at === undefined ? {} : { at }),
  };
  return { ok: false, text, drafts: [...before, error] };
}

function tooLarge(): JsonReading {
  return broken(
    'too_large',
    'It is larger than 1 MiB, which no policy needs: remove what does not belong there.',
  );
}

function readBytes(bytes: Uint8Array): JsonReading {
  if (bytes.length > LARGEST) return tooLarge();
  const [first, second] = bytes;
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (marked || (bytes.length > 1 && (first === 0 || second === 0))) return broken('encoding', UTF16);
  try {
    return readText(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return broken('encoding', 'It holds bytes that are not UTF-8 text. Save it as UTF-8 without a mark.');
  }
}

function readText(raw: string): JsonReading {
  if (isTooLarge(raw)) return tooLarge();
  if (raw.startsWith('\ufffe') || raw[0] === '\0' || raw[1] === '\0') return broken('encoding', UTF16);
  const marked = raw.startsWith('\ufeff');
  const text = marked ? raw.slice(1) : raw;
  const drafts: ProblemDraft[] = marked ? [BYTE_ORDER_MARK] : [];
  if (text.trim() === '') {
    return broken('empty', 'It is empty. Write a policy, {} for one that decides nothing, or remove it.', {
      before: drafts,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return readLeniently(text, drafts);
  }
  const shape = measure(value);
  if (shape === null || mayRepeatKeys(text, value, shape)) return readLeniently(text, drafts);
  return { ok: true, value, text, drafts };
}

const BYTE_ORDER_MARK: ProblemDraft = {
  severity: 'warning',
  code: 'byte_order_mark',
  segments: [],
  message: 'It begins with a byte-order mark, which other readers refuse. Save it as UTF-8 without a mark.',
};

/** The slow way, taken when `JSON.parse` refuses the text or a key may come twice. */
function readLeniently(text: string, before: readonly ProblemDraft[]): JsonReading {
  const scan = scanJson(text);
  if (!scan.ok) {
    return broken(
      'malformed',
      `This is not JSON: ${scan.message}. Nothing of it applies until it is mended.`,
      {
        at: scan.at,
        text,
        before,
      },
    );
  }
  const drafts = [...before];
  if (scan.lenientAt !== null) {
    drafts.push({
      severity: 'warning',
      code: 'lenient_json',
      segments: [],
      at: scan.lenientAt,
      message:
        'Comments and trailing commas are accepted here, but other readers of this file refuse them: remove them.',
    });
  }
  for (const { segments, at } of scan.duplicates) {
    drafts.push({
      severity: 'warning',
      code: 'duplicate_key',
      segments,
      at,
      message: `${quote(String(segments.at(-1)))} is there more than once, and the last one counts. Remove the others.`,
    });
  }
  if (scan.duplicates.length === MOST_DUPLICATES) drafts.push(MORE_DUPLICATES);
  return { ok: true, value: scan.value, text, drafts };
}

const MORE_DUPLICATES: ProblemDraft = {
  severity: 'warning',
  code: 'duplicate_key',
  segments: [],
  message: 'There may be more keys that come twice; only the first hundred are listed.',
};

function readParsed(value: unknown): JsonReading {
  if (measure(value) !== null) return { ok: true, value, text: null, drafts: [] };
  return broken(
    'malformed',
    `It is nested more than ${DEEPEST} deep, or larger than any policy. Nothing of it applies.`,
  );
}

function isTooLarge(text: string): boolean {
  if (text.length > LARGEST) return true;
  if (text.length * 3 <= LARGEST) return false;
  let bytes = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    // Each half of a surrogate pair counts two of the pair's four bytes.
    bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
  }
  return bytes > LARGEST;
}

// In a for-in loop the engine turns this form, and only this one, into no call at all.
const { hasOwnProperty: hasOwn } = Object.prototype;

interface Shape {
  keys: number;
  /** Colons inside texts; those inside keys are not among them. */
  colons: number;
  nodes: number;
}

/** More values than 1 MiB of JSON text can hold: only a value that refers to itself has them. */
const MOST_NODES = LARGEST;

/** Counts what a value holds. `null`: nested too deeply, or larger than any text. */
function measure(value: unknown): Shape | null {
  const shape: Shape = { keys: 0, colons: 0, nodes: 0 };
  return measureInto(shape, value, 0) ? shape : null;
}

function measureInto(shape: Shape, value: unknown, depth: number): boolean {
  if (typeof value === 'string') {
    shape.colons += countColons(value);
    return true;
  }
  if (typeof value !== 'object' || value === null) return true;
  shape.nodes += 1;
  if (depth >= DEEPEST || shape.nodes > MOST_NODES) return false;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) if (!measureInto(shape, value[i], depth + 1)) return false;
    return true;
  }
  const members: Record<string, unknown> = value as Record<string, unknown>;
  for (const key in members) {
    if (!hasOwn.call(members, key)) continue;
    shape.keys += 1;
    if (!measureInto(shape, members[key], depth + 1)) return false;
  }
  return true;
}

/**
 * `JSON.parse` does not tell of a key that came twice, but such a key leaves a colon in the text that no key and no
 * text of the value accounts for. Colons of keys are only counted when the others do not add up; a colon written as
 * an escape would spoil the count, so its presence alone is suspicious.
 */
function mayRepeatKeys(text: string, value: unknown, { keys, colons }: Shape): boolean {
  if (text.includes('\\u003')) return true;
  const unaccounted = countColons(text) - keys - colons;
  return unaccounted !== 0 && unaccounted !== colonsInKeys(value);
}

function colonsInKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  for (const [key, member] of Object.entries(value)) count += countColons(key) + colonsInKeys(member);
  return count;
}

function countColons(text: string): number {
  let count = 0;
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) count += 1;
  return count;
}
