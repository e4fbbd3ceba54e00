import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Readable } from 'node:stream';
import type { LocalFetch } from './router.ts';

/**
 * Speaks to a running agent over its socket or named pipe. Node's own `fetch` cannot: it takes no socket path.
 * Rejects with the system's error (`ENOENT`, `ECONNREFUSED`, …) when nobody listens there.
 */
export function socketFetch(socketPath: string): LocalFetch {
  return async (request) => {
    const url = new URL(request.url);
    const body = request.body === null ? null : Buffer.from(await request.arrayBuffer());
    const headers: Record<string, string | number> = Object.fromEntries(request.headers);
    // A POST without a body says so: a length of its own keeps Node from announcing chunks.
    if (body !== null || request.method !== 'GET') headers['content-length'] = body?.byteLength ?? 0;
    const incoming = await send(
      {
        socketPath,
        method: request.method,
        path: url.pathname + url.search,
        headers,
        agent: false,
        signal: request.signal,
      },
      body,
    );
    return toResponse(incoming);
  };
}

function send(options: RequestOptions, body: Buffer | null): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(options, resolve);
    request.once('error', reject);
    request.end(body ?? undefined);
  });
}

function toResponse(incoming: IncomingMessage): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const each of Array.isArray(value) ? value : [value ?? '']) headers.append(name, each);
  }
  const status = incoming.statusCode ?? 502;
  const empty = status === 204 || status === 304;
  return new Response(empty ? null : bodyOf(incoming), { status, headers });
}

/** A web stream over the answer; ending the reading ends the connection. */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  const iterator = Readable.prototype[Symbol.asyncIterator].call(incoming);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done === true) controller.close();
      else controller.enqueue(new Uint8Array(next.value));
    },
    cancel() {
      incoming.destroy();
    },
  });
}
