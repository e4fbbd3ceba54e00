import { quote } from '../text/quote.ts';
import { DEEPEST, MOST_LISTED, scanJson } from './json-scan.ts';
import { accountsFor, emptyTally, type JsonTally, tallyValue } from './json-tally.ts';
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

/**
 * Reads bytes, text or an already parsed value as JSON, by the rules of docs/policy.md, section 3; `largest` in bytes.
 * Never throws.
 */
export function readJson(input: unknown, largest = LARGEST): JsonReading {
  const walk = (value: unknown): Walked<unknown> => {
    const tally = emptyTally();
    tallyValue(tally, value, 0);
    return { result: value, tally };
  };
  return readJsonWith(input, walk, largest).json;
}

/** What a reader made of a JSON value, and the tally of everything in it. */
export interface Walked<Result> {
  readonly result: Result;
  readonly tally: JsonTally;
}

/**
 * As `readJson`, for a reader that walks the value anyway: `walk` tallies on its way, and is called again in the rare
 * case that its tally shows that `JSON.parse` did not tell everything. `result` is `null` where `json` is broken.
 * Never throws, whatever `walk` does.
 */
export function readJsonWith<Result>(
  input: unknown,
  walk: (value: unknown) => Walked<Result>,
  largest = LARGEST,
): { readonly json: JsonReading; readonly result: Result | null } {
  try {
    const json = openJson(input, largest);
    if (!json.ok) return { json, result: null };
    const walked = walk(json.value);
    if (json.text === null) {
      return walked.tally.excessive ? { json: EXCESSIVE, result: null } : { json, result: walked.result };
    }
    if (json.scanned || accountsFor(walked.tally, json.text)) return { json, result: walked.result };
    const again = readLeniently(json.text, json.drafts);
    return { json: again, result: again.ok ? walk(again.value).result : null };
  } catch {
    // Only an object that runs code when looked at gets here; JSON never does.
    return { json: broken('malformed', 'It is not plain JSON data. Nothing of it applies.'), result: null };
  }
}

/** JSON that was parsed. Unless it was also scanned, a key may have come twice in it without anybody noticing. */
type OpenedJson = (Extract<JsonReading, { readonly ok: true }> & { readonly scanned?: true }) | BrokenJson;
type BrokenJson = Extract<JsonReading, { readonly ok: false }>;

function openJson(input: unknown, largest: number): OpenedJson {
  if (typeof input === 'string') return openText(input, largest);
  return input instanceof Uint8Array
    ? openBytes(input, largest)
    : { ok: true, value: input, text: null, drafts: [] };
}

function broken(
  code: ProblemCode,
  message: string,
  more: { at?: number; text?: string; before?: readonly ProblemDraft[] } = {},
): BrokenJson {
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

function tooLarge(): BrokenJson {
  return broken(
    'too_large',
    'It is larger than 1 MiB, which no policy needs: remove what does not belong there.',
  );
}

function openBytes(bytes: Uint8Array, largest: number): OpenedJson {
  if (bytes.length > largest) return tooLarge();
  const [first, second] = bytes;
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (marked || (bytes.length > 1 && (first === 0 || second === 0))) return broken('encoding', UTF16);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return broken('encoding', 'It holds bytes that are not UTF-8 text. Save it as UTF-8 without a mark.');
  }
  return openText(text, largest);
}

function openText(raw: string, largest: number): OpenedJson {
  if (isTooLarge(raw, largest)) return tooLarge();
  if (raw.startsWith('\ufffe') || raw[0] === '\0' || raw[1] === '\0') return broken('encoding', UTF16);
  const marked = raw.startsWith('\ufeff');
  const text = marked ? raw.slice(1) : raw;
  const drafts: ProblemDraft[] = marked ? [BYTE_ORDER_MARK] : [];
  if (text.trim() === '') {
    return broken('empty', 'It is empty. Write a policy, {} for one that decides nothing, or remove it.', {
      before: drafts,
    });
  }
  try {
    return { ok: true, value: JSON.parse(text), text, drafts };
  } catch {
    return readLeniently(text, drafts);
  }
}

const BYTE_ORDER_MARK: ProblemDraft = {
  severity: 'warning',
  code: 'byte_order_mark',
  segments: [],
  message: 'It begins with a byte-order mark, which other readers refuse. Save it as UTF-8 without a mark.',
};

/** The slow way, taken when `JSON.parse` refuses the text or a key may come twice. */
function readLeniently(text: string, before: readonly ProblemDraft[]): OpenedJson {
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
  if (scan.duplicates.length === MOST_LISTED) drafts.push(MORE_DUPLICATES);
  return { ok: true, value: scan.value, text, drafts, scanned: true };
}

const MORE_DUPLICATES: ProblemDraft = {
  severity: 'warning',
  code: 'duplicate_key',
  segments: [],
  message: 'There may be more keys that come twice; only the first hundred are listed.',
};

const EXCESSIVE = broken(
  'malformed',
  `It is nested more than ${DEEPEST} deep, or larger than any policy. Nothing of it applies.`,
);

function isTooLarge(text: string, largest: number): boolean {
  if (text.length > largest) return true;
  if (text.length * 3 <= largest) return false;
  let bytes = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    // Each half of a surrogate pair counts two of the pair's four bytes.
    bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
  }
  return bytes > largest;
}
