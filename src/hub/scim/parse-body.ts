import { isUtf8 } from 'node:buffer';
import { ScimError } from './scim-error.ts';

/** Deeper than any resource. */
const MAX_DEPTH = 64;

/** The text of a body. Throws 400 `invalidSyntax` for other encodings: guessed at, names would be kept wrong. */
export function readText(sent: Buffer): string {
  if (!isUtf8(sent)) throw new ScimError(400, 'The body is not text in UTF-8, as JSON is.', 'invalidSyntax');
  return sent.toString('utf8');
}

/** Reads a body. Throws 400 `invalidSyntax` in words that repeat nothing of it: it may hold a password. */
export function parseBody(sent: unknown): unknown {
  // Some clients name a media type on requests without a body.
  if (typeof sent !== 'string' || sent === '') return undefined;
  // A mark of the byte order may be passed over (RFC 8259 section 8.1).
  const body = sent.startsWith('\uFEFF') ? sent.slice(1) : sent;
  refuseDeep(body);
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new ScimError(400, `The body is not JSON: it cannot be read ${placeIn(error)}.`, 'invalidSyntax');
  }
}

/** Where reading stopped; the message itself quotes what stands there. */
function placeIn(error: unknown): string {
  const place = error instanceof Error ? /at (?:line \d+ column \d+|position \d+)/.exec(error.message) : null;
  return place === null ? 'to its end' : `${place[0]} and after`;
}

/** Brackets within brackets beyond any resource: walking them would exhaust the stack. */
function refuseDeep(text: string): void {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === 0x22) quoted = !quoted;
    else if (quoted) at += char === 0x5c ? 1 : 0;
    else if (char === 0x7b || char === 0x5b) depth += 1;
    else if (char === 0x7d || char === 0x5d) depth -= 1;
    if (depth > MAX_DEPTH)
      throw new ScimError(400, `The body is nested more than ${MAX_DEPTH} deep.`, 'invalidSyntax');
  }
}
