import {
  CHANGE_EVENT,
  changeSchema,
  LOOK_BACK_MS,
  STREAM_END_EVENT,
} from '../../shared/contracts/hub-changes.ts';

export interface FollowOptions {
  /** Address of the stream. */
  readonly address: string;
  /** `null`: anything may have changed, because nothing was heard for a while. */
  readonly onChange: (topics: readonly string[] | null) => void;
}

const FIRST_DELAY_MS = 2_000;
const LONGEST_DELAY_MS = 60_000;

/** What is shown may have been read this long before the page begins to follow. */
export const STALE_MS = 15_000;

/**
 * Hears what changes while the page is looked at; a page in the background lets go of its connection, of which
 * browsers have few. What changed between the first reading and the hub's first word the
 * hub tells by itself; when that took long, and whenever hearing begins anew, everything is read again. Returns how to stop.
 */
export function followChanges({ address, onChange }: FollowOptions): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let delay = FIRST_DELAY_MS;
  const begun = performance.now();
  let heard = false;

  const close = (): void => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const open = (): void => {
    close();
    source = new EventSource(address);
    source.addEventListener('open', () => {
      delay = FIRST_DELAY_MS;
      if (heard || performance.now() - begun > LOOK_BACK_MS - STALE_MS) onChange(null);
      heard = true;
    });
    source.addEventListener(CHANGE_EVENT, (event) => onChange(topicsOf(event.data)));
    // The hub asks to stay away until somebody looks again.
    source.addEventListener(STREAM_END_EVENT, close);
    source.addEventListener('error', () => {
      // Browsers come back by themselves after a broken stream, not after a refusal.
      if (source?.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, delay);
      delay = Math.min(delay * 2, LONGEST_DELAY_MS);
    });
  };
  const look = (): void => {
    if (document.visibilityState === 'hidden') close();
    else if (source === null) open();
  };
  document.addEventListener('visibilitychange', look);
  look();
  return () => {
    document.removeEventListener('visibilitychange', look);
    close();
  };
}

function topicsOf(data: unknown): readonly string[] | null {
  try {
    const parsed = changeSchema.safeParse(JSON.parse(String(data)));
    return parsed.success ? parsed.data.topics : null;
  } catch {
    return null;
  }
}
