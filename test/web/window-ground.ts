import { join } from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';
import type { LocalFetch } from '../../src/agent/local-api/router.ts';
import { createWindowDoor, type Sender } from '../../src/main/bridge/window-door.ts';
import { DASHBOARD_ADDRESS, isOwnAddress } from '../../src/main/protocol/app-origin.ts';
import { dashboardProtocol } from '../../src/main/protocol/dashboard-protocol.ts';
import type { LocalEvent } from '../../src/shared/contracts/local-api.ts';
import { BRIDGE_CHANNELS } from '../../src/shared/contracts/window-bridge.ts';
import { installPreload, OWN, tellPage, toDrawn, toOwn } from '../desktop/drawn-page.ts';

const PRELOAD = join(import.meta.dirname, '..', '..', 'out', 'preload', 'preload.cjs');

/** The agent as the window's door reaches it. */
export interface AgentBehind {
  readonly fetch: LocalFetch;
  onEvent(listener: (event: LocalEvent) => void): () => void;
}

/**
 * Makes a page of the browser the app's own window: its origin is answered as the app answers it, and what it asks goes
 * through the built preload and the app's door. The returned address is the dashboard's.
 */
export async function makeWindow(
  context: BrowserContext,
  page: Page,
  dashboardFolder: string,
  agent: AgentBehind,
): Promise<string> {
  const serve = dashboardProtocol(dashboardFolder);
  const door = createWindowDoor({
    ...agent,
    log: (message) => {
      throw new Error(message);
    },
  });
  await context.route('**/*', async (route) => {
    const url = toOwn(route.request().url());
    if (!url.startsWith(`${OWN}/`)) return route.abort();
    const answer = await serve(new Request(url, { method: route.request().method() }));
    await route.fulfill({
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: Buffer.from(await answer.arrayBuffer()),
    });
  });
  await installPreload(context, PRELOAD, {
    ipc: async ({ channel, args }, { url, main }) => {
      const sender: Sender = { id: 1, ownWindow: true, mainFrame: main, url };
      if (channel === BRIDGE_CHANNELS.fetch) return door.fetch(sender, args[0]);
      if (channel === BRIDGE_CHANNELS.unfollow) return door.unfollow(sender, args[0]);
      return door.follow(sender, args[0], (following, message) => {
        void tellPage(page, BRIDGE_CHANNELS.message, [following, message]);
      });
    },
    permission: async (permission, url) => permission === 'clipboard-sanitized-write' && isOwnAddress(url),
  });
  // As where a window is closed: what it followed has nobody to tell.
  page.on('close', () => door.forget(1));
  return toDrawn(DASHBOARD_ADDRESS);
}
