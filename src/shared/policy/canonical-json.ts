/**
 * JSON in the one form that RFC 8785 (JCS) allows: no white space, keys in the order of their UTF-16 code units,
 * numbers and texts as ECMAScript writes them. For values that are plain JSON data with well-formed texts, which
 * every setting's value is.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}
