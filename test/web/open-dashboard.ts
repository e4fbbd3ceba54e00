import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { complaintsOf } from '../browser.ts';
import { type StandInAgent, startStandInAgent } from './stand-in-agent.ts';
import type { World } from './stand-in-world.ts';
import { makeWindow } from './window-ground.ts';

/** A page of the dashboard, the agent behind it, and what the browser complained of. */
export interface OpenDashboard {
  readonly page: Page;
  readonly agent: StandInAgent;
  /** Violations of the content security policy, and errors of the page: there should be none. */
  readonly complaints: readonly string[];
  /** Goes to a page by its address, such as `settings/Proxies`, and waits until it is there. */
  go(place: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Where the dashboard is open: in a browser, by the address that the agent printed, over HTTP; or in the window of the
 * app, over its bridge.
 */
export type Ground = (typeof GROUNDS)[number];
export const GROUNDS = ['in a browser', 'in the window of the app'] as const;

/** The title of a page that is there: what is still being read says so in a title of its own. */
export const PAGE_TITLE = 'h1:not([role="status"] *)';

/** Opens the dashboard as a person would. */
export async function openDashboard(
  browser: Browser,
  dashboardFolder: string,
  world: World,
  { ground = 'in a browser', ...options }: BrowserContextOptions & { readonly ground?: Ground } = {},
): Promise<OpenDashboard> {
  const agent = startStandInAgent({ world, dashboardFolder });
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const complaints = await complaintsOf(page);
  await page.goto(
    ground === 'in a browser'
      ? await agent.address()
      : await makeWindow(context, page, dashboardFolder, agent.behind),
  );
  await page.locator(PAGE_TITLE).waitFor();
  return {
    page,
    agent,
    complaints,
    go: async (place) => {
      await page.evaluate(`location.hash = '#/${place}'`);
      const name = place.split('/')[0] ?? '';
      await page.locator(`nav a[aria-current="page"][href="#/${name}"]`).first().waitFor();
      await page.locator(PAGE_TITLE).waitFor();
      await page.getByRole('status', { name: 'Loading…' }).waitFor({ state: 'detached' });
    },
    close: async () => {
      await context.close();
      await agent.close();
    },
  };
}

/** Stands in what the browser tells of a fault that a test planted. */
export const PLANTED_FAULT = 'a fault that a test planted';

/** Has the diagnostics page, and no other, meet a fault when it is drawn. */
export async function breakDiagnostics(page: Page): Promise<void> {
  const fault = JSON.stringify(PLANTED_FAULT);
  await page.evaluate(`window.toSorted ??= Array.prototype.toSorted;
    Array.prototype.toSorted = function (...by) {
      if (this.some((each) => each?.finding !== undefined)) throw new Error(${fault});
      return window.toSorted.apply(this, by);
    };`);
}
