import { type IpcMainEvent, type IpcMainInvokeEvent, ipcMain } from 'electron';
import { BRIDGE_CHANNELS } from '../../shared/contracts/window-bridge.ts';
import type { Sender, WindowDoor } from './window-door.ts';

/** Connects the door to Electron's IPC. `owns` tells whether web contents are those of the app's window. */
export function installBridge(door: WindowDoor, owns: (webContentsId: number) => boolean): () => void {
  const senderOf = ({ sender, senderFrame }: IpcMainEvent | IpcMainInvokeEvent): Sender => ({
    id: sender.id,
    ownWindow: owns(sender.id),
    mainFrame: senderFrame !== null && senderFrame.parent === null,
    url: senderFrame?.url ?? '',
  });
  ipcMain.handle(BRIDGE_CHANNELS.fetch, (event, value: unknown) => door.fetch(senderOf(event), value));
  ipcMain.on(BRIDGE_CHANNELS.follow, (event, value: unknown) => {
    const { sender } = event;
    door.follow(senderOf(event), value, (following, message) => {
      if (!sender.isDestroyed()) sender.send(BRIDGE_CHANNELS.message, following, message);
    });
  });
  ipcMain.on(BRIDGE_CHANNELS.unfollow, (event, value: unknown) => door.unfollow(senderOf(event), value));
  return () => {
    ipcMain.removeHandler(BRIDGE_CHANNELS.fetch);
    ipcMain.removeAllListeners(BRIDGE_CHANNELS.follow);
    ipcMain.removeAllListeners(BRIDGE_CHANNELS.unfollow);
  };
}
