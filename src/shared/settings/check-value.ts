import { describeValue } from '../text/quote.ts';
import type { ItemField, ListItem, Setting, SettingValue } from './setting.ts';

/** A value that may be used, or what is wrong with it and what is accepted. */
export type ValueCheck =
  | { readonly ok: true; readonly value: SettingValue }
  | { readonly ok: false; readonly code: 'wrong_type' | 'invalid_value'; readonly message: string };

/** Told of a field that the registration of an `objectList` does not know. */
export type UnknownField = (index: number, field: string) => void;

/** What a setting takes, in words: "a whole number from 1 to 1024". */
export function accepted(setting: Setting): string {
  switch (setting.type) {
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `a whole number ${rangeInWords(setting)}${setting.unit === undefined ? '' : ` (${setting.unit})`}`;
    case 'enum':
      return `one of ${(setting.choices ?? []).map((choice) => `"${choice}"`).join(', ')}`;
    case 'string':
      return FORMATS[setting.format ?? 'any'].accepted;
    case 'stringList':
      return setting.storeForm === 'commaJoined' ? 'a list of texts without commas' : 'a list of texts';
    case 'objectList':
      return `a list of objects with ${(setting.items ?? []).map(fieldInWords).join(', ')}`;
  }
}

/**
 * Checks a value against its registration: the one rule for documents, write gate, command line, dashboard and hub
 * (docs/policy.md, section 3: never coerced). Lists are answered as frozen copies. A field that the registration
 * does not know is refused, or left out when `onUnknownField` is there to hear of it.
 */
export function checkValue(setting: Setting, value: unknown, onUnknownField?: UnknownField): ValueCheck {
  switch (setting.type) {
    case 'boolean':
      return typeof value === 'boolean' ? { ok: true, value } : wrongType(setting, value);
    case 'integer':
      return checkInteger(setting, value);
    case 'enum':
      if (typeof value !== 'string') return wrongType(setting, value);
      return setting.choices?.includes(value) === true ? { ok: true, value } : invalid(setting, value);
    case 'string':
      return checkText(setting, value);
    case 'stringList':
      return checkList(setting, value);
    case 'objectList':
      return checkObjects(setting, value, onUnknownField);
  }
}

/** True for two values that mean the same. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  const left = new Map(Object.entries(a));
  return Object.entries(b).every(([key, value]) => left.has(key) && sameValue(left.get(key), value));
}

function rangeInWords({ range }: Setting): string {
  if (range === undefined) return 'of any size';
  return range.max === undefined ? `of ${range.min} or more` : `from ${range.min} to ${range.max}`;
}

function fieldInWords({ name, type, required, choices }: ItemField): string {
  const kind =
    type === 'boolean'
      ? 'true or false'
      : type === 'stringList'
        ? 'a list of texts'
        : type === 'enum'
          ? (choices ?? []).map((choice) => `"${choice}"`).join(' or ')
          : 'text';
  return `"${name}" (${kind}${required ? '' : ', may be left out'})`;
}

function wrongType(setting: Setting, value: unknown): ValueCheck {
  return {
    ok: false,
    code: 'wrong_type',
    message: `It has to be ${accepted(setting)}, and is ${describeValue(value)}.`,
  };
}

function invalid(setting: Setting, value: unknown): ValueCheck {
  return {
    ok: false,
    code: 'invalid_value',
    message: `It has to be ${accepted(setting)}, and is ${describeValue(value)}.`,
  };
}

function checkInteger(setting: Setting, value: unknown): ValueCheck {
  if (typeof value !== 'number' || !Number.isInteger(value)) return wrongType(setting, value);
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = setting.range ?? {};
  return value >= min && value <= max ? { ok: true, value } : invalid(setting, value);
}

/**
 * Text that no file, environment or JSON reader would carry unchanged: NUL, and half of a surrogate pair, which
 * UTF-8 cannot write. Accepting it would make the store differ from the policy for ever.
 */
function isCarriable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

const UNCARRIABLE: ValueCheck = {
  ok: false,
  code: 'invalid_value',
  message:
    'It holds a NUL character or half of a surrogate pair, which no settings file can carry: remove it.',
};

function checkText(setting: Setting, value: unknown): ValueCheck {
  if (typeof value !== 'string') return wrongType(setting, value);
  if (!isCarriable(value)) return UNCARRIABLE;
  if (setting.format === undefined) return { ok: true, value };
  return FORMATS[setting.format ?? 'any'].accepts(value) ? { ok: true, value } : invalid(setting, value);
}

function checkList(setting: Setting, value: unknown): ValueCheck {
  if (!Array.isArray(value)) return wrongType(setting, value);
  const texts: string[] = [];
  for (let index = 0; index < value.length; index += 1) {
    const item: unknown = value[index];
    if (typeof item !== 'string') {
      return {
        ok: false,
        code: 'wrong_type',
        message: `It has to be ${accepted(setting)}; entry ${index + 1} is ${describeValue(item)}.`,
      };
    }
    if (!isCarriable(item)) return UNCARRIABLE;
    if (setting.storeForm === 'commaJoined' && !isListEntry(item)) {
      return {
        ok: false,
        code: 'invalid_value',
        message: `It has to be ${accepted(setting)}, none empty or with white space around it; entry ${index + 1} is ${describeValue(item)}.`,
      };
    }
    texts.push(item);
  }
  return { ok: true, value: Object.freeze(texts) };
}

/** True for a text that comes back unchanged when a list of such is joined with commas and split again. */
export function isListEntry(text: string): boolean {
  return text !== '' && !text.includes(',') && text === text.trim();
}

function checkObjects(setting: Setting, value: unknown, onUnknownField?: UnknownField): ValueCheck {
  if (!Array.isArray(value)) return wrongType(setting, value);
  const items: ListItem[] = [];
  for (let index = 0; index < value.length; index += 1) {
    const checked = checkItem(setting, index, value[index], onUnknownField);
    if (!('item' in checked)) return checked;
    items.push(checked.item);
  }
  return { ok: true, value: Object.freeze(items) };
}

function checkItem(
  setting: Setting,
  index: number,
  raw: unknown,
  onUnknownField?: UnknownField,
): ValueCheck | { readonly item: ListItem } {
  const fail = (code: 'wrong_type' | 'invalid_value', why: string): ValueCheck => ({
    ok: false,
    code,
    message: `It has to be ${accepted(setting)}; in entry ${index + 1}, ${why}.`,
  });
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return fail('wrong_type', `there is ${describeValue(raw)} in place of an object`);
  }
  const given = raw as Readonly<Record<string, unknown>>;
  const fields = setting.items ?? [];
  const item: Record<string, string | boolean | readonly string[]> = {};
  for (const field of fields) {
    const value = Object.hasOwn(given, field.name) ? given[field.name] : undefined;
    if (value === undefined && !field.required) continue;
    if (value === undefined) return fail('invalid_value', `"${field.name}" is missing`);
    const checked = checkField(field, value);
    if (checked === null) return fail('wrong_type', `"${field.name}" is ${describeValue(value)}`);
    item[field.name] = checked;
  }
  for (const name of Object.keys(given)) {
    if (fields.some((field) => field.name === name)) continue;
    if (onUnknownField === undefined) return fail('invalid_value', `${JSON.stringify(name)} is not known`);
    onUnknownField(index, name);
  }
  return { item: Object.freeze(item) };
}

function checkField(field: ItemField, value: unknown): string | boolean | readonly string[] | null {
  if (field.type === 'boolean') return typeof value === 'boolean' ? value : null;
  if (field.type === 'stringList') {
    const texts = Array.isArray(value) ? value.filter((v) => typeof v === 'string' && isCarriable(v)) : null;
    return texts !== null && Array.isArray(value) && texts.length === value.length
      ? Object.freeze(texts)
      : null;
  }
  if (typeof value !== 'string' || !isCarriable(value)) return null;
  return field.type !== 'enum' || field.choices?.includes(value) === true ? value : null;
}

/**
 * Rules on text. They refuse only what the original product could not use either; addresses of proxies have none,
 * because host:port without a scheme and files are taken there too.
 */
const FORMATS: Readonly<
  Record<NonNullable<Setting['format']> | 'any', { accepted: string; accepts: (text: string) => boolean }>
> = {
  any: { accepted: 'text', accepts: () => true },
  path: { accepted: 'text naming a folder or file', accepts: () => true },
  url: { accepted: 'an address that starts with http:// or https://', accepts: (text) => isLink(text) },
  urlOrEmpty: {
    accepted: 'an address that starts with http://, https:// or mailto:, or empty text',
    accepts: (text) => text === '' || isLink(text) || /^mailto:\S+$/i.test(text),
  },
  cidr: { accepted: 'an address range such as "192.168.65.0/24"', accepts: isCidr },
  json: { accepted: 'text that holds a JSON object', accepts: isJsonObject },
  portList: {
    accepted: 'ports with commas between them such as "80,443", "*" or empty text',
    accepts: isPortList,
  },
};

function isLink(text: string): boolean {
  return /^https?:\/\/[^\s/]\S*$/i.test(text);
}

function isCidr(text: string): boolean {
  if (text === '') return true;
  const [, address = '', prefix = ''] = /^([0-9a-f:.]+)\/(\d{1,3})$/i.exec(text) ?? [];
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address)?.slice(1);
  if (octets !== undefined) return octets.every((octet) => Number(octet) <= 255) && Number(prefix) <= 32;
  return address.includes('::') || address.split(':').length === 8 ? Number(prefix) <= 128 : false;
}

function isJsonObject(text: string): boolean {
  if (text.trim() === '') return true;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value);
  } catch {
    return false;
  }
}

function isPortList(text: string): boolean {
  if (text.trim() === '*') return true;
  // Trimmed before it is matched: white space on both sides of an expression would be tried in every division.
  return text.split(',').every((part) => {
    const [whole, from, to = from] = /^(?:(\d{1,5})(?:-(\d{1,5}))?)?$/.exec(part.trim()) ?? [];
    if (whole === undefined) return false;
    return whole === '' || [from, to].every((port) => Number(port) >= 1 && Number(port) <= 65535);
  });
}
