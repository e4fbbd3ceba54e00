import { DEEPEST } from './json-scan.ts';

/**
 * What is known of a parsed text while it is walked: how many of its colons are accounted for. `JSON.parse` does not
 * tell of a key that came twice, but such a key leaves a colon in the text that no key and no text of the value
 * accounts for; counting them costs a fraction of scanning the text.
 */
export interface JsonTally {
  /** One for each key, and the colons within keys and texts. */
  colons: number;
  /** Objects and entries of lists met. */
  nodes: number;
  /** Nested deeper than any document, or larger than any text: not to be used as it is. */
  excessive: boolean;
}

/** More of them than 1 MiB of JSON text can hold: only a value that refers to itself has them. */
const MOST_NODES = 1024 * 1024;

/** A tally of nothing. */
export function emptyTally(): JsonTally {
  return { colons: 0, nodes: 0, excessive: false };
}

/** Accounts for a key that is known to hold no colon. */
export function tallyKnownKey(tally: JsonTally): void {
  tally.colons += 1;
}

/** Accounts for a key of any text. */
export function tallyKey(tally: JsonTally, key: string): void {
  tally.colons += 1 + countColons(key);
}

/** Accounts for a value and everything in it. `depth`: how many lists and objects are around it. */
export function tallyValue(tally: JsonTally, value: unknown, depth: number): void {
  if (typeof value === 'string') tally.colons += countColons(value);
  if (typeof value !== 'object' || value === null) return;
  tally.nodes += Array.isArray(value) ? value.length : 1;
  tally.excessive ||= depth >= DEEPEST || tally.nodes > MOST_NODES;
  if (tally.excessive) return;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) tallyValue(tally, value[i], depth + 1);
    return;
  }
  for (const key of Object.keys(value)) tallyKey(tally, key);
  for (const member of Object.values(value)) tallyValue(tally, member, depth + 1);
}

/** True when the tally of its value accounts for the whole text, so that no key in it can have come twice. */
export function accountsFor(tally: JsonTally, text: string): boolean {
  // A colon written as an escape is in the value but not in the text, and would make up for one of a lost key.
  return !tally.excessive && !text.includes('\\u003') && countColons(text) === tally.colons;
}

function countColons(text: string): number {
  let count = 0;
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) count += 1;
  return count;
}
