import { createParser } from 'eventsource-parser';
import type { LocalFetch } from '../../agent/local-api/router.ts';
import { LOCAL_ROUTES, type LocalEvent, localEventSchema } from '../../shared/contracts/local-api.ts';

/** Follows the events of an agent in another process; settled when the stream ends or `signal` aborts. */
export async function followEvents(
  fetch: LocalFetch,
  signal: AbortSignal,
  onEvent: (event: LocalEvent) => void,
): Promise<void> {
  const parser = createParser({
    onEvent: ({ data }) => {
      const event = readEvent(data);
      if (event !== null) onEvent(event);
    },
  });
  const { method, path } = LOCAL_ROUTES.events;
  try {
    const response = await fetch(new Request(`http://agent${path}`, { method, signal }));
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }));
  } catch {
    // The agent went away: for whoever follows that is the end.
  }
}

// An event of a kind that this version does not know says nothing it could use.
function readEvent(text: string): LocalEvent | null {
  try {
    return localEventSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
