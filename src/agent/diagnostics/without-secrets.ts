import { maskUserInfo } from '../../shared/text/mask-user-info.ts';
import type { Json } from '../local-api/json-of.ts';

const REMOVED = '[removed]';

/** Words in the names under which programs keep secrets, whatever stands before or after. */
const SECRET_WORD =
  'passw|passphrase|passcode|kennwort|pwd|secret|token|bearer|credential|authoriz|cookie|verifier|assertion|samlresponse|' +
  '(?:proxy|user|db|pg)[-_]?pass|(?:api|access|private|account|shared|master|encryption|ssh)[-_]?key|(?:device|user|recovery|backup)[-_]?codes?';
/** Words that are no secret within another one: `bypass`, `path`, `author`. */
const WHOLE_WORD = '(?:pass|pat|auth|otp|totp|sid|session[-_]?id)';
const SECRET_NAME = new RegExp(`${SECRET_WORD}|(?:^|[-_])${WHOLE_WORD}$`, 'i');

/** What is a secret by its form, wherever it stands. */
const SECRET_FORMS: readonly RegExp[] = [
  // A JWT or JWS; an Authorization header; a PEM key.
  /\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g,
  /\b(?:Bearer|Basic|Digest|Negotiate|NTLM)\s+[\w.~+/=-]{8,}/gi,
  /-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|$)/g,
  // Tokens that say by their first letters whose they are: our hub's, GitHub's, GitLab's, Docker's, npm's, Slack's, AWS's,
  // Google's, PyPI's, DigitalOcean's, Hugging Face's, those of payment and model services, and keys of age.
  /\b(?:moor_|mscim_|gh[pousr]_|github_pat_|gl[a-z]{2,5}-|dckr_[a-z]{3}_|npm_|xox[a-z]-|A[KS]IA|AIza|ya29\.|pypi-|do[opr]_v1_|hf_|sk-|[sr]k_(?:live|test)_|AGE-SECRET-KEY-)[\w-]{8,}/g,
];

/** Headers that hold several secrets, to the end of their line. */
const HEADERS =
  /\b((?:(?:set-)?cookie|(?:proxy-)?authorization)\\*["']?\s{0,3}[:=]\s{0,3}\\*["']?)[^\n\\]+?(?=\\*["']?\s*(?:[,}\n]|$))/gi;

/** A name that tells of a secret, within a text, quoted or not: `password=`, `--token `, `"auth": `. */
const NAME = `(?:(?:${SECRET_WORD})[\\w-]{0,40}|(?<![a-z0-9])${WHOLE_WORD}(?=\\\\*["']?\\s{0,3}[:=]))\\\\*["']?`;
const IS = '(?:\\s{0,3}[:=]\\s{0,3}|\\s{1,3}(?<=--[\\w-]{1,60}\\s{1,3}))';
/** Its value: to the quote that ends it, also where the text is JSON within JSON; else one word. */
const QUOTED_VALUE = new RegExp(`(${NAME}${IS})(\\\\*)(["'])[^\\n]{1,4000}?(?<!\\\\)\\2\\3`, 'gi');
const BARE_VALUE = new RegExp(`(${NAME}${IS}(?:\\\\*["'])?)(?!\\[removed\\])[^\\s"'\\\\,;&<>{}[\\]]+`, 'gi');

/** A parameter of an address that carries a secret: `?code=…`, `#access_token=…`. */
const SECRET_PARAMETER =
  /([?&#](?:code|state|[\w.-]*(?:token|secret|password|key|sig|signature|ticket|_code))=)[^&\s"'<>]+/gi;

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

/** A user and a password as they are given to curl. */
const USER_OPTION = /((?:^|\s)(?:-[uU]|--(?:proxy-)?user)(?:=|\s{1,3}))[^\s:"']{1,128}:[^\s"']{1,256}/g;

/** A home so short is no person's: it would be found everywhere. */
const SHORTEST_HOME = 4;

function cleanText(text: string, home: string): string {
  const masked = SECRET_FORMS.reduce((rest, form) => rest.replace(form, REMOVED), maskUserInfo(text));
  const named = masked
    .replace(HEADERS, `$1${REMOVED}`)
    .replace(USER_OPTION, `$1${REMOVED}`)
    .replace(SECRET_PARAMETER, `$1${REMOVED}`)
    .replace(QUOTED_VALUE, `$1$2$3${REMOVED}$2$3`)
    .replace(BARE_VALUE, `$1${REMOVED}`);
  const homeless = home.length < SHORTEST_HOME ? named : withoutHome(named, home);
  return HOMES.reduce((rest, form) => rest.replace(form, '$1***'), homeless);
}

/** The folder itself and what is in it; not another one whose name only begins as its does. */
function withoutHome(text: string, home: string): string {
  return text
    .split(home)
    .reduce((before, after) => `${before}${/^[\p{L}\p{N}_-]/u.test(after) ? home : '~'}${after}`);
}
