import { distance } from 'fastest-levenshtein';

/** No name of ours is longer; comparing longer ones would only cost time. */
const LONGEST = 64;

/** The candidate that `word` was most likely meant to be, or `null` when none is close. Case does not count. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  if (word.length > LONGEST) return null;
  const wanted = word.toLowerCase();
  const allowed = Math.max(1, Math.floor(word.length / 3));
  let best: string | null = null;
  let bestDistance = allowed + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const between = distance(wanted, candidate.toLowerCase());
    if (between < bestDistance) [best, bestDistance] = [candidate, between];
  }
  return best;
}
