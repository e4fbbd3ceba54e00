import type { Json } from '../../database/schema.ts';

/** The key that agents read on Windows (docs/policy.md section 6). */
const KEY = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop';

/**
 * The policy as a file for regedit, `reg import` and Group Policy: one REG_SZ value that holds the whole document. It
 * says exactly what the document says, where a pair of values for each setting could not (a group that is present
 * without members). Text of another alphabet is written as JSON escapes, for tools on the way that would damage it
 * (consoles have code pages). UTF-16 with its mark and CR LF, as regedit writes.
 */
export function registryFile(document: { readonly [key: string]: Json }): Uint8Array {
  const json = asciiJson({ configurationFileVersion: 2, ...document });
  const lines = ['Windows Registry Editor Version 5.00', '', `[${KEY}]`, `"settings"="${escaped(json)}"`, ''];
  return Buffer.from(`\ufeff${lines.map((line) => `${line}\r\n`).join('')}`, 'utf16le');
}

function asciiJson(value: Json): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function escaped(text: string): string {
  return text.replaceAll(/[\\"]/g, '\\$&');
}
