import { createContext, type ReactNode, use, useMemo } from 'react';
import { CATALOG_AS_WRITTEN, type CatalogWords } from '../shared/text/catalog-words.ts';
import { en, type TextKey } from '../shared/text/en.ts';
import type { Retell } from '../shared/text/retell.ts';
import {
  type Catalog,
  createTranslate,
  createTranslateNamed,
  type Translate,
  type TranslateNamed,
} from '../shared/text/text.ts';
import { createWriting, type Writing } from './writing.ts';

/** What components say things with: texts by key, and dates, lists and numbers as the locale writes them. */
export interface Text extends Writing {
  readonly t: Translate<typeof en>;
  /** The same for a name that somebody else gave. */
  readonly named: TranslateNamed;
  readonly locale: string;
  /** The words of the settings; empty where they are read as they are written. */
  readonly catalog: CatalogWords;
  /** What the agent said in English, in this language. */
  readonly retell: Retell;
}

const TextContext = createContext<Text | null>(null);

const ENGLISH: Partial<Catalog<TextKey>> = {};
const AS_WRITTEN: Retell = (words) => [{ text: words, left: true }];

/** Gives the texts to everything below. `locale` is a BCP 47 tag of the translation's language, English without one. */
export function TextProvider({
  locale,
  translation = ENGLISH,
  catalog = CATALOG_AS_WRITTEN,
  retell = AS_WRITTEN,
  children,
}: {
  readonly locale: string;
  readonly translation?: Partial<Catalog<TextKey>> | undefined;
  readonly catalog?: CatalogWords | undefined;
  readonly retell?: Retell | undefined;
  readonly children: ReactNode;
}) {
  const text = useMemo(
    () => ({
      t: createTranslate(en, locale, translation),
      named: createTranslateNamed(en, locale, translation),
      ...{ locale, catalog, retell },
      ...createWriting(locale),
    }),
    [locale, translation, catalog, retell],
  );
  return <TextContext value={text}>{children}</TextContext>;
}

/** The texts and the way to write dates and numbers. */
export function useText(): Text {
  const text = use(TextContext);
  if (text === null) throw new Error('useText outside TextProvider');
  return text;
}
