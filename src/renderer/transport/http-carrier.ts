import { createParser } from 'eventsource-parser';
import { LOCAL_ROUTES } from '../../shared/contracts/local-api.ts';
import { type Carrier, CarrierLost, type StreamListener } from './carrier.ts';

/**
 * Carries requests by HTTP to the loopback door that served this page. The bearer goes in a header, never in a
 * cookie or an address, so events are read with `fetch` too: `EventSource` cannot send headers.
 */
export function httpCarrier(bearer: string, fetchIt: typeof fetch = fetch): Carrier {
  const ask = (path: string, init: RequestInit, headers: Record<string, string>) =>
    fetchIt(path, {
      ...init,
      headers: { ...headers, authorization: `Bearer ${bearer}` },
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    }).catch((cause: unknown) => {
      throw new CarrierLost(cause);
    });
  return {
    send: async ({ method, path, body, signal }) => {
      const hasBody = body !== undefined;
      const response = await ask(
        path,
        { method, ...(hasBody ? { body: JSON.stringify(body) } : {}), ...(signal ? { signal } : {}) },
        { accept: 'application/json', ...(hasBody ? { 'content-type': 'application/json' } : {}) },
      );
      return { status: response.status, text: await readText(response) };
    },
    follow: async (listener, signal) => {
      const { method, path } = LOCAL_ROUTES.events;
      const response = await ask(path, { method, signal }, { accept: 'text/event-stream' });
      if (response.status === 200 && response.body !== null) await readEvents(response.body, listener);
      return response.status;
    },
  };
}

async function readText(response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (cause) {
    throw new CarrierLost(cause);
  }
}

async function readEvents(body: ReadableStream<Uint8Array>, listener: StreamListener): Promise<void> {
  const parser = createParser({ onEvent: (event) => listener.data(event.data) });
  const reader = body.getReader();
  const decoder = new TextDecoder();
  listener.open();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
    }
  } catch {
    // The agent went away in the middle of the stream: for the reader that is its end.
  }
}
