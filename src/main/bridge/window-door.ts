import { answerError } from '../../agent/local-api/http-answer.ts';
import type { LocalFetch } from '../../agent/local-api/router.ts';
import type { LocalEvent } from '../../shared/contracts/local-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import type { BridgeAnswer, BridgeMessage } from '../../shared/contracts/window-bridge.ts';
import { isOwnAddress } from '../protocol/app-origin.ts';
import { followingSchema, readBridgeRequest } from './bridge-request.ts';

/** Who sent a message over IPC, as the host saw it; nothing here is the sender's own word. */
export interface Sender {
  /** Names the web contents. */
  readonly id: number;
  /** Whether it is a window that this app opened. */
  readonly ownWindow: boolean;
  readonly mainFrame: boolean;
  /** Address of the frame; empty where the frame is gone. */
  readonly url: string;
}

/** The local API as windows reach it. */
export interface WindowDoor {
  /** @throws Error for a sender that is none of ours: it is told nothing at all */
  fetch(sender: Sender, value: unknown): Promise<BridgeAnswer>;
  /** Begins to send events; what is not understood, or comes from elsewhere, is dropped. */
  follow(sender: Sender, value: unknown, send: (following: number, message: BridgeMessage) => void): void;
  unfollow(sender: Sender, value: unknown): void;
  /** The window or its page is gone. */
  forget(id: number): void;
}

export interface WindowDoorOptions {
  readonly fetch: LocalFetch;
  readonly onEvent: (listener: (event: LocalEvent) => void) => () => void;
  readonly log: (message: string, facts: Readonly<Record<string, unknown>>) => void;
}

/** Requests of one window that may wait for an answer, and followings it may have, at the same time. */
const MOST_REQUESTS = 64;
const MOST_FOLLOWINGS = 8;

/** Refuses everything but the page of our own window, in its main frame (Electron's security checklist, item 17). */
export function isTrusted(sender: Sender): boolean {
  return sender.ownWindow && sender.mainFrame && isOwnAddress(sender.url);
}

/** Opens the door. It keeps who follows, and how many requests of each window are under way. */
export function createWindowDoor({ fetch, onEvent, log }: WindowDoorOptions): WindowDoor {
  const underWay = new Map<number, number>();
  const followed = new Map<number, Map<number, () => void>>();

  const trust = (sender: Sender): boolean => {
    if (isTrusted(sender)) return true;
    log('a message over IPC was refused: it came from a foreign frame', { url: sender.url.slice(0, 200) });
    return false;
  };
  const ask = async (id: number, request: Request): Promise<BridgeAnswer> => {
    underWay.set(id, (underWay.get(id) ?? 0) + 1);
    try {
      return await carried(await fetch(request));
    } finally {
      const left = (underWay.get(id) ?? 1) - 1;
      if (left === 0) underWay.delete(id);
      else underWay.set(id, left);
    }
  };
  const end = (id: number, following: number): void => {
    followed.get(id)?.get(following)?.();
    followed.get(id)?.delete(following);
  };

  return {
    fetch: async (sender, value) => {
      if (!trust(sender)) throw new Error('refused');
      if ((underWay.get(sender.id) ?? 0) >= MOST_REQUESTS) return carried(answerError(TOO_MANY));
      const read = readBridgeRequest(value);
      return read.ok ? ask(sender.id, read.request) : carried(answerError(read.refusal));
    },
    follow: (sender, value, send) => {
      const following = followingSchema.safeParse(value);
      if (!trust(sender) || !following.success) return;
      const mine = followed.get(sender.id) ?? new Map<number, () => void>();
      followed.set(sender.id, mine);
      const name = following.data;
      // A page that was loaded anew counts from one again: what the page before it followed is at its end.
      end(sender.id, name);
      if (mine.size >= MOST_FOLLOWINGS) return send(name, { type: 'closed' });
      mine.set(
        name,
        onEvent((event) => send(name, { type: 'event', data: JSON.stringify(event) })),
      );
      send(name, { type: 'open' });
    },
    unfollow: (sender, value) => {
      const following = followingSchema.safeParse(value);
      if (trust(sender) && following.success) end(sender.id, following.data);
    },
    forget: (id) => {
      for (const following of [...(followed.get(id)?.keys() ?? [])]) end(id, following);
      followed.delete(id);
    },
  };
}

const TOO_MANY: Refusal = {
  code: 'rate_limited',
  message: 'The window asked too much at once.',
  help: 'Wait for the answers that are still to come.',
};

async function carried(response: Response): Promise<BridgeAnswer> {
  return { status: response.status, body: await response.text() };
}
