import type { Message } from './text.ts';

/** A stretch of what was said. `left`: in English, because no catalog holds it. */
export interface Told {
  readonly text: string;
  readonly left: boolean;
}

/** Says in another language what the agent said in English, and gives as it is what no catalog holds. */
export type Retell = (words: string) => readonly Told[];

/** What the agent says, by name: whole sentences, and the parts that stand in them. */
export interface SpokenCatalog<Text> {
  readonly sentences: Readonly<Record<string, Text>>;
  readonly phrases: Readonly<Record<string, Text>>;
}

/** Longer ones are foreign in the main, and searching them would cost. */
const LONGEST = 4000;
const DEEPEST = 12;

const PATH = '(?:(?:/|[A-Z]:\\\\|HK)[^\\n]*?|\\S+?)';
const PLATFORM = '(?:mac|windows|linux)';
const NUMBER = '-?[\\d.,]+';
const KINDS: Readonly<Record<string, readonly string[]>> = {
  [NUMBER]: [
    'line',
    'column',
    'count',
    'entry',
    'seq',
    'highest',
    'min',
    'max',
    'number',
    'status',
    'revision',
  ],
  [PATH]: ['path', 'location', 'file', 'aside', 'step', 'program', 'key'],
  [PLATFORM]: ['platform', 'platformOne', 'platformTwo'],
  '“[^”]*” \\([\\w.-]+\\)': ['setting'],
  '[\\w.-]+': ['id', 'code'],
  '"[^"]*" \\([^)]*\\)': ['field'],
  '"(?:[^"\\\\]|\\\\.)*"': ['quoted'],
  '\\S+?': ['address'],
  '(?:The keyring \\(Secret Service\\)|The keychain)': ['where'],
  '(?:Another program|Process \\d+)': ['process'],
  "(?:The|An?) [\\w. '’-]+?": ['source'],
};
/** What a placeholder of that name may stand for; any other stands for anything. */
const FORMS = new Map(Object.entries(KINDS).flatMap(([form, names]) => names.map((name) => [name, form])));
/** What only another program or the system can have said; a name, a path or an address needs no mark. */
const FOREIGN = new Set(['detail', 'reason', 'reason2', 'reason3', 'sentence', 'cause', 'why', 'fields']);

interface Template {
  readonly whole: RegExp;
  readonly beginning: RegExp;
  readonly translation: string;
}

/** One way to read a text: what it says, and how much of it had to be taken as it is. */
interface Reading {
  readonly told: readonly Told[];
  readonly cost: number;
}

/** How much rather a stretch is taken for the value of a placeholder than for words that nobody knows. */
const COST_OF_LEFT = 20;

/**
 * Makes the function that finds each sentence among those the agent says and gives its translation. The agent writes
 * English to the command line, the log and the local API alike; a page finds here which sentence it was, so that the
 * sentence need not travel twice. A test holds that the catalog knows every sentence of the agent's source.
 *
 * `labels`: the settings by id, in the reader's language.
 */
export function createRetell(
  source: SpokenCatalog<string>,
  translation: SpokenCatalog<Message>,
  labels: Readonly<Record<string, string>>,
): Retell {
  const sentences = templates(source.sentences, translation.sentences);
  const phrases = templates(source.phrases, translation.phrases);

  const readPhrase = (words: string, depth: number): Reading | null =>
    best(
      phrases.flatMap(({ whole, translation: into }) => {
        const found = whole.exec(words);
        return found === null ? [] : [fill(into, found.groups ?? {}, depth)];
      }),
    );

  const readSentences = (words: string, depth: number): Reading => {
    const known = new Map<number, Reading>();
    const from = (at: number): Reading => {
      const rest = words.slice(at);
      if (rest === '') return { told: [], cost: 0 };
      const before = known.get(at);
      if (before !== undefined) return before;
      const readings = sentences.flatMap(({ whole, beginning, translation: into }) =>
        [beginning.exec(rest), whole.exec(rest)].flatMap((found) => {
          if (found === null) return [];
          const space = /^\s*/.exec(rest.slice(found[0].length))?.[0] ?? '';
          const after = from(at + found[0].length + space.length);
          return [joined(fill(into, found.groups ?? {}, depth), space, after)];
        }),
      );
      const foreign = /^.*?[.!?:;](?=\s|$)\s*|^.+$/s.exec(rest)?.[0] ?? rest;
      const left = { told: [{ text: foreign, left: true }], cost: foreign.length * COST_OF_LEFT };
      const reading = best([...readings, joined(left, '', from(at + foreign.length))]) ?? left;
      known.set(at, reading);
      return reading;
    };
    return from(0);
  };

  const readValue = (name: string, value: string, depth: number): Reading => {
    if (name === 'label') return { told: [{ text: value, left: false }], cost: 0 };
    const phrase = depth < DEEPEST ? readPhrase(value, depth + 1) : null;
    if (phrase !== null) return phrase;
    if (!FOREIGN.has(name)) return { told: [{ text: value, left: false }], cost: value.length };
    return readSentences(value, depth + 1);
  };

  const fill = (into: string, values: Readonly<Record<string, string>>, depth: number): Reading => {
    const readings = into.split(/(\{\w+\})/).map((piece): Reading => {
      const name = /^\{(\w+)\}$/.exec(piece)?.[1];
      if (name === undefined) return { told: [{ text: piece, left: false }], cost: 0 };
      const value = values[name] ?? '';
      const id = name === 'label' ? values.id : undefined;
      const label = id === undefined || !Object.hasOwn(labels, id) ? value : (labels[id] ?? value);
      return readValue(name, label, depth);
    });
    return readings.reduce((before, next) => joined(before, '', next), { told: [], cost: 0 });
  };

  return (words) => {
    if (words.length > LONGEST) return [{ text: words, left: true }];
    const [phrase, sentences] = [readPhrase(words, 0), readSentences(words, 0)];
    return merged((phrase !== null && phrase.cost <= sentences.cost ? phrase : sentences).told);
  };
}

function templates(
  source: Readonly<Record<string, string>>,
  translation: Readonly<Record<string, Message>>,
): readonly Template[] {
  return Object.entries(source).flatMap(([name, text]) => {
    const into = translation[name];
    if (typeof into !== 'string') return [];
    const pattern = text
      .split(/(\{\w+\})/)
      .map((piece) => {
        const placeholder = /^\{(\w+)\}$/.exec(piece)?.[1];
        if (placeholder === undefined) return piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
        return `(?<${placeholder}>${FORMS.get(placeholder) ?? '.+?'})`;
      })
      .join('');
    // What others wrote ends where their sentence does.
    const end = text.endsWith('}') ? '(?<=[.!?])' : '';
    const beginning = new RegExp(`^${pattern}${end}(?=\\s|$)`, 's');
    return [{ whole: new RegExp(`^${pattern}$`, 's'), beginning, translation: into }];
  });
}

function best(readings: readonly Reading[]): Reading | null {
  return readings.reduce<Reading | null>(
    (least, next) => (least === null || next.cost < least.cost ? next : least),
    null,
  );
}

function joined(before: Reading, space: string, after: Reading): Reading {
  const between = space === '' || after.told.length === 0 ? [] : [{ text: space, left: false }];
  return { told: [...before.told, ...between, ...after.told], cost: before.cost + after.cost };
}

/** Neighbours of one kind as one stretch. */
function merged(told: readonly Told[]): readonly Told[] {
  const all: Told[] = [];
  for (const next of told) {
    const last = all.at(-1);
    if (next.text === '') continue;
    if (last === undefined || last.left !== next.left) all.push(next);
    else all[all.length - 1] = { text: last.text + next.text, left: next.left };
  }
  return all;
}
