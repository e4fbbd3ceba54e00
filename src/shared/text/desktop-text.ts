import { desktopCatalog } from '../settings/desktop-catalog.ts';
import { spokenDe } from './agent/de/spoken.ts';
import { spoken } from './agent/spoken.ts';
import { wordFor } from './catalog-words.ts';
import { desktopDe } from './de/desktop.ts';
import { labelsDe } from './de/setting-labels.ts';
import { desktop } from './en-desktop.ts';
import { createRetell } from './retell.ts';
import { type Catalog, createTranslate, type Translate } from './text.ts';
import { writingLocale } from './writing-locale.ts';

/** What the desktop app says outside its pages, in the reader's language. */
export interface DesktopText {
  readonly t: Translate<typeof desktop>;
  /** What the agent said in English; what no catalog holds stays as it is. */
  readonly retell: (words: string) => string;
  /** The label of a setting, by its id. */
  readonly labelOf: (id: string) => string;
  /** "a, b and c". */
  readonly all: Intl.ListFormat;
  /** "a, b or c". */
  readonly any: Intl.ListFormat;
  readonly span: Intl.RelativeTimeFormat;
}

interface Translation {
  readonly texts: Partial<Catalog<keyof typeof desktop>>;
  readonly labels: Readonly<Record<string, string>>;
}

const TRANSLATIONS: Readonly<Record<'en' | 'de', Translation>> = {
  en: { texts: {}, labels: {} },
  de: { texts: desktopDe, labels: labelsDe },
};

/** The texts in the first of the reader's languages (BCP 47) that there is; English where there is none. */
export function desktopText(languages: readonly string[]): DesktopText {
  const locale = writingLocale(languages, Object.keys(TRANSLATIONS));
  const { texts, labels } = TRANSLATIONS[new Intl.Locale(locale).language === 'de' ? 'de' : 'en'];
  return {
    t: createTranslate(desktop, locale, texts),
    // Made when it is needed: an app that starts says nothing of the agent's.
    retell: (words) =>
      texts === TRANSLATIONS.de.texts
        ? createRetell(
            spoken,
            spokenDe,
            labels,
          )(words)
            .map(({ text }) => text)
            .join('')
        : words,
    labelOf: (id) => wordFor(labels, id, desktopCatalog.byId.get(id)?.label ?? id),
    all: new Intl.ListFormat(locale, { type: 'conjunction' }),
    any: new Intl.ListFormat(locale, { type: 'disjunction' }),
    span: new Intl.RelativeTimeFormat(locale),
  };
}
