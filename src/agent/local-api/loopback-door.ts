import { createServer } from 'node:http';
import { createRequestListener } from '@remix-run/node-fetch-server';
import { LOCAL_ROUTES } from '../../shared/contracts/local-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { type BrowserSessions, createBrowserSessions } from './browser-sessions.ts';
import { dashboardFiles, SECURITY_HEADERS } from './dashboard-files.ts';
import { answerError, type Handled } from './http-answer.ts';
import type { LocalFetch } from './router.ts';
import { closeServer } from './socket-door.ts';

/** The browser's door: shut until somebody who can use the socket asks for it. */
export interface LoopbackDoor {
  /** Opens the door where it is shut, and answers with an address good once, for 60 s. */
  open(): Promise<Handled<{ url: string; expiresAt: string }>>;
  /** Exchanges the token of that address for a bearer. */
  exchange(token: string): Handled<{ bearer: string }>;
  close(): Promise<void>;
}

export interface LoopbackDoorOptions {
  /** The router; what this door lets through goes there. */
  readonly fetch: LocalFetch;
  readonly dashboardFolder: string | null;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const HOST = '127.0.0.1';
/**
 * Every user of the machine can connect. Somebody who does so without end must not use up the files that the agent may
 * have open, without which it could not keep the settings. A browser opens six.
 */
export const MOST_CONNECTIONS = 128;

/** Nothing listens before `open` is called. */
export function createLoopbackDoor(options: LoopbackDoorOptions): LoopbackDoor {
  const sessions = createBrowserSessions(options.now);
  let opening: Promise<OpenServer> | null = null;
  return {
    open: async () => {
      try {
        opening ??= listen(options, sessions);
        const { port } = await opening;
        const { token, expiresAt } = sessions.issueToken();
        const url = `http://${HOST}:${port}/#token=${token}`;
        return { ok: true, body: { url, expiresAt: new Date(expiresAt).toISOString() } };
      } catch (error) {
        opening = null;
        const reason = error instanceof Error ? error.message : String(error);
        const message = `The dashboard's address on ${HOST} could not be opened: ${reason}.`;
        return { ok: false, refusal: { code: 'internal', message } };
      }
    },
    exchange: (token) => {
      const bearer = sessions.exchange(token);
      if (bearer !== null) return { ok: true, body: { bearer } };
      return { ok: false, refusal: TOKEN_REFUSED };
    },
    close: async () => {
      const server = await opening?.catch(() => null);
      opening = null;
      await server?.close();
    },
  };
}

const TOKEN_REFUSED: Refusal = {
  code: 'unauthenticated',
  message: 'This address of the dashboard was already used, or is older than a minute.',
  help: 'Open the dashboard again from the tray, or run "mooring agent run --headless --dashboard".',
};

interface OpenServer {
  readonly port: number;
  close(): Promise<void>;
}

async function listen(options: LoopbackDoorOptions, sessions: BrowserSessions): Promise<OpenServer> {
  const files = dashboardFiles(options.dashboardFolder);
  let port = 0;
  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const isApi = pathname === '/v1' || pathname.startsWith('/v1/');
    const refusal = judgeBrowserRequest(request, port, isApi, sessions);
    if (refusal !== null) return answerError(refusal, refusalHeaders(refusal));
    if (isApi) return options.fetch(request);
    if (request.method === 'GET' || request.method === 'HEAD') return files.serve(pathname);
    const message = `${pathname.slice(0, 200)} does not take ${request.method}.`;
    return answerError({ code: 'method_not_allowed', message }, { allow: 'GET, HEAD' });
  };
  const guarded = async (request: Request) => {
    const response = await answer(request);
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.headers.set(name, value);
    return response;
  };
  // The address is fixed, so that nothing is ever derived from what a request says of itself.
  const server = createServer(createRequestListener(guarded, { host: HOST, protocol: 'http:' }));
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, HOST, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  port = address.port;
  return { port, close: () => closeServer(server) };
}

/**
 * Any page of the web, and any program of any user of the machine, can reach 127.0.0.1. Refuses what does not come
 * from our own page with our own bearer; `null` lets it through.
 * - `Host` must be our address: a name that was re-bound to 127.0.0.1 carries its own (DNS rebinding).
 * - `Origin` and `Sec-Fetch-Site`, where a browser sends them, must be ours (cross-site request forgery).
 * - The API wants the bearer, but for the exchange of the one-time token. There is no cookie to ride on.
 */
export function judgeBrowserRequest(
  request: Request,
  port: number,
  isApi: boolean,
  sessions: Pick<BrowserSessions, 'accepts'>,
): Refusal | null {
  const own = `${HOST}:${port}`;
  if (request.headers.get('host') !== own) {
    return { code: 'forbidden', message: `This address answers only as ${own}.` };
  }
  if (!isApi) return null;
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  if ((origin !== null && origin !== `http://${own}`) || (site !== null && !SAME_SITE.has(site))) {
    return { code: 'forbidden', message: 'The local API answers only to its own page.' };
  }
  const { pathname } = new URL(request.url);
  if (request.method === LOCAL_ROUTES.session.method && pathname === LOCAL_ROUTES.session.path) return null;
  const bearer = /^Bearer ([\w-]{20,100})$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (bearer !== undefined && sessions.accepts(bearer)) return null;
  return {
    code: 'unauthenticated',
    message: 'The dashboard is not connected to the agent any more.',
    help: 'Open it again from the tray, or run "mooring agent run --headless --dashboard".',
  };
}

const SAME_SITE = new Set(['same-origin', 'none']);

function refusalHeaders(refusal: Refusal): Record<string, string> {
  return refusal.code === 'unauthenticated' ? { 'www-authenticate': 'Bearer' } : {};
}
