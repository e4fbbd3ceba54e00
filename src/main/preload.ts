import { contextBridge } from 'electron';
import { VERSION } from '../shared/version.ts';

/** What the sandboxed page may know of the program around it. */
export interface DesktopBridge {
  readonly version: string;
}

const bridge: DesktopBridge = { version: VERSION };
contextBridge.exposeInMainWorld('mooring', bridge);
