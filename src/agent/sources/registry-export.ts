/** One value of the Windows registry, by the types that policies use. */
export type RegistryValue =
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'list'; readonly value: readonly string[] }
  /** Another type, such as REG_BINARY: never a policy's. */
  | { readonly type: 'other'; readonly name: string };

/** A key and everything beneath it: values by name, keys by their path below the one asked for (empty: itself). */
export type RegistryTree = ReadonlyMap<string, ReadonlyMap<string, RegistryValue>>;

const HEADER = 'Windows Registry Editor Version 5.00';
const LONG_HIVES: Record<string, string> = { HKLM: 'HKEY_LOCAL_MACHINE', HKCU: 'HKEY_CURRENT_USER' };

/**
 * Reads what `reg export KEY` writes: UTF-16 text in the form of regedit's version 5. `null` where the bytes are no
 * such file. A line that is neither a key nor a value is passed over; values of other keys are left out.
 */
export function readRegistryExport(bytes: Uint8Array, key: string): RegistryTree | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xfe) return null;
  const text = new TextDecoder('utf-16le').decode(bytes);
  if (!text.startsWith(HEADER)) return null;
  const root = longName(key);
  const tree = new Map<string, Map<string, RegistryValue>>();
  let values: Map<string, RegistryValue> | null = null;
  for (let rest = text.slice(HEADER.length); rest !== ''; ) {
    const head = KEY_LINE.exec(rest);
    const value = head === null ? VALUE.exec(rest) : null;
    if (head !== null) {
      const below = belowRoot(head[1] ?? '', root);
      values = below === null ? null : new Map();
      if (below !== null && values !== null) tree.set(below, values);
    } else if (value !== null) {
      values?.set(unescaped(value[1] ?? ''), typedValue(value[2], value[3] ?? ''));
    }
    // A line is left as it is found; a value is as long as its quotes and continued lines make it.
    const length = (head ?? value)?.[0].length ?? rest.indexOf('\n') + 1;
    rest = length === 0 ? '' : rest.slice(length);
  }
  return tree;
}

/** `[HKEY_…]` on a line of its own. A key's name may hold brackets. */
const KEY_LINE = /^\[(HKEY_[^\r\n]*)\][ \t]*\r?(?:\n|$)/;
/** `"name"=` or `@=`, then a quoted text, which may go over lines, or bytes, whose lines end with a backslash. */
const VALUE =
  /^(?:"([^"\\]*(?:\\[\s\S][^"\\]*)*)"|@)=(?:"([^"\\]*(?:\\[\s\S][^"\\]*)*)"|((?:[^\r\n\\]|\\\r?\n)*))[ \t]*\r?(?:\n|$)/;

function unescaped(text: string): string {
  return text.replaceAll(/\\([\s\S])/g, '$1');
}

function typedValue(quoted: string | undefined, data: string): RegistryValue {
  if (quoted !== undefined) return { type: 'text', value: unescaped(quoted) };
  const number = /^dword:([0-9a-f]{1,8})$/i.exec(data)?.[1];
  // A REG_DWORD is unsigned in the registry; policies write -1 as 0xffffffff.
  if (number !== undefined) return { type: 'number', value: Number.parseInt(number, 16) | 0 };
  const [, type = '3', hex = ''] = /^hex(?:\(([0-9a-f]{1,8})\))?:(.*)$/is.exec(data) ?? [];
  return valueOfBytes(Number.parseInt(type, 16), bytesOf(hex));
}

function bytesOf(hex: string): Uint8Array {
  const digits = hex.replaceAll(/[\\\s]/g, '').split(',');
  return Uint8Array.from(digits.filter((byte) => byte !== '').map((byte) => Number.parseInt(byte, 16)));
}

const REG_SZ = 1;
const REG_EXPAND_SZ = 2;
const REG_DWORD = 4;
const REG_MULTI_SZ = 7;
const REG_QWORD = 11;
const OTHER_NAMES: Record<number, string> = { 0: 'REG_NONE', 3: 'REG_BINARY' };

function valueOfBytes(type: number, bytes: Uint8Array): RegistryValue {
  const view = new DataView(bytes.buffer);
  const other: RegistryValue = { type: 'other', name: OTHER_NAMES[type] ?? `type ${type}` };
  switch (type) {
    case REG_SZ:
    case REG_EXPAND_SZ:
      return { type: 'text', value: utf16(bytes).split('\0', 1)[0] ?? '' };
    case REG_MULTI_SZ:
      return { type: 'list', value: listOf(utf16(bytes)) };
    case REG_DWORD:
      return bytes.length === 4 ? { type: 'number', value: view.getInt32(0, true) } : other;
    case REG_QWORD: {
      const value = bytes.length === 8 ? Number(view.getBigInt64(0, true)) : Number.NaN;
      return Number.isSafeInteger(value) ? { type: 'number', value } : other;
    }
    default:
      return other;
  }
}

function utf16(bytes: Uint8Array): string {
  return new TextDecoder('utf-16le', { ignoreBOM: true }).decode(bytes);
}

/** Each text ends with a NUL, and the list with one more. */
function listOf(text: string): readonly string[] {
  const whole = text.replace(/\0+$/, '');
  return whole === '' ? [] : whole.split('\0');
}

function belowRoot(name: string, root: string): string | null {
  if (sameName(name, root)) return '';
  const prefix = `${root}\\`;
  return sameName(name.slice(0, prefix.length), prefix) ? name.slice(prefix.length) : null;
}

function longName(key: string): string {
  const [hive = '', ...rest] = key.split('\\');
  return [LONG_HIVES[hive] ?? hive, ...rest].join('\\');
}

/** Names in the registry are told apart without case. */
export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
