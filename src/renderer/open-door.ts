import type { FirstAnswers } from './transport/ask-ahead.ts';
import type { Carrier } from './transport/carrier.ts';
import { httpCarrier } from './transport/http-carrier.ts';
import { openSession, type SessionWindow } from './transport/session.ts';

/** Whether this page may talk to the agent, and through what. */
export type Door =
  | {
      readonly state: 'open';
      readonly carrier: Carrier;
      /** What the agent has already answered. */
      readonly first?: FirstAnswers;
    }
  | { readonly state: 'missing' | 'unreachable' }
  | { readonly state: 'ended'; readonly message?: string };

/** Opens the door of a page in a browser: by the one-time token of its address, or this tab's earlier session. */
export async function openDoor(page: SessionWindow): Promise<Door> {
  const session = await openSession(page);
  return session.state === 'open' ? { state: 'open', carrier: httpCarrier(session.bearer) } : session;
}
