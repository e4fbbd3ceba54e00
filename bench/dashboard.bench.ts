import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { desktopCatalog } from '../src/shared/settings/desktop-catalog.ts';
import { launchBrowser } from '../test/browser.ts';
import { openDashboard } from '../test/web/open-dashboard.ts';
import { managedWorld, type World } from '../test/web/stand-in-world.ts';
import { type Benchmark, ratio } from './benchmark.ts';

const built = join(import.meta.dirname, '..', 'out', 'renderer');
/** What browsers call a long task. */
const LONG_TASK_MS = 50;

async function withBrowser<T>(work: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await launchBrowser();
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

/** Every setting of the catalog on one page, whatever systems it is for. */
function wholeCatalog(): World {
  return { ...managedWorld(), platform: widestPlatform() };
}

const lastSetting = (): string => desktopCatalog.onPlatform[widestPlatform()].at(-1)?.id ?? '';

function widestPlatform(): World['platform'] {
  const platforms = ['mac', 'windows', 'linux'] as const;
  return platforms.reduce((widest, each) =>
    desktopCatalog.onPlatform[each].length > desktopCatalog.onPlatform[widest].length ? each : widest,
  );
}

/** From loading the document until its first control can be used; both pages are of the same build and agent. */
const interactive: Benchmark = {
  what: 'the dashboard can be used',
  against: 'a page of the same build with nothing to read',
  atMost: 2.5,
  unit: '×',
  measure: () =>
    withBrowser(async (browser) => {
      const dashboard = await openDashboard(browser, built, wholeCatalog());
      const context = await browser.newContext({ locale: 'en-GB' });
      try {
        const empty = await context.newPage();
        // Without the one-time address there is no session, and the page says only that.
        await empty.goto(new URL('/', dashboard.page.url()).href);
        return await ratio(
          async () => {
            await dashboard.page.reload();
            await dashboard.page.locator('[data-setting] button').first().click({ trial: true });
          },
          async () => {
            await empty.reload();
            await empty.getByRole('button').first().click({ trial: true });
          },
          15,
        );
      } finally {
        await context.close();
        await dashboard.close();
      }
    }),
};

/** A person types and takes back, a key at a time; what is drawn in between must fit into a frame or a few. */
const search: Benchmark = {
  what: 'the longest task while a search is typed over all settings',
  against: 'a long task (50 ms)',
  atMost: 1,
  unit: '×',
  measure: () =>
    withBrowser(async (browser) => {
      const dashboard = await openDashboard(browser, built, wholeCatalog());
      try {
        const { page } = dashboard;
        const field = page.getByRole('searchbox').first();
        await field.focus();
        await page.evaluate(`window.longest = 0;
          new PerformanceObserver((list) => {
            for (const each of list.getEntries()) window.longest = Math.max(window.longest, each.duration);
          }).observe({ type: 'longtask' });`);
        const rows = () => page.locator('[data-setting]').count();
        await page.locator(`[data-setting="${lastSetting()}"]`).waitFor();
        const before = await rows();
        for (const word of ['proxy', 'kubernetes', 'zzz'])
          for (const key of [...word, ...Array.from(word, () => 'Backspace')]) {
            await page.keyboard.press(key);
            await page.evaluate(
              'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))',
            );
          }
        await page.waitForFunction(`document.querySelectorAll('[data-setting]').length === ${before}`);
        // Below 50 ms browsers count nothing: that is the bound.
        const longest = Number(await page.evaluate('window.longest'));
        return {
          result: longest / LONG_TASK_MS,
          ours: longest === 0 ? 'none' : `${longest.toFixed(0)} ms`,
          theirs: `${LONG_TASK_MS} ms`,
        };
      } finally {
        await dashboard.close();
      }
    }),
};

export default [interactive, search];
