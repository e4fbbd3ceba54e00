import { createContext, type ReactNode, use, useMemo } from 'react';
import { en } from '../shared/text/en.ts';
import { enConsole } from '../shared/text/en-console.ts';
import { createTranslate, type Translate } from '../shared/text/text.ts';
import { useText } from '../shared-ui/text-context.tsx';
import type { Writing } from '../shared-ui/writing.ts';

const texts = { ...en, ...enConsole } as const;

/** What the console says things with: its own texts beside those that every page shares. */
export interface ConsoleText extends Writing {
  readonly t: Translate<typeof texts>;
  /** BCP 47, for what only a page of its own writes. */
  readonly locale: string;
}

const ConsoleTextContext = createContext<ConsoleText | null>(null);

/** Gives the console's texts to everything below. */
export function ConsoleTextProvider({ children }: { readonly children: ReactNode }) {
  const shared = useText();
  const text = useMemo(() => ({ ...shared, t: createTranslate(texts, shared.locale) }), [shared]);
  return <ConsoleTextContext value={text}>{children}</ConsoleTextContext>;
}

/** The console's texts and the way to write dates and numbers. */
export function useConsoleText(): ConsoleText {
  const text = use(ConsoleTextContext);
  if (text === null) throw new Error('useConsoleText outside ConsoleTextProvider');
  return text;
}
