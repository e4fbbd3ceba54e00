import type { Catalog } from '../settings/define-catalog.ts';
import { nearest } from '../text/nearest.ts';
import { describeValue } from '../text/quote.ts';
import { splitList } from '../text/split-list.ts';
import { MOST_LISTED } from './json-scan.ts';
import { emptyTally, type JsonTally, tallyKey, tallyValue } from './json-tally.ts';
import { readJson, readJsonWith, type Walked } from './json-text.ts';
import type { Layer, LayerSource, Mention } from './model.ts';
import { finishProblems, type ProblemDraft } from './problem-draft.ts';
import { brokenLayer, type Interpretation, interpretDocument, readDocument } from './read-document.ts';
import { isJsonObject, type JsonObject } from './read-settings.ts';
import { moreUnknownKeys, unknownKeyDraft } from './unknown-key.ts';

/** Whose file locations are used. */
export type Layout = 'mooring' | 'docker';

/** A configuration profile after reading (docs/policy.md, section 6). */
export interface Profile {
  /** What it says about settings. Broken when the profile, or its `settings`, cannot be read. */
  readonly layer: Layer;
  /** As it stands there, for the reader of enforced sign-in; `undefined` when the key is absent. */
  readonly allowedOrgs: unknown;
  readonly hubUrl: string | null;
  /** Pinned signing keys: public JWKs, or fingerprints. */
  readonly hubKeys: readonly (string | JsonObject)[] | null;
  readonly layout: Layout | null;
}

const SOURCE: LayerSource = 'configuration-profile';

/** Members of the `proxy` group by the profile key that sets them. Any one of them makes the group manual and locked. */
const PROXY_KEYS = new Map([
  ['overrideProxyHTTP', 'http'],
  ['overrideProxyHTTPS', 'https'],
  ['overrideProxyExclude', 'exclude'],
  ['overrideProxyPAC', 'pac'],
  ['overrideProxyEmbeddedPAC', 'embeddedPac'],
]);
const OTHER_KEYS = ['allowedOrgs', 'hubUrl', 'hubKeys', 'layout', 'settings'];
const KEYS = [...OTHER_KEYS, ...PROXY_KEYS.keys()];

/**
 * Reads a configuration profile from bytes, text or a parsed value: the same keys on every platform, whatever held
 * them. Never throws.
 */
export function readProfile(input: unknown, catalog: Catalog): Profile {
  const { json, result } = readJsonWith(input, (value) => interpretProfile(value, catalog));
  const finish = (drafts: readonly ProblemDraft[]) => finishProblems(drafts, SOURCE, json.text);
  if (!json.ok || result === null) return { ...NO_KEYS, layer: brokenLayer(SOURCE, finish(json.drafts)) };
  const { keys, drafts, document } = result;
  const problems = [...finish([...json.drafts, ...drafts]), ...document.problems];
  if (document.state === 'broken') return { ...keys, layer: brokenLayer(SOURCE, problems) };
  const { mentions, ignored } = document;
  return { ...keys, layer: { source: SOURCE, state: 'ok', mentions, ignored, problems } };
}

const NO_KEYS = { allowedOrgs: undefined, hubUrl: null, hubKeys: null, layout: null };

interface ProfileReading {
  readonly value: JsonObject;
  readonly drafts: ProblemDraft[];
  readonly catalog: Catalog;
  readonly tally: JsonTally;
}

/** What a profile says, while the problems in `drafts` still lack their lines. */
interface ProfileInterpretation {
  readonly keys: Omit<Profile, 'layer'>;
  readonly drafts: readonly ProblemDraft[];
  readonly document: ProfileDocument;
}

/** What `settings` says; its `problems` are those of a document within a text. */
type ProfileDocument = Omit<Interpretation, 'drafts'> & Pick<Layer, 'problems'>;

function emptyDocument(state: Layer['state']): ProfileDocument {
  return { state, mentions: new Map(), ignored: new Map(), problems: [] };
}

/** Reads a parsed profile. The tally accounts for all of it. */
export function interpretProfile(value: unknown, catalog: Catalog): Walked<ProfileInterpretation> {
  const tally = emptyTally();
  const drafts: ProblemDraft[] = [];
  if (!isJsonObject(value)) {
    tallyValue(tally, value, 0);
    const message = `A profile is an object of keys, and this is ${describeValue(value)}. Nothing of it applies.`;
    drafts.push({ severity: 'error', code: 'wrong_type', segments: [], message });
    return { result: { keys: NO_KEYS, drafts, document: emptyDocument('broken') }, tally };
  }
  const reading: ProfileReading = { value, drafts, catalog, tally };
  for (const key of Object.keys(value)) {
    tallyKey(tally, key);
    // The document accounts for itself.
    if (key !== 'settings') tallyValue(tally, value[key], 1);
  }
  const keys = {
    allowedOrgs: own(value, 'allowedOrgs'),
    hubUrl: readHubUrl(reading),
    hubKeys: readHubKeys(reading),
    layout: readLayout(reading),
  };
  warnOfUnknownKeys(reading);
  const document = readProfileSettings(reading);
  for (const [id, mention] of readProxy(reading)) document.mentions.set(id, mention);
  return { result: { keys, drafts, document }, tally };
}

function own(value: JsonObject, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function wrong(
  { drafts }: ProfileReading,
  key: string,
  code: 'wrong_type' | 'invalid_value',
  message: string,
): null {
  drafts.push({ severity: 'error', code, segments: [key], message });
  return null;
}

function readHubUrl(reading: ProfileReading): string | null {
  const url = own(reading.value, 'hubUrl');
  if (url === undefined) return null;
  if (typeof url === 'string' && /^https?:\/\/[^\s/]\S*$/i.test(url.trim())) return url.trim();
  const code = typeof url === 'string' ? 'invalid_value' : 'wrong_type';
  return wrong(
    reading,
    'hubUrl',
    code,
    `"hubUrl" has to be the address of the hub, starting with https://, and is ${describeValue(url)}. It is ignored.`,
  );
}

function readLayout(reading: ProfileReading): Layout | null {
  const layout = own(reading.value, 'layout');
  if (layout === undefined || layout === 'mooring' || layout === 'docker') return layout ?? null;
  const code = typeof layout === 'string' ? 'invalid_value' : 'wrong_type';
  return wrong(
    reading,
    'layout',
    code,
    `"layout" has to be "mooring" or "docker", and is ${describeValue(layout)}. It is ignored.`,
  );
}

/** A list, a JWK set, one of them as JSON text, or fingerprints with white space, `,` or `;` between them. */
function readHubKeys(reading: ProfileReading): Profile['hubKeys'] {
  const raw = own(reading.value, 'hubKeys');
  if (raw === undefined) return null;
  const given = typeof raw === 'string' ? keysInText(raw) : raw;
  const list = isJsonObject(given) && Array.isArray(own(given, 'keys')) ? own(given, 'keys') : given;
  const keys = Array.isArray(list) ? list : [list];
  const usable = keys.filter(
    (key): key is string | JsonObject => typeof key === 'string' || isJsonObject(key),
  );
  if (usable.length === keys.length && usable.length > 0) return usable;
  wrong(
    reading,
    'hubKeys',
    'wrong_type',
    '"hubKeys" has to be a list of public keys (JWK) or fingerprints. Nothing else is trusted, so no hub is until it is mended.',
  );
  // An empty list pins nothing: a profile that meant to restrict trust must not end up widening it.
  return usable;
}

function keysInText(text: string): unknown {
  if (/^\s*[[{]/.test(text)) {
    const json = readJson(text);
    return json.ok ? json.value : null;
  }
  return text.split(/[\s,;]+/).filter((part) => part !== '');
}

/** Device management adds keys of its own to a payload; they are nobody's mistake. */
const PAYLOAD_KEY = /^(?:Payload|_|\$)/;

function warnOfUnknownKeys({ value, drafts }: ProfileReading): void {
  const known = (key: string) => KEYS.includes(key) || (PAYLOAD_KEY.test(key) && key !== '__proto__');
  const unknown = Object.keys(value).filter((key) => !known(key));
  for (const key of unknown.slice(0, MOST_LISTED)) {
    drafts.push(unknownKeyDraft([key], () => nearest(key, KEYS)));
  }
  if (unknown.length > MOST_LISTED) drafts.push(moreUnknownKeys(unknown.length - MOST_LISTED));
}

/** `settings`: a policy document, or the text of one. */
function readProfileSettings({ value, drafts, catalog, tally }: ProfileReading): ProfileDocument {
  const settings = own(value, 'settings');
  if (settings === undefined) return emptyDocument('ok');
  if (typeof settings === 'string') {
    tallyValue(tally, settings, 1);
    const layer = readDocument(settings, SOURCE, catalog, ['settings']);
    return { ...layer, mentions: new Map(layer.mentions), ignored: new Map(layer.ignored) };
  }
  const { result } = interpretDocument(settings, catalog, tally, 1);
  for (const draft of result.drafts) drafts.push({ ...draft, segments: ['settings', ...draft.segments] });
  return { ...result, problems: [] };
}

/**
 * The proxy keys become a `proxy` group and are read like one, so that the same checks and the same rules for what
 * cannot be used apply. It replaces the whole group of `settings`.
 */
function readProxy({ value, drafts, catalog }: ProfileReading): ReadonlyMap<string, Mention> {
  const given = [...PROXY_KEYS].filter(([key]) => Object.hasOwn(value, key));
  if (given.length === 0) return new Map();
  const members = given.map(([key, member]) => {
    const raw = value[key];
    return [member, member === 'exclude' && typeof raw === 'string' ? splitList(raw) : raw] as const;
  });
  const group = Object.fromEntries([['locked', true], ['mode', 'manual'], ...members]);
  const { result: read } = interpretDocument({ proxy: group }, catalog);
  const names = new Map([...PROXY_KEYS].map(([key, member]) => [member, key]));
  for (const draft of read.drafts) {
    const [, member = '', ...rest] = draft.segments;
    const key = names.get(String(member)) ?? given[0]?.[0] ?? '';
    drafts.push({ ...draft, segments: [key, ...rest] });
  }
  return read.mentions;
}
