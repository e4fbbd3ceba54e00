/**
 * Text from documents, hubs and people goes to a terminal only through here: control characters, and those that
 * change the direction of writing, are shown as escapes, so that a policy's name cannot move the cursor, recolour
 * what stands above it, or pretend to be another name. Line breaks become escapes too, unless `lines` is set.
 */
export function plainText(text: string, options: { readonly lines?: boolean } = {}): string {
  return text.replace(UNSAFE, (character) => {
    if (character === '\n' && options.lines) return character;
    return ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

// C0 and C1 controls, line and paragraph separators, marks of direction and isolation.
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
