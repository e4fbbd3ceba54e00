import { scanJson } from '../../shared/policy/json-scan.ts';
import { installerFault, typographicEnd } from './installer-fault.ts';

/** JSON text made of what an installer passed on, or what is wrong with it and where. */
export type InstallerText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string };

/** A text while it is rewritten: `origins[i]` is where its character `i` stood in what was given. */
interface Rewritten {
  readonly text: string;
  readonly origins: readonly number[];
}

type Rewriting =
  | { readonly ok: true; readonly rewritten: Rewritten }
  | { readonly ok: false; readonly at: number; readonly why: string };

/**
 * Reads a policy as installers pass it on: JSON, JSON in single quotes (`{'a': true}`), JSON in doubled quotes
 * (`{""a"":true}`), and any of them with the quotes of the command line still around it, or with the mark that a file
 * began with. Faults are told with the character of the given text at which they are, because that text is what the
 * administrator can mend.
 */
export function readInstallerText(given: string): InstallerText {
  const outer = withoutOuterQuotes(given);
  const start = outer.start + (/^\s*\uFEFF/.exec(given.slice(outer.start))?.[0].length ?? 0);
  const { end } = outer;
  const body = given.slice(start, end);
  if (body.trim() === '') return { ok: false, message: 'It is empty.' };
  const rewriting = rewrite(body);
  if (!rewriting.ok)
    return { ok: false, message: installerFault(given, start + rewriting.at, rewriting.why) };
  const { text, origins } = rewriting.rewritten;
  const scan = scanJson(text);
  if (scan.ok) return { ok: true, text };
  return {
    ok: false,
    message: installerFault(given, start + (origins[scan.at] ?? body.length), scan.message),
  };
}

/** `cmd.exe` and some device managers hand the quotes around a value over with it. */
function withoutOuterQuotes(given: string): { readonly start: number; readonly end: number } {
  const outer = /^\s*(["'])(?=\s*\{)/.exec(given);
  const start = outer?.[0].length ?? 0;
  if (outer === null) return { start, end: given.length };
  const closing = /\}\s*(["'])\s*$/.exec(given);
  // Without its counterpart the quote is one too many, and is then told as a fault of the text.
  if (closing?.[1] !== outer[1]) return { start: 0, end: given.length };
  return { start, end: given.lastIndexOf(outer[1] ?? '') };
}

function rewrite(body: string): Rewriting {
  if (/^\s*\{\s*""[^"\s:]/.test(body)) return undouble(body);
  if (/^\s*\{\s*'/.test(body)) return unsingle(body);
  return { ok: true, rewritten: { text: body, origins: Array.from(body, (_, i) => i) } };
}

function writer() {
  const parts: string[] = [];
  const origins: number[] = [];
  return {
    put: (text: string, at: number) => {
      parts.push(text);
      for (let i = 0; i < text.length; i += 1) origins.push(at);
    },
    done: (): Rewriting => ({ ok: true, rewritten: { text: parts.join(''), origins } }),
  };
}

/** `""` is a quote; a single one among them has lost its twin. */
function undouble(body: string): Rewriting {
  const out = writer();
  for (let at = 0; at < body.length; at += 1) {
    const char = body.charAt(at);
    if (char === '"') {
      if (body.charAt(at + 1) !== '"')
        return { ok: false, at, why: 'this quote stands alone while the others are doubled' };
      out.put('"', at);
      at += 1;
    } else out.put(char, at);
  }
  return out.done();
}

/** Single-quoted texts become JSON texts; double-quoted ones among them stay as they are. */
function unsingle(body: string): Rewriting {
  const out = writer();
  for (let at = 0; at < body.length; ) {
    const char = body.charAt(at);
    if (char !== "'" && char !== '"') {
      // An apostrophe in a comment begins no text.
      const passed = commentAt(body, at) ?? char;
      out.put(passed, at);
      at += passed.length;
      continue;
    }
    const end = closingQuote(body, at);
    const other = typographicEnd(body.slice(at, end === -1 ? body.length : end));
    if (end === -1)
      return { ok: false, at: at + (other ?? 0), why: 'the text that begins with this quote never ends' };
    if (!/^\s*(?:[:,}\]]|\/[/*]|$)/.test(body.slice(end + 1)))
      return {
        ok: false,
        at: other === null ? end : at + other,
        why: 'after this quote a ":", ",", "}" or "]" has to come. It is one quote too many, or the text holds a quote, which is written \\\'',
      };
    out.put('"', at);
    for (let i = at + 1; i < end; i += 1) {
      if (body.charAt(i) === '\\') {
        // JSON knows no escaped apostrophe.
        out.put(body.charAt(i + 1) === "'" ? "'" : body.slice(i, i + 2), i);
        i += 1;
      } else out.put(body.charAt(i) === '"' ? '\\"' : body.charAt(i), i);
    }
    out.put('"', end);
    at = end + 1;
  }
  return out.done();
}

/** The comment that begins here, whole; `null`: none does, or it never ends. */
function commentAt(body: string, at: number): string | null {
  const block = body.startsWith('/*', at);
  if (!block && !body.startsWith('//', at)) return null;
  const end = body.indexOf(block ? '*/' : '\n', at + 2);
  if (end === -1) return block ? null : body.slice(at);
  return body.slice(at, block ? end + 2 : end);
}

function closingQuote(body: string, start: number): number {
  for (let at = start + 1; at < body.length; at += 1) {
    if (body.charAt(at) === '\\') at += 1;
    else if (body.charAt(at) === body.charAt(start)) return at;
  }
  return -1;
}
