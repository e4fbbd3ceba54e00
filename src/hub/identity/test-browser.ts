/*
 * For tests: a browser reduced to what signing in needs (cookies by path, forms, redirects), speaking real HTTP.
 */

interface Cookie {
  readonly value: string;
  readonly path: string;
}

/** A page as the browser got it. */
export interface Visited {
  readonly status: number;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

/** One form of a page: where it goes and what it sends when nothing is typed. */
export interface Form {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface Browser {
  /** Follows redirects within the hub; stops at one that leads elsewhere (the program's loopback address). */
  get(url: string): Promise<Visited>;
  post(
    url: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Visited>;
  /** Sends the form of a page that holds this field or button, with the values typed over it. */
  submit(
    page: Visited,
    typed: Readonly<Record<string, string>>,
    which?: (form: Form) => boolean,
  ): Promise<Visited>;
  /** Where the last redirect led that was not followed. */
  readonly left: () => URL | undefined;
  readonly cookies: Map<string, Cookie>;
}

export function createBrowser(origin: string): Browser {
  const cookies = new Map<string, Cookie>();
  let left: URL | undefined;

  const request = async (address: string, init: RequestInit, hops = 0): Promise<Visited> => {
    const url = new URL(address, origin);
    const cookie = [...cookies]
      .filter(
        ([, { path }]) =>
          url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`),
      )
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
    const headers = new Headers(init.headers);
    headers.set('accept', 'text/html');
    if (cookie !== '') headers.set('cookie', cookie);
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) keep(cookies, line, url);
    const location = response.headers.get('location');
    if (location === null) {
      return {
        status: response.status,
        url: url.href,
        headers: response.headers,
        body: await response.text(),
      };
    }
    await response.arrayBuffer();
    const target = new URL(location, url);
    if (target.origin !== new URL(origin).origin) {
      left = target;
      return { status: response.status, url: target.href, headers: response.headers, body: '' };
    }
    if (hops > 10) throw new Error(`redirected in circles: ${target.href}`);
    return request(target.href, {}, hops + 1);
  };

  const post: Browser['post'] = (url, fields, headers = {}) =>
    request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin, ...headers },
      body: new URLSearchParams(fields).toString(),
    });
  return {
    get: (url) => request(url, {}),
    post,
    submit: (page, typed, which = (form) => Object.keys(typed).every((name) => name in form.fields)) => {
      const form = formsOf(page.body).find(which);
      if (form === undefined) throw new Error(`no such form on ${page.url}:\n${page.body}`);
      return post(new URL(form.action, page.url).href, { ...form.fields, ...typed });
    },
    left: () => left,
    cookies,
  };
}

function keep(cookies: Map<string, Cookie>, line: string, url: URL): void {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const name = pair.slice(0, pair.indexOf('='));
  const value = pair.slice(pair.indexOf('=') + 1);
  const attribute = (key: string) =>
    attributes.find((each) => each.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1);
  const expires = attribute('expires');
  if (value === '' || (expires !== undefined && Date.parse(expires) <= Date.now())) cookies.delete(name);
  else cookies.set(name, { value, path: attribute('path') ?? url.pathname });
}

/** Every form of a page, with the values that stand in it. */
export function formsOf(body: string): readonly Form[] {
  return [...body.matchAll(/<form method="post" action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)].map(
    ([, action = '', inner = '']) => ({
      action: plain(action),
      fields: Object.fromEntries(
        [...inner.matchAll(/<input\s+([^>]*)>/g)].map(([, attributes = '']) => [
          plain(/name="([^"]*)"/.exec(attributes)?.[1] ?? ''),
          plain(/value="([^"]*)"/.exec(attributes)?.[1] ?? ''),
        ]),
      ),
    }),
  );
}

function plain(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&#96;', '`')
    .replaceAll('&amp;', '&');
}
