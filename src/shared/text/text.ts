/*
 * Texts of the pages, ready for translation: a catalog is data (keys, sentences with `{placeholders}`, plural
 * forms), never code, so that it can be given to a translator as it is and checked by the compiler.
 */

/** A sentence, or its plural forms by CLDR category; the form is chosen by the value named `count`. */
export type Message =
  | string
  | { readonly one?: string; readonly few?: string; readonly many?: string; readonly other: string };

/** What a translation has to hold: every key of the original, and nothing else. */
export type Catalog<Keys extends string> = { readonly [Key in Keys]: Message };

type Placeholders<Text> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;
type Sentence<M> = M extends string ? M : M[keyof M];
type Names<M> = Placeholders<Sentence<M>> | (M extends string ? never : 'count');
type Values<M> = { readonly [Name in Names<M>]: string | number };
/** What has to be passed beside a key: nothing where the sentence has no placeholder. */
export type Arguments<M> = [Names<M>] extends [never] ? [] : [values: Values<M>];

/** Gives the sentence for a key, with its placeholders filled in. */
export type Translate<Source> = <Key extends keyof Source>(
  key: Key,
  ...values: Arguments<Source[Key]>
) => string;

/** Gives the sentence of a name that is known only when it runs, and `null` for one that no catalog has. */
export type TranslateNamed = (
  name: string,
  values?: Readonly<Record<string, string | number>>,
) => string | null;

/**
 * Makes the function that pages call for every text. A key that a translation lacks falls back to the source, so
 * that a page is never empty. Numbers are written as the locale writes them.
 */
export function createTranslate<const Source extends { readonly [key: string]: Message }>(
  source: Source,
  locale: string,
  translation: Partial<Catalog<Extract<keyof Source, string>>> = {},
): Translate<Source> {
  const named = createTranslateNamed(source, locale, translation);
  return (key, ...rest) => named(String(key), rest[0]) ?? String(key);
}

/** The same for names that came from elsewhere (src/shared/text/said.ts). */
export function createTranslateNamed(
  source: { readonly [key: string]: Message | undefined },
  locale: string,
  translation: { readonly [key: string]: Message | undefined } = {},
): TranslateNamed {
  const plural = new Intl.PluralRules(locale);
  const number = new Intl.NumberFormat(locale);
  return (name, values = {}) => {
    const message = lookup(translation, name) ?? lookup(source, name);
    return message === undefined ? null : fill(choose(message, values.count, plural), values, number);
  };
}

function choose(message: Message, count: string | number | undefined, plural: Intl.PluralRules): string {
  if (typeof message === 'string') return message;
  const category = typeof count === 'number' ? plural.select(count) : 'other';
  const forms: Readonly<Record<string, string | undefined>> = message;
  return forms[category] ?? message.other;
}

// One pass: a value that itself holds braces is text and is never filled in again.
function fill(
  text: string,
  values: Readonly<Record<string, string | number>>,
  number: Intl.NumberFormat,
): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = values[name];
    if (value === undefined) return placeholder;
    return typeof value === 'number' ? number.format(value) : value;
  });
}

function lookup(catalog: { readonly [key: string]: Message | undefined }, name: string): Message | undefined {
  return Object.hasOwn(catalog, name) ? catalog[name] : undefined;
}
