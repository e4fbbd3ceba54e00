import { win32 } from 'node:path';
import type { CommandRunner } from '../agent-options.ts';

/** One value of the Windows registry, by the types that policies use. */
export type RegistryValue =
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'list'; readonly value: readonly string[] }
  /** Another type, such as REG_BINARY: never a policy's. */
  | { readonly type: 'other'; readonly name: string };

/** A key and everything beneath it: values by name, keys by their path below the one asked for (empty: itself). */
export type RegistryTree = ReadonlyMap<string, ReadonlyMap<string, RegistryValue>>;

export type RegistryReading =
  | { readonly kind: 'absent' }
  | { readonly kind: 'read'; readonly tree: RegistryTree; readonly lossy: boolean }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * Reads a key of the 64-bit registry with `reg.exe`, which needs no native module. Its messages are translated, so
 * a missing key is told from an unreadable one by asking for the parents instead of by reading the message.
 */
export async function queryRegistry(
  runCommand: CommandRunner,
  systemRoot: string,
  key: string,
): Promise<RegistryReading> {
  const program = win32.join(systemRoot, 'System32', 'reg.exe');
  const ask = (which: string, deep: boolean) =>
    runCommand(program, ['query', which, ...(deep ? ['/s'] : []), '/reg:64']);
  const asked = await ask(key, true);
  if (asked.kind === 'failed') {
    return {
      kind: 'failed',
      message: `${program} could not be run (${asked.reason}), so ${key} is unknown.`,
    };
  }
  if (asked.exitCode === 0) {
    // reg.exe writes in the console's code page; what it cannot express arrives as a replacement character.
    return { kind: 'read', tree: parseRegistry(asked.stdout, key), lossy: asked.stdout.includes('\ufffd') };
  }
  for (let child = key; child.includes('\\'); child = win32.dirname(child)) {
    const parent = child.slice(0, child.lastIndexOf('\\'));
    const answer = await ask(parent, false);
    if (answer.kind === 'failed' || answer.exitCode !== 0) continue;
    const lists = subkeys(answer.stdout).some((name) => sameName(name, lastName(child)));
    if (!lists) return { kind: 'absent' };
    break;
  }
  const detail = asked.stderr.trim().slice(0, 200);
  return {
    kind: 'failed',
    message: `The registry key ${key} is there but cannot be read (${detail}). Let Users read it.`,
  };
}

const LONG_HIVES: Record<string, string> = { HKLM: 'HKEY_LOCAL_MACHINE', HKCU: 'HKEY_CURRENT_USER' };
/** `    name    REG_TYPE    data`; the name may hold spaces, the data may be empty. */
const VALUE_LINE = /^ {4}(.*?) {4}(REG_[A-Z_]+)(?: {4}(.*))?$/;
const KEY_LINE = /^HKEY_[A-Z_]+(\\|$)/;

/** Reads what `reg query KEY /s` prints. A line that is neither a key nor a value continues the text before it. */
export function parseRegistry(output: string, key: string): RegistryTree {
  const root = longName(key);
  const tree = new Map<string, Map<string, RegistryValue>>();
  let values: Map<string, RegistryValue> | null = null;
  let last: { readonly name: string; readonly type: string; readonly lines: string[] } | null = null;
  const finish = () => {
    if (last !== null) values?.set(last.name, typedValue(last.type, last.lines.join('\n')));
    last = null;
  };
  for (const line of output.replace(/\r/g, '').split('\n')) {
    const found = VALUE_LINE.exec(line);
    if (KEY_LINE.test(line)) {
      finish();
      const below = belowRoot(line.trimEnd(), root);
      values = below === null ? null : new Map();
      if (below !== null && values !== null) tree.set(below, values);
    } else if (found !== null) {
      finish();
      last = { name: found[1] ?? '', type: found[2] ?? '', lines: [found[3] ?? ''] };
    } else if (last !== null) {
      last.lines.push(line);
    }
  }
  finish();
  return tree;
}

function typedValue(type: string, data: string): RegistryValue {
  // The empty line between two keys belongs to the listing and not to the value.
  const text = data.replace(/\n+$/, '');
  switch (type) {
    case 'REG_SZ':
    case 'REG_EXPAND_SZ':
      return { type: 'text', value: text };
    case 'REG_DWORD':
    case 'REG_QWORD':
      return numberOf(type, text);
    case 'REG_MULTI_SZ':
      // reg.exe joins the strings with the two characters \0 (its default for /se).
      return { type: 'list', value: text === '' ? [] : text.split('\\0') };
    default:
      return { type: 'other', name: type };
  }
}

/** A REG_DWORD is unsigned in the registry; policies write -1 as 0xffffffff. */
function numberOf(type: string, text: string): RegistryValue {
  const value = Number(text);
  if (!/^0x[0-9a-f]+$/i.test(text) || !Number.isSafeInteger(value)) return { type: 'other', name: type };
  return { type: 'number', value: type === 'REG_DWORD' ? value | 0 : value };
}

function belowRoot(line: string, root: string): string | null {
  if (sameName(line, root)) return '';
  const prefix = `${root}\\`;
  return sameName(line.slice(0, prefix.length), prefix) ? line.slice(prefix.length) : null;
}

function subkeys(output: string): string[] {
  return output
    .split(/\r?\n/)
    .filter((line) => KEY_LINE.test(line))
    .map((line) => lastName(line.trimEnd()));
}

function longName(key: string): string {
  const [hive = '', ...rest] = key.split('\\');
  return [LONG_HIVES[hive] ?? hive, ...rest].join('\\');
}

function lastName(key: string): string {
  return key.slice(key.lastIndexOf('\\') + 1);
}

/** Names in the registry are told apart without case. */
function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
