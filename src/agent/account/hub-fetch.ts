import type { HubFailure, HubHttp } from '../delivery/hub-http.ts';

/** Carries a failure of the way through code that only knows exceptions. */
export class HubFailureError extends Error {
  readonly failure: HubFailure;
  constructor(failure: HubFailure) {
    super(failure.message);
    this.name = 'HubFailureError';
    this.failure = failure;
  }
}

/** The part of `fetch` options that OpenID Connect needs. */
export interface HubFetchOptions {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: AbortSignal | null;
}

export type HubFetch = (url: string, options: HubFetchOptions) => Promise<Response>;

/** Discovery documents, key sets and token answers are small. */
const MOST_BYTES = 512 * 1024;

/** `fetch` over the one way to the hub, so that sign-in has the same proxies and authorities as delivery. */
export function hubFetch(http: HubHttp): HubFetch {
  return async (url, options) => {
    const answer = await http.request({
      method: options.method === 'POST' ? 'POST' : 'GET',
      url: new URL(url),
      headers: withoutLibraryName(options.headers),
      maxBytes: MOST_BYTES,
      ...(options.body === null ? {} : { body: options.body }),
      ...(options.signal === null ? {} : { signal: options.signal }),
    });
    if (!answer.ok) throw new HubFailureError(answer.failure);
    // What the transport already did must not be done again by the reader.
    const {
      'content-encoding': _,
      'content-length': __,
      'transfer-encoding': ___,
      ...headers
    } = answer.headers;
    const bare = answer.status === 204 || answer.status === 205 || answer.status === 304;
    return new Response(bare ? null : answer.body, { status: answer.status, headers });
  };
}

/** The page where a person allows a device names its program: that is us, as the one way to the hub says. */
function withoutLibraryName(headers: HubFetchOptions['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'user-agent'));
}
