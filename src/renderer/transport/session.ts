import { errorBodySchema, LOCAL_ROUTES, sessionAnswerSchema } from '../../shared/contracts/local-api.ts';

const BEARER_KEY = 'mooring.bearer';

/** The parts of a browser window that a session touches; a test passes its own. */
export interface SessionWindow {
  readonly location: { readonly hash: string; readonly pathname: string; readonly search: string };
  readonly history: { replaceState(data: null, unused: string, url: string): void };
  readonly sessionStorage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  fetch(path: string, init: RequestInit): Promise<Response>;
}

/** How a page in a browser comes to its bearer. */
export type Session =
  | { readonly state: 'open'; readonly bearer: string }
  /** Opened without a token, and without a session of this tab. */
  | { readonly state: 'missing' }
  /** The token was used before, is too old, or the session has ended. */
  | { readonly state: 'ended'; readonly message?: string }
  | { readonly state: 'unreachable' };

/**
 * Exchanges the one-time token of the address (`#token=…`) for a bearer that lives as long as this tab. The token
 * leaves the address bar and the history before anything else happens, so that it cannot be copied or come back.
 */
export async function openSession(page: SessionWindow): Promise<Session> {
  const token = new URLSearchParams(page.location.hash.replace(/^#/, '')).get('token');
  if (token === null) {
    const bearer = page.sessionStorage.getItem(BEARER_KEY);
    return bearer === null ? { state: 'missing' } : { state: 'open', bearer };
  }
  page.history.replaceState(null, '', `${page.location.pathname}${page.location.search}`);
  const session = await exchange(page, token);
  if (session.state === 'open') page.sessionStorage.setItem(BEARER_KEY, session.bearer);
  return session;
}

/** Forgets the bearer, when the agent no longer knows it. */
export function forgetSession(page: Pick<SessionWindow, 'sessionStorage'>): void {
  page.sessionStorage.removeItem(BEARER_KEY);
}

async function exchange(page: SessionWindow, token: string): Promise<Session> {
  const { method, path } = LOCAL_ROUTES.session;
  let body: unknown;
  try {
    const response = await page.fetch(path, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
      cache: 'no-store',
      credentials: 'omit',
    });
    body = await response.json();
  } catch {
    return { state: 'unreachable' };
  }
  const answer = sessionAnswerSchema.safeParse(body);
  if (answer.success) return { state: 'open', bearer: answer.data.bearer };
  const refused = errorBodySchema.safeParse(body);
  return refused.success ? { state: 'ended', message: refused.data.error.message } : { state: 'ended' };
}
