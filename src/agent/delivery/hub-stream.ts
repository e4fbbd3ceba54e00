import type { HubFailure } from './hub-http.ts';

/** A call whose answer goes on until somebody ends it. */
export interface HubStreamRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Ends the stream, whether it has begun or not. */
  readonly signal: AbortSignal;
}

/** `text` is what arrives, until the connection ends; `null` where the hub answered with anything but a stream. */
export type HubStreamAnswer =
  | {
      readonly ok: true;
      readonly status: number;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>;
      readonly text: AsyncIterable<string> | null;
    }
  | { readonly ok: false; readonly failure: HubFailure };

/** The way to the hub for streams: the same ways as for every other call (docs/delivery.md section 7). Never throws. */
export interface HubStreaming {
  stream(request: HubStreamRequest): Promise<HubStreamAnswer>;
}
