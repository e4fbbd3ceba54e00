import type { CatalogSetting, ChangeRequest } from '../../shared/contracts/local-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';

/** Any JSON value, as the local API takes it. */
type JsonValue = NonNullable<ChangeRequest['set']>[string];

/** A value as typed, brought into the setting's type. Its range and format are judged by the agent's write gate. */
export type ParsedValue =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly refusal: Refusal };

const TRUE = ['true', 'on', 'yes'];
const FALSE = ['false', 'off', 'no'];

/**
 * Reads the words after `mooring settings set <id>` by the setting's type. A list is one JSON array, or words, each
 * of which may hold several entries separated by commas.
 */
export function parseSettingValue(setting: CatalogSetting, words: readonly string[]): ParsedValue {
  switch (setting.type) {
    case 'stringList':
      return parseList(setting, words);
    case 'objectList':
      return parseObjects(setting, words);
    default:
      return words.length === 1
        ? parseOne(setting, words[0] ?? '')
        : refuse(setting, 'exactly one value', words);
  }
}

function parseOne(setting: CatalogSetting, word: string): ParsedValue {
  switch (setting.type) {
    case 'boolean': {
      const lower = word.toLowerCase();
      if (TRUE.includes(lower)) return { ok: true, value: true };
      if (FALSE.includes(lower)) return { ok: true, value: false };
      return refuse(setting, 'true or false', [word]);
    }
    case 'integer': {
      const number = Number(word);
      if (/^-?\d+$/.test(word) && Number.isSafeInteger(number)) return { ok: true, value: number };
      return refuse(setting, `a whole number${range(setting)}`, [word]);
    }
    default:
      return { ok: true, value: word };
  }
}

function range({ range: bounds, unit }: CatalogSetting): string {
  const counted = unit === undefined ? '' : ` (${unit})`;
  if (bounds === undefined) return counted;
  return bounds.max === undefined
    ? ` from ${bounds.min}${counted}`
    : ` from ${bounds.min} to ${bounds.max}${counted}`;
}

function parseList(setting: CatalogSetting, words: readonly string[]): ParsedValue {
  const [only = ''] = words;
  if (words.length === 1 && only.trimStart().startsWith('[')) {
    const value = parseJson(only);
    return Array.isArray(value)
      ? { ok: true, value }
      : refuse(setting, 'a JSON array of texts, or entries separated by commas', words);
  }
  const entries = words.flatMap((word) => word.split(',')).map((entry) => entry.trim());
  return { ok: true, value: entries.filter((entry) => entry !== '') };
}

function parseObjects(setting: CatalogSetting, words: readonly string[]): ParsedValue {
  const values = words.map(parseJson);
  const list = values.length === 1 && Array.isArray(values[0]) ? values[0] : values;
  const objects = list.filter((item) => typeof item === 'object' && item !== null);
  if (objects.length === list.length) return { ok: true, value: objects };
  return refuse(setting, `JSON: an array of objects${fields(setting)}`, words);
}

function fields({ items = [] }: CatalogSetting): string {
  if (items.length === 0) return '';
  return ` with ${items.map(({ name, required }) => (required ? name : `${name} (optional)`)).join(', ')}`;
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refuse(setting: CatalogSetting, accepted: string, words: readonly string[]): ParsedValue {
  return {
    ok: false,
    refusal: {
      code: 'invalid_value',
      message: `${setting.id} takes ${accepted}; this is not: ${words.join(' ')}`,
      help: `See "mooring settings explain ${setting.id}".`,
      setting: setting.id,
      details: { accepted },
    },
  };
}

/** A value in one line, as a table shows it; `-` for a value that is unset. */
export function showValue(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'string') return value === '' ? '""' : value;
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) {
    return value.length === 0 ? '[]' : value.join(', ');
  }
  return JSON.stringify(value);
}

/** A value for a script to take as it is: text without quotes, everything else as JSON; nothing when it is unset. */
export function bareValue(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
