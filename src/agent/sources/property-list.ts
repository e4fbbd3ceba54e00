import type { JsonValue } from './json-value.ts';
import { faultOfBinary, faultOfXml, nestsTooDeep } from './property-list-guards.ts';

export type PropertyList =
  | { readonly ok: true; readonly value: JsonValue; readonly byteOrderMark: boolean }
  | { readonly ok: false; readonly message: string };

const BINARY_MARK = 'bplist00';

/**
 * Reads a property list, binary or XML, as JSON values: dates become ISO 8601 text, data becomes base64. The parser
 * is loaded on first use, which is never on Windows and Linux.
 */
export async function readPropertyList(bytes: Uint8Array): Promise<PropertyList> {
  const { parse, parseBinary } = await import('plist');
  const { DOMParser, onErrorStopParsing } = await import('@xmldom/xmldom');
  try {
    if (Buffer.from(bytes.subarray(0, BINARY_MARK.length)).toString('latin1') === BINARY_MARK) {
      const fault = faultOfBinary(bytes);
      if (fault !== null) return { ok: false, message: fault };
      return { ok: true, value: toJson(parseBinary(bytes)), byteOrderMark: false };
    }
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const byteOrderMark = text.startsWith('\ufeff');
    const xml = text.replace(/^\ufeff/, '').trimStart();
    // The parser would also take the old OpenStep form, in which almost any text is something.
    if (!xml.startsWith('<'))
      return { ok: false, message: 'it is neither an XML nor a binary property list' };
    if (nestsTooDeep(xml)) return { ok: false, message: 'it is nested too deeply' };
    // `plist` guesses on at a malformed document and prints what it guessed; this stops at the first error.
    const fault = faultOfXml(new DOMParser({ onError: onErrorStopParsing }).parseFromString(xml, 'text/xml'));
    if (fault !== null) return { ok: false, message: fault };
    return { ok: true, value: toJson(parse(xml)), byteOrderMark };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return { ok: false, message: `it is not a property list (${(reason ?? '').slice(0, 200)})` };
  }
}

function toJson(value: unknown): JsonValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map((each) => toJson(each));
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toJson(each)]));
  }
  return null;
}
