import { ScimError, type ScimType } from '../scim-error.ts';

/** One token of a filter or path. `word`: attribute path, operator, `and`, `true`, a number… */
export interface Token {
  readonly kind: 'word' | 'string' | '(' | ')' | '[' | ']';
  readonly text: string;
  /** 0-based offset, for error messages. */
  readonly at: number;
}

const MAX_LENGTH = 8192;
// A word holds everything an attribute path or a number can: letters, digits, `$ref`, URN colons and dots.
const WORD = /[^\s()[\]"]+/y;
/** Splits a filter or a path into tokens. Throws a 400 of the given type that says where it failed. */
export function tokenize(text: string, scimType: ScimType): readonly Token[] {
  if (text.length > MAX_LENGTH) {
    throw new ScimError(400, `The expression is longer than ${MAX_LENGTH} characters.`, scimType);
  }
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (/\s/.test(char)) {
      at += 1;
    } else if (char === '(' || char === ')' || char === '[' || char === ']') {
      tokens.push({ kind: char, text: char, at });
      at += 1;
    } else {
      const token = char === '"' ? stringAt(text, at, scimType) : wordAt(text, at);
      tokens.push(token.token);
      at = token.end;
    }
  }
  return tokens;
}

// A JSON string, so that escapes mean what they mean in JSON (RFC 7644 section 3.4.2.2).
function stringAt(text: string, at: number, scimType: ScimType): { token: Token; end: number } {
  let end = at + 1;
  while (end < text.length && text.charAt(end) !== '"') end += text.charAt(end) === '\\' ? 2 : 1;
  try {
    const parsed: unknown = JSON.parse(text.slice(at, end + 1));
    if (typeof parsed === 'string') return { token: { kind: 'string', text: parsed, at }, end: end + 1 };
  } catch {
    // Said below, in the words of the filter rather than of JSON.
  }
  throw new ScimError(
    400,
    `The string that starts at character ${at + 1} is not closed, or has an escape that JSON does not know.`,
    scimType,
  );
}

function wordAt(text: string, at: number): { token: Token; end: number } {
  WORD.lastIndex = at;
  const raw = WORD.exec(text)?.[0] ?? text.charAt(at);
  return { token: { kind: 'word', text: raw, at }, end: at + raw.length };
}
