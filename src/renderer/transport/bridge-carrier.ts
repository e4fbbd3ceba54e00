import type { WindowBridge } from '../../shared/contracts/window-bridge.ts';
import { type Carrier, CarrierLost } from './carrier.ts';

declare global {
  interface Window {
    /** Put there by the preload script of the app's own window; absent in a browser. */
    readonly mooring?: WindowBridge;
  }
}

/** Carries requests through the bridge of the app's own window, which needs no bearer. */
export function bridgeCarrier(bridge: WindowBridge): Carrier {
  return {
    send: async ({ method, path, body }) => {
      const carried = { method, path, body: body === undefined ? null : JSON.stringify(body) };
      const answer = await bridge.fetch(carried).catch((cause: unknown) => {
        throw new CarrierLost(cause);
      });
      return { status: answer.status, text: answer.body };
    },
    follow: (listener, signal) =>
      new Promise((resolve) => {
        const end = () => {
          stop();
          signal.removeEventListener('abort', end);
          resolve(200);
        };
        const stop = bridge.events((message) => {
          if (message.type === 'open') listener.open();
          else if (message.type === 'event') listener.data(message.data);
          else end();
        });
        signal.addEventListener('abort', end);
        if (signal.aborted) end();
      }),
  };
}
