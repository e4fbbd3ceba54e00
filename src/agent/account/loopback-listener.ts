import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { AGENT_REDIRECT_PATH } from '../../shared/contracts/agent-api.ts';
import { type FinishedPage, PAGE_HEADERS, renderFinishedPage } from './finished-page.ts';

/** Waits on loopback for the browser to bring the hub's answer (RFC 8252 section 7.3). */
export interface LoopbackListener {
  readonly redirectUri: string;
  /** From now on an answer that carries this state is taken, once; anything else is answered and forgotten. */
  expect(state: string, take: (callback: URL) => Promise<FinishedPage>): void;
  /** Lets an answer that is being given go out, then frees the port. */
  close(): Promise<void>;
}

const STRAY: FinishedPage = {
  status: 400,
  title: 'finished.stray.title',
  text: 'finished.stray.text',
};
const USED: FinishedPage = {
  status: 410,
  title: 'finished.used.title',
  text: 'finished.close',
};
const ELSEWHERE: FinishedPage = { status: 404, title: 'finished.elsewhere.title', text: 'finished.close' };

/**
 * Opens the listener on 127.0.0.1, on a free port: never on a name, which could resolve to more than this machine.
 * Any page of the browser can call it, so only the unguessable state makes a request the answer: everything else
 * (a wrong path, method, host or state) gets a page and does not end the waiting.
 */
export async function openLoopbackListener(): Promise<LoopbackListener> {
  let expected: { readonly state: string; readonly take: (callback: URL) => Promise<FinishedPage> } | null =
    null;
  let used: string | null = null;
  let origin = '';

  const judge = async (request: IncomingMessage): Promise<FinishedPage> => {
    if (request.method !== 'GET') return { ...ELSEWHERE, status: 405 };
    if (`http://${request.headers.host}` !== origin) return STRAY;
    const target = request.url ?? '/';
    if (!target.startsWith('/') || !URL.canParse(target, origin)) return STRAY;
    const callback = new URL(target, origin);
    if (callback.origin !== origin || callback.pathname !== AGENT_REDIRECT_PATH) return ELSEWHERE;
    const states = callback.searchParams.getAll('state');
    const [state] = states;
    if (state === undefined || states.length !== 1) return STRAY;
    if (state === used) return USED;
    if (expected === null || state !== expected.state) return STRAY;
    const { take } = expected;
    used = state;
    expected = null;
    return take(callback);
  };
  const server = createServer((request, response) => {
    judge(request).then(
      (page) => answer(request, response, page),
      () => answer(request, response, { ...STRAY, status: 500, title: 'finished.fault.title' }),
    );
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0, exclusive: true }, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  origin = `http://127.0.0.1:${address.port}`;

  return {
    redirectUri: `${origin}${AGENT_REDIRECT_PATH}`,
    expect(state, take) {
      expected = { state, take };
    },
    close: () =>
      new Promise((resolve) => {
        expected = null;
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

function answer(request: IncomingMessage, response: ServerResponse, page: FinishedPage): void {
  response.writeHead(page.status, { ...PAGE_HEADERS });
  response.end(renderFinishedPage(page, request.headers['accept-language']));
}
