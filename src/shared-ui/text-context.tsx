import { createContext, type ReactNode, use, useMemo } from 'react';
import { en } from '../shared/text/en.ts';
import { createTranslate, type Translate } from '../shared/text/text.ts';
import { createWriting, type Writing } from './writing.ts';

/** What components say things with: texts by key, and dates, lists and numbers as the locale writes them. */
export interface Text extends Writing {
  readonly t: Translate<typeof en>;
  readonly locale: string;
}

const TextContext = createContext<Text | null>(null);

/** Gives the texts to everything below. `locale` is a BCP 47 tag whose language the catalog is in. */
export function TextProvider({
  locale,
  children,
}: {
  readonly locale: string;
  readonly children: ReactNode;
}) {
  const text = useMemo(
    () => ({ t: createTranslate(en, locale), locale, ...createWriting(locale) }),
    [locale],
  );
  return <TextContext value={text}>{children}</TextContext>;
}

/** The texts and the way to write dates and numbers. */
export function useText(): Text {
  const text = use(TextContext);
  if (text === null) throw new Error('useText outside TextProvider');
  return text;
}
