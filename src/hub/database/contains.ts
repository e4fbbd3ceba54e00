/** A pattern for `ilike` that finds a text anywhere, without regard to case: nothing in it is a wildcard. */
export function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&').replaceAll('\0', '')}%`;
}
