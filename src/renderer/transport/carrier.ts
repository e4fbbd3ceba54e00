/** A request of the local API, ready to be carried. */
export interface CarriedRequest {
  readonly method: string;
  /** Path and query, such as `/v1/settings`. */
  readonly path: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** An answer as it arrived; reading it is the client's business. */
export interface CarriedAnswer {
  readonly status: number;
  readonly text: string;
}

/** Told about the event stream while it runs. */
export interface StreamListener {
  /** Subscribed: whatever is read from now on is followed by events. */
  open(): void;
  /** The data of one event, as JSON text. */
  data(text: string): void;
}

/**
 * What takes requests to the agent: the window's bridge, or HTTP on loopback. Both throw `CarrierLost` where the
 * agent does not answer at all.
 */
export interface Carrier {
  send(request: CarriedRequest): Promise<CarriedAnswer>;
  /** Follows the events until the stream ends or `signal` aborts. Answers with the status the stream opened with. */
  follow(listener: StreamListener, signal: AbortSignal): Promise<number>;
}

/** The agent did not answer: not running, restarting, or gone. */
export class CarrierLost extends Error {
  constructor(cause: unknown) {
    super('the agent does not answer', { cause });
    this.name = 'CarrierLost';
  }
}
