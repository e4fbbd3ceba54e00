import { CATALOG_AS_WRITTEN, type CatalogWords } from '../shared/text/catalog-words.ts';
import type { TextKey } from '../shared/text/en.ts';
import type { Retell } from '../shared/text/retell.ts';
import type { Catalog } from '../shared/text/text.ts';
import { writingLocale } from '../shared/text/writing-locale.ts';

/** The language of a page: how dates are written, and its texts. */
export interface ReaderTexts {
  /** BCP 47 tag. */
  readonly locale: string;
  /** Empty for English, which the texts are written in. */
  readonly translation: Partial<Catalog<TextKey>>;
  /** The words of the settings. */
  readonly catalog: CatalogWords;
  /** The agent’s words in that language; absent where they are read as they are written. */
  readonly retell?: Retell | undefined;
}

const ENGLISH: Omit<ReaderTexts, 'locale'> = { translation: {}, catalog: CATALOG_AS_WRITTEN };

/** Languages that the dashboard is written in; one that is not read is not loaded either. */
const TRANSLATIONS: Readonly<Record<string, () => Promise<Omit<ReaderTexts, 'locale'>>>> = {
  en: async () => ENGLISH,
  de: async () => (await import('./german.ts')).german,
};

/** The texts in the first language of the reader's that there is; English where there is none or it does not load. */
export async function readerTexts(wanted: readonly string[]): Promise<ReaderTexts> {
  const locale = writingLocale(wanted, Object.keys(TRANSLATIONS));
  try {
    return { locale, ...((await TRANSLATIONS[new Intl.Locale(locale).language]?.()) ?? ENGLISH) };
  } catch {
    return { locale: writingLocale(wanted), ...ENGLISH };
  }
}
