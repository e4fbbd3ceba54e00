import pg from 'pg';
import { type ConnectionTarget, clientConfig } from './connection.ts';

/**
 * The channels on which the hubs of one database tell each other what changed. Sent by triggers of the
 * migrations, inside the transaction that changes: PostgreSQL delivers at commit, and never after a rollback.
 */
const CHANNELS = ['mooring_sequences', 'mooring_access', 'mooring_signing_keys', 'mooring_changes'] as const;

/** One of `CHANNELS`. */
export type Channel = (typeof CHANNELS)[number];

/** What one hub process tells all others, and itself. The payload is described where it is sent. */
export type Announcement =
  | { readonly channel: Channel; readonly payload: string }
  /**
   * The connection for announcements was just (re)established. What was announced before is lost: whoever keeps
   * something in memory reads it again.
   */
  | { readonly channel: 'connected'; readonly payload: '' };

/** Where parts of the hub hear announcements. */
export interface Announcements {
  /** Returns how to stop hearing. */
  subscribe(listener: (announcement: Announcement) => void): () => void;
}

/** A listening connection; `stop` closes it. */
export interface AnnouncementListener extends Announcements {
  stop(): Promise<void>;
}

const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 10_000;

/** Listens on a connection of its own; when that breaks it connects again, after 0.2 s doubling to 10 s. */
export function listenForAnnouncements(options: {
  readonly target: ConnectionTarget;
  readonly onError?: (error: Error) => void;
}): AnnouncementListener {
  const listeners = new Set<(announcement: Announcement) => void>();
  const tell = (announcement: Announcement): void => {
    for (const listener of listeners) listener(announcement);
  };
  let stopped = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let delay = FIRST_DELAY_MS;
  const retry = (failed: pg.Client, error: Error): void => {
    if (stopped || failed !== client || timer !== undefined) return;
    options.onError?.(error);
    timer = setTimeout(() => {
      timer = undefined;
      connecting = connect();
    }, delay);
    delay = Math.min(delay * 2, LONGEST_DELAY_MS);
  };
  const connect = async (): Promise<void> => {
    const fresh = new pg.Client({
      ...clientConfig(options.target),
      application_name: 'mooring-hub listener',
    });
    client = fresh;
    fresh.on('error', (error) => retry(fresh, error));
    fresh.on('end', () => retry(fresh, new Error('the connection for announcements was closed')));
    fresh.on('notification', ({ channel, payload }) => {
      const known = CHANNELS.find((name) => name === channel);
      if (known !== undefined) tell({ channel: known, payload: payload ?? '' });
    });
    try {
      await fresh.connect();
      for (const channel of CHANNELS) await fresh.query(`listen ${channel}`);
      delay = FIRST_DELAY_MS;
      tell({ channel: 'connected', payload: '' });
    } catch (error) {
      await fresh.end().catch(() => undefined);
      retry(fresh, error instanceof Error ? error : new Error(String(error)));
    }
  };
  let connecting = connect();
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await connecting;
      await client?.end().catch(() => undefined);
    },
  };
}
