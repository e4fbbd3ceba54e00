/** Scheme of links into this app, such as `mooring://settings/Proxies`. */
export const LINK_SCHEME = 'mooring';

/** Where a link leads: an address of the dashboard, after its `#`. */
export type DeepLink =
  | { readonly ok: true; readonly place: string }
  | { readonly ok: false; readonly why: LinkRefusal };

/** Why a link was refused; the text catalog says it in words (`link.…`). */
export type LinkRefusal =
  | 'too-long'
  | 'not-ours'
  | 'names-server'
  | 'has-parameters'
  | 'names-no-page'
  | 'no-such-page';

const LONGEST_LINK = 512;
/** `sign-in` is the page of the account, which behind a sign-in wall is the wall itself. */
const PAGES: ReadonlyMap<string, string> = new Map([
  ...['settings', 'policy', 'account', 'diagnostics'].map((page) => [page, page] as const),
  ['sign-in', 'account'],
]);

/**
 * Reads a link that anybody on the web may have written. A link only ever chooses a page: it changes nothing, signs
 * nobody in and names no server. Whatever is not exactly that is refused whole. The link itself is never repeated to the person: it is a stranger's text.
 */
export function readDeepLink(text: string, categories: readonly string[]): DeepLink {
  if (text.length > LONGEST_LINK) return refused('too-long');
  const url = URL.parse(text);
  if (url === null || url.protocol !== `${LINK_SCHEME}:`) return refused('not-ours');
  if (url.username !== '' || url.password !== '' || url.port !== '') return refused('names-server');
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(text)) return refused('has-parameters');
  const named = url.hostname;
  if (named === '' || named === 'open') return isRoot(url) ? place('settings') : refused('names-no-page');
  const page = PAGES.get(named);
  if (page === undefined) return refused('no-such-page');
  if (isRoot(url)) return place(page);
  const category = decoded(url.pathname.slice(1));
  if (page !== 'settings' || category === null || !categories.includes(category))
    return refused('no-such-page');
  return place(`settings/${encodeURIComponent(category)}`);
}

/** The link among the arguments that a second start was given; `null` where there is none. */
export function linkAmong(words: readonly string[]): string | null {
  return words.find((word) => word.toLowerCase().startsWith(`${LINK_SCHEME}:`)) ?? null;
}

function isRoot(url: URL): boolean {
  return url.pathname === '' || url.pathname === '/';
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function place(path: string): DeepLink {
  return { ok: true, place: `/${path}` };
}

function refused(why: LinkRefusal): DeepLink {
  return { ok: false, why };
}
