import { writeFile } from 'node:fs/promises';
import type { CommandRunner } from '../agent-options.ts';

/** Keys by their full name, and what `reg export` writes of each: lines such as `"name"="text"`. */
export type ExportedKeys = Readonly<Record<string, readonly string[]>>;

/** The file that `reg export` writes, as regedit's version 5 has it. */
export function exportedFile(keys: ExportedKeys): Uint8Array {
  const blocks = Object.entries(keys).map(([key, lines]) => `[${key}]\r\n${[...lines, '', ''].join('\r\n')}`);
  return Buffer.from(`\ufeffWindows Registry Editor Version 5.00\r\n\r\n${blocks.join('')}`, 'utf16le');
}

/**
 * Stands in for `reg.exe` in tests: exports these keys with what is beneath them and lists the children of their parents;
 * whatever else is asked for is missing, as on a German Windows.
 */
export function registryProgram(keys: ExportedKeys): CommandRunner {
  const names = Object.keys(keys);
  return async (_program, [what, asked = '', file = '']) => {
    const key = asked.replace(/^HKLM/, 'HKEY_LOCAL_MACHINE');
    const below = names.filter((name) => name.startsWith(`${key}\\`));
    if (what === 'export' && (names.includes(key) || below.length > 0)) {
      const those = names.filter((name) => name === key || below.includes(name));
      await writeFile(file, exportedFile(Object.fromEntries(those.map((name) => [name, keys[name] ?? []]))));
      return { kind: 'ended', exitCode: 0, stdout: 'Der Vorgang wurde erfolgreich beendet.\r\n', stderr: '' };
    }
    // Windows itself always has the key of all programs.
    const isThere = names.includes(key) || below.length > 0 || key === 'HKEY_LOCAL_MACHINE\\SOFTWARE';
    if (what === 'query' && isThere) {
      const children = below.map((name) => `${key}\\${name.slice(key.length + 1).split('\\', 1)[0]}`);
      const stdout = ['', ...new Set(children), ''].join('\r\n');
      return { kind: 'ended', exitCode: 0, stdout, stderr: '' };
    }
    return { kind: 'ended', exitCode: 1, stdout: '', stderr: 'FEHLER: nicht gefunden.\r\n' };
  };
}

/** A value as `reg export` writes it, from the type and the data that `reg query` shows. */
export function exportedValue(name: string, type: string, data: string): string {
  const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(',');
  switch (type) {
    case 'REG_SZ':
      return `"${escaped(name)}"="${escaped(data)}"`;
    case 'REG_DWORD':
      return `"${escaped(name)}"=dword:${Number(data).toString(16).padStart(8, '0')}`;
    case 'REG_MULTI_SZ': {
      const bytes = hex(Buffer.from(data === '' ? '\0' : `${data.replaceAll('\\0', '\0')}\0\0`, 'utf16le'));
      // Long data goes over several lines.
      return `"${escaped(name)}"=hex(7):${bytes.replaceAll(/((?:..,){20})(?=.)/g, '$1\\\r\n  ')}`;
    }
    default:
      return `"${escaped(name)}"=hex:${data.replaceAll(/(..)(?=.)/g, '$1,')}`;
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[\\"]/g, '\\$&');
}
