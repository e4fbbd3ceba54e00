/*
 * What the preload script puts on `window.mooring` of the app's own window: the requests and events of the local
 * API, carried over IPC instead of HTTP. Everything that crosses is plain data, as context isolation asks.
 */

/** A request of the local API as the bridge carries it. `body` is JSON text. */
export interface BridgeRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string | null;
}

/** Its answer. `body` is JSON text. */
export interface BridgeAnswer {
  readonly status: number;
  readonly body: string;
}

/** One step in the life of the event stream; `data` is the JSON text of one event of the local API. */
export type BridgeMessage =
  | { readonly type: 'open' }
  | { readonly type: 'event'; readonly data: string }
  | { readonly type: 'closed' };

/** The bridge itself. `fetch` rejects only where the agent cannot be reached at all. */
export interface WindowBridge {
  fetch(request: BridgeRequest): Promise<BridgeAnswer>;
  /** Follows `GET /v1/events` until the returned function is called. */
  events(listener: (message: BridgeMessage) => void): () => void;
}

/** The only IPC channels of the app. `follow` and `unfollow` carry a number that names one following. */
export const BRIDGE_CHANNELS = {
  /** Window to app, answered: a `BridgeRequest` brings a `BridgeAnswer`. */
  fetch: 'mooring:fetch',
  /** Window to app: begin and end following the events. */
  follow: 'mooring:follow',
  unfollow: 'mooring:unfollow',
  /** App to window: the number of the following, and a `BridgeMessage`. */
  message: 'mooring:message',
} as const;
