import { maskUserInfoInPlace } from '../../shared/text/mask-user-info.ts';
import { quote } from '../../shared/text/quote.ts';

/** How much of the text is shown on either side of a fault. */
const AROUND = 20;

/** Says where in the given text the fault is, what stands around it, and why it is one. */
export function installerFault(given: string, at: number, why: string): string {
  const where = Math.min(at, given.length);
  // A password that stands beside a fault must not come into an installer's log, nor half of it.
  const shown = maskUserInfoInPlace(given);
  const near = shown.slice(Math.max(0, where - AROUND), where + AROUND);
  return `At character ${where + 1}, near ${quote(near)}: ${typicalFault(given, where) ?? why}.`;
}

/** Where a text is closed by a typographic quote, in a stretch of what was given; `null`: nowhere. */
export function typographicEnd(text: string): number | null {
  const at = text.search(/[\u2018-\u201f\u2032-\u2036](?=\s*[:,}\]])/);
  return at === -1 ? null : at;
}

/** Quotes that word processors, chats and web pages make of plain ones; accents that are typed for them. */
const TYPOGRAPHIC = /^[\u2018-\u201f\u2032-\u2036\u00ab\u00bb\u2039\u203a\uff02\uff07\u00b4`]/;
/** White space that is none of JSON's, and what cannot be seen at all. */
const UNSEEN = /^(?![ \t\r\n])[\p{Z}\p{C}]/u;
const WORD = /^[\p{L}_$][\p{L}\p{N}_$-]*/u;

/** What usually happened to a text that is wrong at this place; `null`: nothing that is known. */
function typicalFault(given: string, at: number): string | null {
  const rest = given.slice(at, at + 200);
  const [typographic] = TYPOGRAPHIC.exec(rest) ?? [];
  if (typographic !== undefined)
    return `${quote(typographic)} is a typographic quote, as word processors make them: write ' or " in its place`;
  const [unseen] = UNSEEN.exec(rest) ?? [];
  if (unseen !== undefined)
    return `here stands the character U+${hex(unseen)}, which JSON takes for no blank or nobody can see: remove it`;
  if (/^\\["']/.test(rest))
    return 'this backslash was meant for a shell, which left it there: write the quote without it';
  if (at === 0 && /^(?:@?(?:\.{0,2}|~|[a-z]:)[\\/]|@[\w.])/i.test(rest))
    return 'this names a file, and the policy itself belongs here';
  return wordFault(given, at, WORD.exec(rest)?.[0]);
}

function wordFault(given: string, at: number, word: string | undefined): string | null {
  if (word === undefined) return null;
  if (/^(?:true|false|null)$/i.test(word)) return `${quote(word)} is written in lower-case letters`;
  if (word === 'None' || word === 'undefined') return `${quote(word)} is written null`;
  // Windows' older shell passes double quotes within a value on to no program.
  const before = given.slice(0, at).trimEnd();
  return /[{[,:]$/.test(before) && !/["']/.test(before)
    ? 'the quotes around it are missing: a shell may have taken them away'
    : null;
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0').toUpperCase();
}
