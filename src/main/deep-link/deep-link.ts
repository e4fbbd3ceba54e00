/** Scheme of links into this app, such as `mooring://settings/Proxies`. */
export const LINK_SCHEME = 'mooring';

/** Where a link leads: an address of the dashboard, after its `#`. */
export type DeepLink =
  | { readonly ok: true; readonly place: string }
  | { readonly ok: false; readonly message: string };

const LONGEST_LINK = 512;
/** `sign-in` is the page of the account, which behind a sign-in wall is the wall itself. */
const PAGES: ReadonlyMap<string, string> = new Map([
  ...['settings', 'policy', 'account', 'diagnostics'].map((page) => [page, page] as const),
  ['sign-in', 'account'],
]);

/**
 * Reads a link that anybody on the web may have written. A link only ever chooses a page: it changes nothing, signs
 * nobody in and names no server. Whatever is not exactly that is refused whole, with a message for the person.
 */
export function readDeepLink(text: string, categories: readonly string[]): DeepLink {
  if (text.length > LONGEST_LINK) return refused('it is too long');
  const url = URL.parse(text);
  if (url === null || url.protocol !== `${LINK_SCHEME}:`) return refused('it is not an address of Mooring');
  if (url.username !== '' || url.password !== '' || url.port !== '') return refused('it names a server');
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(text)) return refused('it carries parameters');
  const named = url.hostname;
  if (named === '' || named === 'open') return isRoot(url) ? place('settings') : refused('it names no page');
  const page = PAGES.get(named);
  if (page === undefined) return refused('there is no such page');
  if (isRoot(url)) return place(page);
  const category = decoded(url.pathname.slice(1));
  if (page !== 'settings' || category === null || !categories.includes(category))
    return refused('there is no such page');
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

/** The link itself is not repeated: it is a stranger's text. */
function refused(why: string): DeepLink {
  return { ok: false, message: `A link to Mooring was not opened: ${why}. Nothing was changed.` };
}
