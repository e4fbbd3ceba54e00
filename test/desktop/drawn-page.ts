import { readFileSync } from 'node:fs';
import type { BrowserContext, Page } from '@playwright/test';
import { z } from 'zod';

/** Chromium draws no unknown scheme: there the app's own origin has this name. */
const DRAWN_AS = 'https://mooring.stand-in';
/** The origin that the app's own pages have in Electron. */
export const OWN = 'app://mooring';

export const toDrawn = (url: string): string => url.replace(OWN, DRAWN_AS);
export const toOwn = (url: string): string => url.replace(DRAWN_AS, OWN);

const ipcCallSchema = z.object({ answered: z.boolean(), channel: z.string(), args: z.array(z.unknown()) });
type IpcCall = z.infer<typeof ipcCallSchema>;

/** What answers the page in the place of Electron's main process. */
export interface MainProcess {
  ipc(call: IpcCall, frame: { readonly url: string; readonly main: boolean }): Promise<unknown>;
  permission(permission: string, url: string): Promise<unknown>;
}

/** Tells the page what came over a channel, as the preload's `ipcRenderer` hears it. */
export async function tellPage(page: Page, channel: string, args: readonly unknown[]): Promise<void> {
  const call = JSON.stringify([channel, args]);
  await page.evaluate(`globalThis.standInHear?.(...${call})`).catch(() => undefined);
}

/** The built preload runs as Electron runs it: before the page, in its main frame, with `electron` alone to require. */
export async function installPreload(
  context: BrowserContext,
  file: string,
  { ipc, permission }: MainProcess,
): Promise<void> {
  await context.exposeBinding('standInIpc', async ({ frame }, call: unknown) => {
    const from = { url: toOwn(frame.url()), main: frame.parentFrame() === null };
    return ipc(ipcCallSchema.parse(call), from).then(
      (value) => ({ value }),
      (error: unknown) => ({ error: String(error) }),
    );
  });
  await context.exposeBinding('standInPermission', ({ frame }, asked: unknown) =>
    permission(String(asked), toOwn(frame.url())),
  );
  await context.addInitScript(`(() => {
    if (window.top !== window || location.origin !== ${JSON.stringify(DRAWN_AS)}) return;
    const ipc = globalThis.standInIpc;
    delete globalThis.standInIpc;
    const mayUse = globalThis.standInPermission;
    delete globalThis.standInPermission;
    // Chromium knows what a page may do from the app that it runs in; this one is asked as that would ask it.
    const names = { 'clipboard-write': 'clipboard-sanitized-write', 'clipboard-read': 'clipboard-read' };
    navigator.permissions.query = async ({ name }) => ({ state: (await mayUse(names[name] ?? name)) === true ? 'granted' : 'denied' });
    const heard = new Map();
    Object.defineProperty(globalThis, 'standInHear', {
      value: (channel, args) => { for (const hear of [...(heard.get(channel) ?? [])]) hear({}, ...args); },
    });
    const ipcRenderer = {
      invoke: async (channel, ...args) => {
        const answer = await ipc({ answered: true, channel, args });
        if (answer.error !== undefined) throw new Error(answer.error);
        return answer.value;
      },
      send: (channel, ...args) => void ipc({ answered: false, channel, args }),
      on: (channel, hear) => { heard.set(channel, new Set([...(heard.get(channel) ?? []), hear])); },
      off: (channel, hear) => { heard.get(channel)?.delete(hear); },
    };
    const contextBridge = {
      exposeInMainWorld: (name, value) =>
        Object.defineProperty(window, name, { value: Object.freeze(value), enumerable: true }),
    };
    const require = (name) => {
      if (name !== 'electron') throw new Error('a sandboxed preload cannot require ' + name);
      return { contextBridge, ipcRenderer };
    };
    ((require) => {${readFileSync(file, 'utf8')}
    })(require);
  })()`);
}
