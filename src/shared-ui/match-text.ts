/** A piece of a text: a match of the search or what lies between matches. `start` counts UTF-16 units. */
export interface TextPart {
  readonly start: number;
  readonly text: string;
  readonly match: boolean;
}

/** The words of a search box: lower case, without empty ones. */
export function searchWords(query: string): readonly string[] {
  return query
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** Cuts `text` at every occurrence of any of `words`, whatever the case. Joined, the parts give the text again. */
export function splitMatches(text: string, words: readonly string[]): readonly TextPart[] {
  // Longest first, so that "proxy" is marked whole although "pro" is searched for as well.
  const patterns = words
    .filter((word) => word !== '')
    .toSorted((one, other) => other.length - one.length)
    .map((word) => word.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  if (patterns.length === 0) return [{ start: 0, text, match: false }];
  const parts: TextPart[] = [];
  let end = 0;
  for (const found of text.matchAll(new RegExp(patterns.join('|'), 'gi'))) {
    if (found.index > end) parts.push({ start: end, text: text.slice(end, found.index), match: false });
    parts.push({ start: found.index, text: found[0], match: true });
    end = found.index + found[0].length;
  }
  if (end < text.length || parts.length === 0)
    parts.push({ start: end, text: text.slice(end), match: false });
  return parts;
}
