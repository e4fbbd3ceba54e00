import { diffLines } from 'diff';

/** A line of each of two texts that stand beside each other; `null`: nothing stands there. */
export interface LinePair {
  readonly key: string;
  readonly left: string | null;
  readonly right: string | null;
}

/**
 * As many lines taken out or put in as are compared one by one. The work grows with their square: a list of some
 * thousand host names that was replaced would hold the page up for half a minute.
 */
const MOST_EDITS = 1000;

interface Part {
  readonly value: string;
  readonly added: boolean;
  readonly removed: boolean;
}

/** Two texts line by line. What was taken out and what came in its place stand side by side. */
export function linePairs(before: string, after: string): readonly LinePair[] {
  const pairs: LinePair[] = [];
  const parts: readonly Part[] =
    diffLines(before, after, { maxEditLength: MOST_EDITS }) ?? betweenEnds(before, after);
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index];
    if (part === undefined) continue;
    const next = parts[index + 1];
    const replaced = part.removed && next?.added === true;
    const left = part.added ? [] : linesOf(part.value);
    const right = replaced ? linesOf(next.value) : part.removed ? [] : linesOf(part.value);
    for (let row = 0; row < Math.max(left.length, right.length); row += 1) {
      pairs.push({ key: `${index}.${row}`, left: left[row] ?? null, right: right[row] ?? null });
    }
    if (replaced) index += 1;
  }
  return pairs;
}

const linesOf = (text: string) => text.replace(/\n$/, '').split('\n');

/** What both begin and end with, and all between as replaced: for texts that differ too much to look closer. */
function betweenEnds(before: string, after: string): readonly Part[] {
  const [left, right] = [linesOf(before), linesOf(after)];
  const most = Math.min(left.length, right.length);
  let head = 0;
  while (head < most && left[head] === right[head]) head += 1;
  let tail = 0;
  while (tail < most - head && left.at(-1 - tail) === right.at(-1 - tail)) tail += 1;
  const part = (lines: readonly string[], added: boolean, removed: boolean): readonly Part[] =>
    lines.length === 0 ? [] : [{ value: lines.join('\n'), added, removed }];
  return [
    ...part(left.slice(0, head), false, false),
    ...part(left.slice(head, left.length - tail), false, true),
    ...part(right.slice(head, right.length - tail), true, false),
    ...part(left.slice(left.length - tail), false, false),
  ];
}
