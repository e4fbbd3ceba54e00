import { Buffer } from 'node:buffer';
import type { PlainResponse } from 'got';
import type { HubStreamAnswer, HubStreamRequest } from './hub-stream.ts';
import type { Route } from './proxy-routes.ts';
import { agentsFor, failureOf, headersOf, misledBy, type RequestTools } from './web-request.ts';

/**
 * Opens an answer that goes on, over one way: by the same proxies, certificate authorities and bounds for connecting
 * as every other request, but without a bound for its end. The caller ends it by its signal.
 */
export async function streamOver(
  request: HubStreamRequest,
  route: Route,
  tools: RequestTools,
): Promise<HubStreamAnswer> {
  const [{ default: got }, agents, trust] = await Promise.all([
    import('got'),
    agentsFor(request.url, route, tools),
    request.url.protocol === 'https:' ? tools.authorities.context() : { problem: null },
  ]);
  const { connect, response } = tools.timeouts;
  const stream = got.stream(request.url, {
    method: 'GET',
    headers: { 'user-agent': tools.userAgent, ...request.headers },
    agent: agents,
    timeout: { lookup: connect, connect, secureConnect: connect, response },
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    decompress: true,
    signal: request.signal,
    ...(tools.lookup === undefined ? {} : { dnsLookup: tools.lookup }),
  });
  const close = () => {
    stream.destroy();
    agents.http?.destroy();
    agents.https?.destroy();
  };
  const begun = await firstOf(stream);
  if ('error' in begun) {
    const failure = failureOf(begun.error, route, {
      caProblem: trust.problem,
      calledOff: request.signal.aborted,
    });
    if (failure.kind === 'untrusted_certificate') tools.authorities.forget();
    close();
    return { ok: false, failure };
  }
  const headers = headersOf(begun.response);
  const status = begun.response.statusCode;
  const misled = misledBy(status, headers, '', 'hub');
  const isStream = status === 200 && /^text\/event-stream\b/i.test(headers['content-type'] ?? '');
  if (misled !== null || !isStream) close();
  if (misled !== null) return { ok: false, failure: misled };
  return { ok: true, status, headers, text: isStream ? textOf(stream, close) : null };
}

type GotStream = AsyncIterable<unknown> & {
  once(event: 'response', listener: (response: PlainResponse) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
};

/** The head of the answer, or why there is none. Errors that come later end the text, and are heard here. */
function firstOf(stream: GotStream): Promise<{ response: PlainResponse } | { error: unknown }> {
  return new Promise((resolve) => {
    stream.on('error', (error) => resolve({ error }));
    stream.once('response', (response) => resolve({ response }));
  });
}

/** What arrives, as text; ends without an error however the connection ends. */
async function* textOf(stream: GotStream, close: () => void): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of stream) {
      const bytes = chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk));
      yield decoder.decode(bytes, { stream: true });
    }
  } catch {
    // The connection broke: to the reader that is its end.
  } finally {
    close();
  }
}
