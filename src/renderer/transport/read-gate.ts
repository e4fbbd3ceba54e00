import type { Carrier } from './carrier.ts';

/** Holds requests back until the page follows the agent's events. */
export interface ReadGate {
  /** True once requests go out. */
  isOpen(): boolean;
  /** Lets them out: the page has subscribed, or cannot. */
  open(): void;
  /** `carrier`, whose requests wait for the gate; following the events does not. */
  guard(carrier: Carrier): Carrier;
}

/**
 * Builds a closed gate. Whatever is read after subscribing is followed by events, and need not be read a second time
 * for what may have happened in between.
 */
export function createReadGate(): ReadGate {
  let opened = false;
  const opening = Promise.withResolvers<void>();
  return {
    isOpen: () => opened,
    open: () => {
      opened = true;
      opening.resolve();
    },
    guard: (carrier) => ({
      send: async (request) => {
        await opening.promise;
        return carrier.send(request);
      },
      follow: (listener, signal) => carrier.follow(listener, signal),
    }),
  };
}
