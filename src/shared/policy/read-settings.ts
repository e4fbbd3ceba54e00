import { checkValue, isListEntry, type UnknownField, type ValueCheck } from '../settings/check-value.ts';
import type { Catalog } from '../settings/define-catalog.ts';
import {
  type ContainerNode,
  type GrammarNode,
  type GroupNode,
  SCHEMA_KEY,
  type SettingNode,
  VERSION_KEY,
} from '../settings/document-grammar.ts';
import type { Setting } from '../settings/setting.ts';
import { nearest } from '../text/nearest.ts';
import { describeValue } from '../text/quote.ts';
import { splitList } from '../text/split-list.ts';
import { MOST_LISTED, type Segment } from './json-scan.ts';
import { type JsonTally, tallyKey, tallyKnownKey, tallyValue } from './json-tally.ts';
import type { Mention } from './model.ts';
import type { ProblemDraft } from './problem-draft.ts';
import { moreUnknownKeys, nearestPath, unknownKeyDraft } from './unknown-key.ts';

/** What has been gathered from a document so far. */
export interface DocumentReading {
  readonly drafts: ProblemDraft[];
  readonly mentions: Map<string, Mention>;
  readonly ignored: Map<string, string>;
  /** How many unknown keys there were. */
  unknown: number;
  /** Accounts for everything that is passed; complete when the document has been read. */
  readonly tally: JsonTally;
  /** How many objects are around the document. */
  readonly depth: number;
}

/** A JSON object; its keys are foreign, so they are only looked up after `Object.keys` or `Object.hasOwn` named them. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for a JSON object, false for lists, `null` and scalars. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const ABSENT_LOCKED: Mention = Object.freeze({ value: null, state: 'absent', locked: true });
const ABSENT_UNLOCKED: Mention = Object.freeze({ value: null, state: 'absent', locked: false });
const ON_LOCKED: Mention = Object.freeze({ value: true, state: 'valid', locked: true });
const ON_UNLOCKED: Mention = Object.freeze({ value: true, state: 'valid', locked: false });
const OFF_LOCKED: Mention = Object.freeze({ value: false, state: 'valid', locked: true });
const OFF_UNLOCKED: Mention = Object.freeze({ value: false, state: 'valid', locked: false });
const INVALID_LOCKED: Mention = Object.freeze({ value: null, state: 'invalid', locked: true });
const INVALID_UNLOCKED: Mention = Object.freeze({ value: null, state: 'invalid', locked: false });

/** The mention of a setting that a layer decides without giving it a value. */
export function absentMention(locked: boolean): Mention {
  return locked ? ABSENT_LOCKED : ABSENT_UNLOCKED;
}

/** The mention of a setting whose value in the layer cannot be used. */
export function invalidMention(locked: boolean): Mention {
  return locked ? INVALID_LOCKED : INVALID_UNLOCKED;
}

/** Reads every key of a document whose top level is `object`. */
export function readSettings(reading: DocumentReading, object: JsonObject, catalog: Catalog): void {
  const { children } = catalog.document;
  // Keys and values are taken out at once: looking up one after the other in a large object is slow.
  const values = Object.values(object);
  let index = 0;
  for (const key of Object.keys(object)) {
    const raw = values[index];
    index += 1;
    const node = children.get(key);
    if (node !== undefined) {
      tallyKnownKey(reading.tally);
      readNode(reading, node, raw);
    } else if (key === VERSION_KEY || key === SCHEMA_KEY) {
      tallyKnownKey(reading.tally);
      tallyRest(reading, [key], raw);
    } else unknownKey(reading, [key], raw, () => nearestPath(key, catalog));
  }
  if (reading.unknown > MOST_LISTED) {
    reading.drafts.push(moreUnknownKeys(reading.unknown - MOST_LISTED));
  }
}

function readNode(reading: DocumentReading, node: GrammarNode, raw: unknown): void {
  if (node.kind === 'entry') readEntry(reading, node, raw);
  else if (node.kind === 'group') readGroup(reading, node, raw);
  else if (node.kind === 'container') {
    readContainer(reading, node, raw, (child, value) => readNode(reading, child, value));
  }
  // Without a lock in the grammar, presence enforces. (Members are only met inside their group.)
  else readValue(reading, node, raw, true);
}

/** Reads the keys of an object that only leads to others; `false` when it is no object. */
function readContainer(
  reading: DocumentReading,
  node: ContainerNode | GroupNode,
  raw: unknown,
  readChild: (child: GrammarNode, value: unknown) => void,
): void {
  if (!isJsonObject(raw)) {
    notAnObject(reading, node.segments, raw);
    return;
  }
  const values = Object.values(raw);
  let index = 0;
  for (const key of Object.keys(raw)) {
    const value = values[index];
    index += 1;
    const child = node.children.get(key);
    if (child !== undefined) {
      tallyKnownKey(reading.tally);
      readChild(child, value);
    } else if (node.kind === 'group' && key === 'locked') tallyKnownKey(reading.tally);
    else unknownKey(reading, [...node.segments, key], value, () => nearest(key, node.children.keys()));
  }
}

function readEntry(reading: DocumentReading, node: SettingNode, raw: unknown): void {
  const { segments } = node;
  if (!isJsonObject(raw)) {
    reading.ignored.set(node.id, 'What stands there is not an object.');
    notAnObject(reading, segments, raw, '"locked" and "value"');
    return;
  }
  let lock: unknown;
  let value: unknown;
  for (const key of Object.keys(raw)) {
    if (key === 'locked') {
      tallyKnownKey(reading.tally);
      lock = raw.locked;
    } else if (key === 'value') {
      tallyKnownKey(reading.tally);
      value = raw.value;
    } else unknownKey(reading, [...segments, key], raw[key], () => nearest(key, ['locked', 'value']));
  }
  const locked = typeof lock === 'boolean' ? lock : readLock(reading, segments, lock);
  if (value !== undefined) readValue(reading, node, value, locked);
  else if (locked) reading.mentions.set(node.id, ABSENT_LOCKED);
}

/**
 * A group is atomic: as soon as its object is there, every member is decided by it (docs/policy.md, section 2), on
 * the platforms where the member applies.
 */
function readGroup(reading: DocumentReading, node: GroupNode, raw: unknown): void {
  if (!isJsonObject(raw)) {
    for (const { id } of node.members)
      reading.ignored.set(id, 'What stands there for its group is not an object.');
    notAnObject(reading, node.segments, raw);
    return;
  }
  const locked = readLock(reading, node.segments, Object.hasOwn(raw, 'locked') ? raw.locked : null);
  for (const member of node.members) reading.mentions.set(member.id, absentMention(locked));
  const readMember = (child: GrammarNode, value: unknown): void => {
    if (child.kind === 'member') readValue(reading, child, value, locked);
    else if (child.kind === 'container') {
      if (!isJsonObject(value)) markInvalid(reading, child, locked);
      readContainer(reading, child, value, readMember);
    }
  };
  readContainer(reading, node, raw, readMember);
}

/** Every member below an object that is none has a value that cannot be used. */
function markInvalid(reading: DocumentReading, node: ContainerNode, locked: boolean): void {
  for (const child of node.children.values()) {
    if (child.kind === 'container') markInvalid(reading, child, locked);
    else if (child.kind === 'member') reading.mentions.set(child.setting.id, invalidMention(locked));
  }
}

/** Left out or `null` is unlocked; anything else that is no boolean counts as locked, so that no lock is lost. */
function readLock(reading: DocumentReading, segments: readonly Segment[], lock: unknown): boolean {
  if (lock === null || lock === undefined || typeof lock === 'boolean') return lock === true;
  tallyRest(reading, [...segments, 'locked'], lock);
  reading.drafts.push({
    severity: 'error',
    code: 'wrong_type',
    segments: [...segments, 'locked'],
    message: `"locked" has to be true or false, and is ${describeValue(lock)}. It counts as locked until it is mended.`,
  });
  return true;
}

function readValue(reading: DocumentReading, node: SettingNode, raw: unknown, locked: boolean): void {
  // By far the most settings are switches; this spares them the general way.
  if (node.isSwitch && typeof raw === 'boolean') {
    reading.mentions.set(node.id, locked ? (raw ? ON_LOCKED : OFF_LOCKED) : raw ? ON_UNLOCKED : OFF_UNLOCKED);
    return;
  }
  const { setting, valueSegments } = node;
  tallyRest(reading, valueSegments, raw);
  const value = setting.storeForm === 'commaJoined' ? splitCommas(reading, valueSegments, raw) : raw;
  const onUnknownField =
    setting.type === 'objectList' ? unknownFieldOf(reading, setting, valueSegments) : undefined;
  const checked = checkValue(setting, value, onUnknownField);
  if (checked.ok) reading.mentions.set(node.id, { value: checked.value, state: 'valid', locked });
  else invalidValue(reading, setting, valueSegments, locked, checked);
}

/** Accounts for a value that is read as a whole, or not at all. `segments`: where it is. */
function tallyRest({ tally, depth }: DocumentReading, segments: readonly Segment[], value: unknown): void {
  if (typeof value !== 'number') tallyValue(tally, value, depth + segments.length);
}

function unknownFieldOf(
  reading: DocumentReading,
  setting: Setting,
  segments: readonly Segment[],
): UnknownField {
  return (index, field) =>
    // The value as a whole has been accounted for already.
    warnOfUnknownKey(reading, [...segments, index, field], () =>
      nearest(
        field,
        (setting.items ?? []).map(({ name }) => name),
      ),
    );
}

function invalidValue(
  reading: DocumentReading,
  setting: Setting,
  segments: readonly Segment[],
  locked: boolean,
  { code, message }: Extract<ValueCheck, { readonly ok: false }>,
): void {
  const inGroup = setting.group !== null;
  if (locked || inGroup) reading.mentions.set(setting.id, invalidMention(locked));
  else reading.ignored.set(setting.id, 'Its value there is not valid, and it is not locked.');
  const effect = locked
    ? 'It stays locked, at its last good value where one is known, otherwise at the built-in default.'
    : inGroup
      ? 'The built-in default applies.'
      : 'It is ignored.';
  reading.drafts.push({
    severity: 'error',
    code,
    segments,
    message: `The value of ${setting.id} cannot be used. ${message} ${effect}`,
  });
}

/** Older documents write lists that the store joins with commas as one text; some put commas into an entry. */
function splitCommas(reading: DocumentReading, segments: readonly Segment[], raw: unknown): unknown {
  const texts: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  if (!texts.every((text) => typeof text === 'string')) return raw;
  if (Array.isArray(raw) && texts.every(isListEntry)) return raw;
  reading.drafts.push({
    severity: 'warning',
    code: 'legacy_shape',
    segments,
    message: `It is a text with commas, which is accepted as a list. Write ["a", "b"] in place of "a,b".`,
  });
  return splitList(texts.join(','));
}

function notAnObject(
  reading: DocumentReading,
  segments: readonly Segment[],
  raw: unknown,
  holding = 'keys',
): void {
  tallyRest(reading, segments, raw);
  reading.drafts.push({
    severity: 'error',
    code: 'wrong_type',
    segments,
    message: `It has to be an object that holds ${holding}, and is ${describeValue(raw)}. It is ignored.`,
  });
}

function unknownKey(
  reading: DocumentReading,
  segments: readonly Segment[],
  value: unknown,
  suggest: () => string | null,
): void {
  tallyKey(reading.tally, String(segments.at(-1)));
  tallyRest(reading, segments, value);
  warnOfUnknownKey(reading, segments, suggest);
}

function warnOfUnknownKey(
  reading: DocumentReading,
  segments: readonly Segment[],
  suggest: () => string | null,
): void {
  reading.unknown += 1;
  if (reading.unknown <= MOST_LISTED) reading.drafts.push(unknownKeyDraft(segments, suggest));
}
