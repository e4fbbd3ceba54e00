import type { LocalEvent } from '../../shared/contracts/local-api.ts';

/** Comments keep an idle stream from being taken for dead by whatever carries it. */
const HEARTBEAT_MS = 25_000;
/** A reader that does not read is cut off rather than buffered without bound; it reconnects and reads anew. */
const MOST_WAITING_EVENTS = 256;

/**
 * Server-sent events (HTML standard, section 9.2) of the local API. Each event only says what to read again, so a
 * reader that missed some loses nothing by reconnecting.
 */
export function eventStream(
  subscribe: (listener: (event: LocalEvent) => void) => () => void,
  signal: AbortSignal,
  heartbeatMs = HEARTBEAT_MS,
): Response {
  const encoder = new TextEncoder();
  let end = () => {};
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (text: string) => {
          if ((controller.desiredSize ?? 0) <= 0) return end();
          controller.enqueue(encoder.encode(text));
        };
        const unsubscribe = subscribe((event) =>
          send(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
        );
        const heartbeat = setInterval(() => send(': still here\n\n'), heartbeatMs);
        heartbeat.unref();
        const onAbort = () => end();
        end = () => {
          end = () => {};
          clearInterval(heartbeat);
          unsubscribe();
          signal.removeEventListener('abort', onAbort);
          try {
            controller.close();
          } catch {
            // Cancelled by the reader: already closed.
          }
        };
        signal.addEventListener('abort', onAbort);
        if (signal.aborted) return end();
        // Sent at once, so that the reader knows it is subscribed before it reads the first snapshot.
        send(': connected\n\n');
      },
      cancel: () => end(),
    },
    new CountQueuingStrategy({ highWaterMark: MOST_WAITING_EVENTS }),
  );
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
}
