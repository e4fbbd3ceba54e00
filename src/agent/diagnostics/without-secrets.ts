import { maskUserInfo } from '../../shared/text/mask-user-info.ts';
import type { Json } from '../local-api/json-of.ts';

const REMOVED = '[removed]';

/** Names under which programs keep secrets, whatever stands before or after the word. */
const SECRET_NAME =
  /passw|secret|token|bearer|credential|authoriz|cookie|api-?_?key|private-?_?key|verifier/i;

/** What is a secret by its form, wherever it stands: a JWT or JWS, an Authorization header, a PEM key. */
const SECRET_FORMS: readonly RegExp[] = [
  /\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g,
  /\b(?:Bearer|Basic)\s+[\w.~+/=-]{8,}/gi,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
];

/** A parameter of an address that carries a secret: `?code=…`, `#access_token=…`. */
const SECRET_PARAMETER = /([?&#](?:code|state|[\w.-]*(?:token|secret|password|key|sig))=)[^&\s"'<>]+/gi;

/**
 * A copy without secrets, for a file that people hand on: the user-info of every address, values under names that say
 * what they hold, and whatever has the form of a token or key. What is a true word under such a name goes as well;
 * a diagnosis can do without it.
 */
export function withoutSecrets(value: Json): Json {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      cleanText(name),
      SECRET_NAME.test(name) && typeof each === 'string' && each !== '' ? REMOVED : withoutSecrets(each),
    ]),
  );
}

function cleanText(text: string): string {
  const cleaned = SECRET_FORMS.reduce((rest, form) => rest.replace(form, REMOVED), maskUserInfo(text));
  return cleaned.replace(SECRET_PARAMETER, `$1${REMOVED}`);
}
