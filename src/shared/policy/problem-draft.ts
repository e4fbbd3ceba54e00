import { lineFinder, type Segment, scanJson, type WantedPlace } from './json-scan.ts';
import type { Problem, ProblemCode } from './model.ts';

/** A problem while its document is being read: where it is in the tree, not yet on which line. */
export interface ProblemDraft {
  readonly severity: Problem['severity'];
  readonly code: ProblemCode;
  readonly segments: readonly Segment[];
  readonly message: string;
  /** Offset in the text, where it is known already. */
  readonly at?: number;
}

const LONGEST_PATH = 200;

/** Dotted path, with the index of a list in brackets: `filesharingAllowedDirectories[0].path`. */
export function pathText(segments: readonly Segment[]): string {
  let path = '';
  for (const segment of segments) {
    if (typeof segment === 'number') path += `[${segment}]`;
    else path += path === '' ? segment : `.${segment}`;
    if (path.length > LONGEST_PATH) return `${path.slice(0, LONGEST_PATH)}…`;
  }
  return path;
}

/**
 * Finishes the problems of one document. The text is scanned once more for their lines, and only when there are
 * problems, so that a clean document costs nothing.
 */
export function finishProblems(
  drafts: readonly ProblemDraft[],
  source: Problem['source'],
  text: string | null,
  prefix: readonly Segment[] = [],
): readonly Problem[] {
  if (drafts.length === 0) return [];
  const places = text === null ? [] : locate(drafts, text);
  const find = lineFinder(text ?? '');
  return drafts.map((draft, index) => {
    const at = draft.at ?? places[index];
    const position = text === null || at == null ? null : find(at);
    return Object.freeze({
      severity: draft.severity,
      source,
      path: pathText([...prefix, ...draft.segments]),
      code: draft.code,
      message:
        position === null
          ? draft.message
          : `Line ${position.line}, column ${position.column}: ${draft.message}`,
      ...position,
    });
  });
}

/** Offset of each draft's place; of the nearest object around it where the place itself is absent. */
function locate(drafts: readonly ProblemDraft[], text: string): readonly (number | null)[] {
  const root: WantedPlace = { at: null, children: new Map() };
  const trails = drafts.map(({ segments }) => {
    const trail = [root];
    let place = root;
    for (const segment of segments) {
      const next: WantedPlace = place.children.get(segment) ?? { at: null, children: new Map() };
      place.children.set(segment, next);
      trail.push(next);
      place = next;
    }
    return trail;
  });
  if (!scanJson(text, root).ok) return [];
  return trails.map((trail) => trail.findLast(({ at }) => at !== null)?.at ?? null);
}
