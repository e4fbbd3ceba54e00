import type { Catalog } from '../settings/define-catalog.ts';
import { VERSION_KEY } from '../settings/document-grammar.ts';
import { describeValue } from '../text/quote.ts';
import type { Segment } from './json-scan.ts';
import { emptyTally, type JsonTally, tallyValue } from './json-tally.ts';
import { readJsonWith, type Walked } from './json-text.ts';
import type { Layer, LayerSource, Mention, Problem } from './model.ts';
import { finishProblems, type ProblemDraft } from './problem-draft.ts';
import { type DocumentReading, isJsonObject, readSettings } from './read-settings.ts';

/** A layer of which nothing applies. */
export function brokenLayer(source: LayerSource, problems: readonly Problem[]): Layer {
  return { source, state: 'broken', mentions: new Map(), ignored: new Map(), problems };
}

/**
 * Reads one policy document (docs/policy.md, section 3). `input` is the file's bytes, its text, or the JSON value
 * itself. Never throws: everything that is wrong is in `problems`, and a document of which nothing can be used has
 * the state `broken`. The reading does not depend on the platform.
 * @param prefix where the document stands inside a larger one; goes before every problem's path
 */
export function readDocument(
  input: unknown,
  source: LayerSource,
  catalog: Catalog,
  prefix: readonly Segment[] = [],
): Layer {
  const { json, result } = readJsonWith(input, (value) => interpretDocument(value, catalog));
  const finish = (drafts: readonly ProblemDraft[]) => finishProblems(drafts, source, json.text, prefix);
  if (!json.ok || result === null) return brokenLayer(source, finish(json.drafts));
  const { state, mentions, ignored } = result;
  return { source, state, mentions, ignored, problems: finish([...json.drafts, ...result.drafts]) };
}

/** What a document says, while its problems still lack their lines. */
export interface Interpretation {
  readonly state: Layer['state'];
  readonly mentions: Map<string, Mention>;
  readonly ignored: Map<string, string>;
  readonly drafts: readonly ProblemDraft[];
}

/**
 * Reads a parsed document.
 * @param tally accounts for the document when it has been read
 * @param depth how many objects are around it
 */
export function interpretDocument(
  value: unknown,
  catalog: Catalog,
  tally: JsonTally = emptyTally(),
  depth = 0,
): Walked<Interpretation> {
  const reading: DocumentReading = {
    drafts: [],
    mentions: new Map(),
    ignored: new Map(),
    unknown: 0,
    tally,
    depth,
  };
  const fault = readTopLevel(reading, value, catalog);
  if (fault === null) return { result: { state: 'ok', ...reading }, tally };
  tallyValue(tally, value, depth);
  return { result: unusable([...reading.drafts, fault]), tally };
}

function unusable(drafts: readonly ProblemDraft[]): Interpretation {
  return { state: 'broken', mentions: new Map(), ignored: new Map(), drafts };
}

/** Reads the top level; answers with the error that makes the whole document unusable, if there is one. */
function readTopLevel(reading: DocumentReading, value: unknown, catalog: Catalog): ProblemDraft | null {
  if (!isJsonObject(value)) {
    return {
      severity: 'error',
      code: 'wrong_type',
      segments: [],
      message: `A policy is an object in braces, and this is ${describeValue(value)}. Nothing of it applies.`,
    };
  }
  const version = Object.hasOwn(value, VERSION_KEY) ? value[VERSION_KEY] : 2;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 2) {
    return {
      severity: 'error',
      code: 'unsupported_version',
      segments: [VERSION_KEY],
      message: `"${VERSION_KEY}" has to be 2, and is ${describeValue(version)}. Nothing of it applies: write 2, or leave the key out.`,
    };
  }
  if (version > 2) {
    reading.drafts.push({
      severity: 'warning',
      code: 'newer_version',
      segments: [VERSION_KEY],
      message: `"${VERSION_KEY}" is ${version}, newer than the 2 that is known here. The keys that are known apply; update this app for the others.`,
    });
  }
  readSettings(reading, value, catalog);
  return null;
}
