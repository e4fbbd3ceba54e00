import type { Catalog } from '../settings/define-catalog.ts';
import { VERSION_KEY } from '../settings/document-grammar.ts';
import { nearest } from '../text/nearest.ts';
import { quote } from '../text/quote.ts';
import type { Segment } from './json-scan.ts';
import type { ProblemDraft } from './problem-draft.ts';

/** Keys that mean something to the language itself: never a suggestion for them. */
const PROTOTYPE_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** The warning for a key that nothing knows; `suggest` is asked for what it was most likely meant to be. */
export function unknownKeyDraft(segments: readonly Segment[], suggest: () => string | null): ProblemDraft {
  const key = String(segments.at(-1));
  const close = PROTOTYPE_KEYS.has(key) ? null : suggest();
  const mend = close === null ? 'Remove it, or check its name.' : `Did you mean ${quote(close)}?`;
  return {
    severity: 'warning',
    code: 'unknown_key',
    segments,
    message: `The key ${quote(key)} is not known and is ignored. ${mend}`,
  };
}

/** The warning that stands for all unknown keys that are not listed one by one. */
export function moreUnknownKeys(count: number): ProblemDraft {
  const message = `${count} more ${count === 1 ? 'key is not known and is' : 'keys are not known and are'} ignored.`;
  return { severity: 'warning', code: 'unknown_key', segments: [], message };
}

/**
 * The nearest place for a key at the top level. Settings are also known by their id, their store key and the last
 * word of their path, which published references print without the object around it.
 */
export function nearestPath(key: string, catalog: Catalog): string | null {
  const wanted = key.toLowerCase();
  for (const { id, storeKey, valuePath } of catalog.settings) {
    const place = valuePath.endsWith('.value') ? valuePath.slice(0, -'.value'.length) : valuePath;
    const last = place.split('.').at(-1) ?? '';
    if ([id, storeKey, last].some((name) => name.toLowerCase() === wanted)) return place;
  }
  return nearest(key, [...catalog.document.children.keys(), VERSION_KEY]);
}
