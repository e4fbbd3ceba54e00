import { useCallback, useSyncExternalStore } from 'react';

/** Pages, by their first word after `#/`. Hash routes work from loopback and from a packaged file alike. */
export const PAGES = ['settings', 'policy', 'account', 'diagnostics', 'proxy', 'sign-in'] as const;
export type Page = (typeof PAGES)[number];

/** Where the dashboard is: a page, and on the settings page a category. */
export interface Place {
  readonly page: Page;
  readonly category: string | null;
}

/** Reads an address such as `#/settings/Docker%20Engine`; anything unknown is the settings page. */
export function readPlace(hash: string): Place {
  const [, name = '', category = ''] = hash.replace(/^#/, '').split('/');
  const page = PAGES.find((each) => each === name) ?? 'settings';
  return { page, category: page === 'settings' && category !== '' ? decode(category) : null };
}

/** The address of a page, to put into a link. */
export function addressOf(page: Page, category?: string | null): string {
  return category === undefined || category === null
    ? `#/${page}`
    : `#/${page}/${encodeURIComponent(category)}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

/** The place the address names, and how to go elsewhere. */
export function usePlace(): readonly [Place, (page: Page, category?: string | null) => void] {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  const go = useCallback((page: Page, category?: string | null) => {
    window.location.hash = addressOf(page, category);
  }, []);
  return [readPlace(hash), go];
}
