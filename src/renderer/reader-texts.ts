import type { TextKey } from '../shared/text/en.ts';
import type { Catalog } from '../shared/text/text.ts';
import { writingLocale } from '../shared-ui/writing.ts';

/** The language of a page: how dates are written, and its texts. */
export interface ReaderTexts {
  /** BCP 47 tag. */
  readonly locale: string;
  /** Empty for English, which the texts are written in. */
  readonly translation: Partial<Catalog<TextKey>>;
}

/** Languages that the dashboard is written in; one that is not read is not loaded either. */
const TRANSLATIONS: Readonly<Record<string, () => Promise<ReaderTexts['translation']>>> = {
  en: async () => ({}),
  de: async () => (await import('../shared/text/de/de.ts')).de,
};

/** The texts in the first language of the reader's that there is; English where there is none or it does not load. */
export async function readerTexts(wanted: readonly string[]): Promise<ReaderTexts> {
  const locale = writingLocale(wanted, Object.keys(TRANSLATIONS));
  try {
    return { locale, translation: (await TRANSLATIONS[new Intl.Locale(locale).language]?.()) ?? {} };
  } catch {
    return { locale: writingLocale(wanted), translation: {} };
  }
}
