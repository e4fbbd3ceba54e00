import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import type { CatalogSetting } from '../shared/contracts/local-api.ts';
import type { en } from '../shared/text/en.ts';
import type { Translate } from '../shared/text/text.ts';
import type { JsonValue } from './json-value.ts';

type T = Translate<typeof en>;

/** The words of the reader. */
export interface DraftWords {
  readonly t: T;
  /** The name of a field of an entry. */
  readonly fieldName: (name: string) => string;
}

/**
 * What a person should mend before applying, as far as a page can tell at once; `null` when nothing is wrong. The
 * agent checks every rule again and its refusals are shown at the control too, so this is a courtesy, not a gate.
 */
export function checkDraft(registration: CatalogSetting, value: JsonValue, words: DraftWords): string | null {
  const { t } = words;
  if (registration.type === 'integer') return checkNumber(registration, value, t);
  if (registration.format === 'json' && typeof value === 'string') return checkJson(value, t);
  if (registration.type === 'objectList' && Array.isArray(value))
    return checkItems(registration, value, words);
  if (registration.type === 'stringList' && Array.isArray(value)) return checkEntries(value, t);
  return null;
}

function checkNumber({ range }: CatalogSetting, value: JsonValue, t: T): string | null {
  const whole = typeof value === 'number' && Number.isSafeInteger(value);
  const inside = whole && value >= (range?.min ?? value) && value <= (range?.max ?? value);
  if (inside) return null;
  if (range === undefined) return t('settings.problemNumber');
  return range.max === undefined
    ? t('settings.problemFrom', { min: range.min })
    : t('settings.problemBetween', { min: range.min, max: range.max });
}

/** Checks text that has to hold a JSON object, and says where it breaks. */
export function checkJson(text: string, t: T): string | null {
  if (text.trim() === '') return null;
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { disallowComments: true, allowTrailingComma: false });
  const first = errors[0];
  if (first !== undefined) {
    const before = text.slice(0, first.offset).split('\n');
    return t('settings.problemJsonAt', {
      line: before.length,
      column: (before.at(-1) ?? '').length + 1,
      reason: jsonReason(printParseErrorCode(first.error), t),
    });
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? null : t('settings.jsonObject');
}

function jsonReason(code: string, t: T): string {
  switch (code) {
    case 'InvalidSymbol':
    case 'InvalidNumberFormat':
    case 'PropertyNameExpected':
    case 'ValueExpected':
    case 'ColonExpected':
    case 'CommaExpected':
    case 'CloseBraceExpected':
    case 'CloseBracketExpected':
    case 'EndOfFileExpected':
    case 'InvalidCommentToken':
    case 'UnexpectedEndOfString':
      return t(`settings.jsonReason.${code}`);
    default:
      return t('settings.jsonReason.other');
  }
}

// An entry that was added and never filled in: no list of the catalog has a use for it.
function checkEntries(value: readonly JsonValue[], t: T): string | null {
  const empty = value.findIndex((entry) => typeof entry === 'string' && entry.trim() === '');
  return empty === -1 ? null : t('settings.problemEmpty', { row: empty + 1 });
}

function checkItems(
  { items = [] }: CatalogSetting,
  value: readonly JsonValue[],
  { t, fieldName }: DraftWords,
): string | null {
  for (const [index, item] of value.entries()) {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) continue;
    const missing = items.find((field) => field.required && (item[field.name] ?? '') === '');
    if (missing !== undefined)
      return t('settings.problemRequired', { row: index + 1, field: fieldName(missing.name) });
  }
  return null;
}
