import './mantine.css';
import './theme-variables.css';
import '@fontsource-variable/geist/wght.css';
import './identity.css';
import {
  type MantineColorScheme,
  type MantineColorSchemeManager,
  MantineProvider,
  useMantineColorScheme,
} from '@mantine/core';
import { createContext, type ReactNode, use, useEffect, useState } from 'react';
import type { CatalogWords } from '../shared/text/catalog-words.ts';
import type { TextKey } from '../shared/text/en.ts';
import type { Retell } from '../shared/text/retell.ts';
import type { Catalog } from '../shared/text/text.ts';
import { writingLocale } from '../shared/text/writing-locale.ts';
import { TextProvider } from './text-context.tsx';
import { theme } from './theme.ts';

const SCHEME_KEY = 'mooring.appearance';

const isScheme = (value: string | null): value is MantineColorScheme =>
  value === 'light' || value === 'dark' || value === 'auto';

interface TabSchemes extends MantineColorSchemeManager {
  /** Whether the reader chose one in this tab. */
  chosen(): boolean;
  /** What is set by this is nobody's choice, and not kept. */
  quietly(set: () => void): void;
}

/** Keeps light, dark or system for this tab: pages of Mooring leave nothing behind in a browser. */
function sessionSchemes(): TabSchemes {
  let quiet = false;
  return {
    chosen: () => window.sessionStorage.getItem(SCHEME_KEY) !== null,
    quietly: (set) => {
      quiet = true;
      set();
      quiet = false;
    },
    get: (fallback) => {
      const kept = window.sessionStorage.getItem(SCHEME_KEY);
      return isScheme(kept) ? kept : fallback;
    },
    set: (value) => {
      if (!quiet) window.sessionStorage.setItem(SCHEME_KEY, value);
    },
    clear: () => window.sessionStorage.removeItem(SCHEME_KEY),
    subscribe: () => {},
    unsubscribe: () => {},
  };
}

/** Switched off for a moment, transitions would take a <style> element. */
export const WITHOUT_STYLES = { keepTransitions: true };

const SchemesContext = createContext<TabSchemes | null>(null);

/** Has the page look as a setting says, until its reader chooses otherwise in this tab; `null`: not known yet. */
export function useFollowedScheme(scheme: MantineColorScheme | null): void {
  const schemes = use(SchemesContext);
  const { setColorScheme } = useMantineColorScheme(WITHOUT_STYLES);
  useEffect(() => {
    if (schemes !== null && scheme !== null && !schemes.chosen())
      schemes.quietly(() => setColorScheme(scheme));
  }, [schemes, scheme, setColorScheme]);
}

/**
 * Look and language of every page. Nothing is styled at run time: under `style-src 'self'` the page may not carry a
 * <style> element, so variables come from `theme-variables.css` and the responsive classes are not used.
 */
export function Identity({
  texts,
  children,
}: {
  /** Left out: English, written as the reader's browser writes it. */
  readonly texts?: {
    readonly locale: string;
    readonly translation: Partial<Catalog<TextKey>>;
    readonly catalog: CatalogWords;
    readonly retell?: Retell | undefined;
  };
  readonly children: ReactNode;
}) {
  const [schemes] = useState(sessionSchemes);
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={schemes}
      withCssVariables={false}
      withGlobalClasses={false}
      withStaticClasses={false}
    >
      <TextProvider
        locale={texts?.locale ?? writingLocale(navigator.languages)}
        translation={texts?.translation}
        catalog={texts?.catalog}
        retell={texts?.retell}
      >
        <SchemesContext value={schemes}>{children}</SchemesContext>
      </TextProvider>
    </MantineProvider>
  );
}
