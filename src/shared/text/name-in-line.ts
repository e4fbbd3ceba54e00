const LONGEST = 60;
/** What lies behind this is cut anyway, and is not looked at. */
const LOOKED_AT = 4_000;
/** Marks that turn the writing around: one that is left open in a name would turn the rest of the line too. */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const UNSHOWN = /[\s\p{Cc}]+/gu;
/** Hebrew, Arabic, and whatever else is written from the right. */
const FROM_RIGHT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const ISOLATE = '\u2068';
const END_OF_ISOLATE = '\u2069';

/**
 * Somebody's name as one line outside our pages can hold it, such as an item of a menu: without line breaks and controls,
 * short, and kept apart where it is written from the right, because two such names beside each other would change places.
 */
export function nameInLine(name: string): string {
  const line = name.slice(0, LOOKED_AT).replace(TURNING, '').replace(UNSHOWN, ' ').trim();
  const short = shorten(line);
  return FROM_RIGHT.test(short) ? `${ISOLATE}${short}${END_OF_ISOLATE}` : short;
}

/** Counted as a reader counts: an accent or an emoji of several parts is not cut in two. */
function shorten(line: string): string {
  if (line.length <= LONGEST) return line;
  const characters = [...new Intl.Segmenter().segment(line)];
  if (characters.length <= LONGEST) return line;
  return `${line.slice(0, characters[LONGEST - 1]?.index)}…`;
}
