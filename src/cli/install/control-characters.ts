/** A control character in a text, with the path of the text as the grammar writes it. */
export interface ControlCharacter {
  readonly path: string;
  readonly name: string;
}

/** Texts of several lines: scripts, and options that are JSON themselves. */
const OF_LINES = new Set(['embeddedPac', 'dockerDaemonOptions']);

const NAMES: Readonly<Record<string, string>> = {
  '\b': 'a backspace (\\b)',
  '\t': 'a tab (\\t)',
  '\n': 'a line end (\\n)',
  '\f': 'a form feed (\\f)',
  '\r': 'a line end (\\r)',
};

/**
 * The first control character in a policy that was given on a command line. There a folder of Windows is easily written
 * with single backslashes, and JSON reads "C:\temp" as a tab: it would name a folder that no computer has.
 */
export function controlCharacter(policy: unknown, path = ''): ControlCharacter | null {
  if (typeof policy === 'string') {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
    const [found] = /[\u0000-\u001f\u007f]/.exec(policy) ?? [];
    if (found === undefined) return null;
    return { path, name: NAMES[found] ?? 'a control character' };
  }
  if (typeof policy !== 'object' || policy === null) return null;
  for (const [key, value] of Object.entries(policy)) {
    if (OF_LINES.has(key)) continue;
    const within = Array.isArray(policy) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    const found = controlCharacter(value, within);
    if (found !== null) return found;
  }
  return null;
}
