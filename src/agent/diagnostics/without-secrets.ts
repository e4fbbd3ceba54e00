import { maskUserInfo } from '../../shared/text/mask-user-info.ts';
import type { Json } from '../local-api/json-of.ts';

const REMOVED = '[removed]';

/** Words in the names under which programs keep secrets, whatever stands before or after. */
const SECRET_WORD =
  'passw|passphrase|secret|token|bearer|credential|authoriz|cookie|api[-_]?key|access[-_]?key|private[-_]?key|verifier';
const SECRET_NAME = new RegExp(`${SECRET_WORD}|^_?auth$|^pwd$`, 'i');

/** What is a secret by its form, wherever it stands. */
const SECRET_FORMS: readonly RegExp[] = [
  // A JWT or JWS; an Authorization header; a PEM key.
  /\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g,
  /\b(?:Bearer|Basic|Digest|Negotiate|NTLM)\s+[\w.~+/=-]{8,}/gi,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // Tokens that say by their first letters whose they are: our hub's, GitHub's, GitLab's, Docker's, npm's, Slack's, AWS's.
  /\b(?:moor_|mscim_|gh[pousr]_|github_pat_|glpat-|dckr_[a-z]{3}_|npm_|xox[a-z]-|AKIA)[\w-]{8,}/g,
];

/** Headers that hold several secrets, to the end of their line. */
const HEADERS =
  /\b((?:(?:set-)?cookie|(?:proxy-)?authorization)\\*["']?\s{0,3}[:=]\s{0,3}\\*["']?)[^\n\\]+?(?=\\*["']?\s*(?:[,}\n]|$))/gi;

/** A name that tells of a secret, within a text, quoted or not: `password=`, `--token `, `"auth": `. */
const NAME = `(?:${SECRET_WORD}|["']_?auth(?=\\\\*["'])|\\bpwd)[\\w-]{0,40}\\\\*["']?`;
const IS = '(?:\\s{0,3}[:=]\\s{0,3}|\\s{1,3}(?<=--[\\w-]{1,60}\\s{1,3}))';
/** Its value: to the quote that ends it, also where the text is JSON within JSON; else one word. */
const QUOTED_VALUE = new RegExp(`(${NAME}${IS})(\\\\*)(["'])[^\\n]{1,4000}?(?<!\\\\)\\2\\3`, 'gi');
const BARE_VALUE = new RegExp(`(${NAME}${IS}(?:\\\\*["'])?)(?!\\[removed\\])[^\\s"'\\\\,;&<>{}[\\]]+`, 'gi');

/** A parameter of an address that carries a secret: `?code=…`, `#access_token=…`. */
const SECRET_PARAMETER = /([?&#](?:code|state|[\w.-]*(?:token|secret|password|key|sig))=)[^&\s"'<>]+/gi;

/** The folder of a person's own files, whose name is the person's: on Linux, mac and Windows. */
const HOMES: readonly RegExp[] = [
  /((?:\/home|\/Users)\/)(?!Shared\b)[^/\s"'<>:,;\\]+/g,
  /(\/Library\/Managed Preferences\/)[^/\s"'<>:,;\\]+(?=\/)/g,
  /([A-Z]:(?:\\{1,4}|\/)Users(?:\\{1,4}|\/))(?!Public\b)[^\\/\n"'<>:*?|]+(?=[\\/])/gi,
  /([A-Z]:(?:\\{1,4}|\/)Users(?:\\{1,4}|\/))(?!Public\b)[^\\/\s"'<>:*?|,;]+/gi,
];

/**
 * A copy without secrets, for a file that people hand on: the user-info of every address, values under names that say
 * what they hold, whatever has the form of a token or key, and what a person's own folder is called. What is a true
 * word under such a name goes as well; a diagnosis can do without it.
 *
 * @param home Folder of the person whose machine it is; empty: known by its form only.
 */
export function withoutSecrets(value: Json, home = ''): Json {
  const clean = (each: Json, hidden: boolean): Json => {
    if (typeof each === 'string') return hidden && each !== '' ? REMOVED : cleanText(each, home);
    if (Array.isArray(each)) return each.map((entry) => clean(entry, hidden));
    if (typeof each !== 'object' || each === null) return each;
    const entries = Object.entries(each).map(
      ([name, entry]) => [cleanText(name, home), clean(entry, hidden || SECRET_NAME.test(name))] as const,
    );
    return Object.fromEntries(entries);
  };
  return clean(value, false);
}

/** A home so short is no person's: it would be found everywhere. */
const SHORTEST_HOME = 4;

function cleanText(text: string, home: string): string {
  const masked = SECRET_FORMS.reduce((rest, form) => rest.replace(form, REMOVED), maskUserInfo(text));
  const named = masked
    .replace(HEADERS, `$1${REMOVED}`)
    .replace(SECRET_PARAMETER, `$1${REMOVED}`)
    .replace(QUOTED_VALUE, `$1$2$3${REMOVED}$2$3`)
    .replace(BARE_VALUE, `$1${REMOVED}`);
  const homeless = home.length < SHORTEST_HOME ? named : named.replaceAll(home, '~');
  return HOMES.reduce((rest, form) => rest.replace(form, '$1***'), homeless);
}
