import { contextBridge, ipcRenderer } from 'electron';
import {
  BRIDGE_CHANNELS,
  type BridgeAnswer,
  type BridgeMessage,
  type WindowBridge,
} from '../shared/contracts/window-bridge.ts';

let followings = 0;

const bridge: WindowBridge = {
  // Only these three fields cross, whatever the page hands over.
  fetch: ({ method, path, body }): Promise<BridgeAnswer> =>
    ipcRenderer.invoke(BRIDGE_CHANNELS.fetch, { method, path, body }),
  events: (listener) => {
    followings += 1;
    const following = followings;
    const hear = (_: unknown, of: number, message: BridgeMessage): void => {
      if (of === following) listener(message);
    };
    ipcRenderer.on(BRIDGE_CHANNELS.message, hear);
    ipcRenderer.send(BRIDGE_CHANNELS.follow, following);
    return () => {
      ipcRenderer.off(BRIDGE_CHANNELS.message, hear);
      ipcRenderer.send(BRIDGE_CHANNELS.unfollow, following);
    };
  },
};

contextBridge.exposeInMainWorld('mooring', bridge);
