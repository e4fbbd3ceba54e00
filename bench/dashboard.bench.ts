import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { desktopCatalog } from '../src/shared/settings/desktop-catalog.ts';
import { launchBrowser } from '../test/browser.ts';
import { openDashboard } from '../test/web/open-dashboard.ts';
import { managedWorld, type World } from '../test/web/stand-in-world.ts';
import { type Benchmark, median, ratioOf } from './benchmark.ts';
import { watchUsable } from './usable.ts';

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
        const control = await watchUsable(dashboard.page, '[data-setting] button');
        const onEmpty = await watchUsable(empty, 'button');
        return await ratioOf(
          () => control.after(() => dashboard.page.reload()),
          () => onEmpty.after(() => empty.reload()),
          15,
        );
      } finally {
        await context.close();
        await dashboard.close();
      }
    }),
};

const ROUNDS = 5;

/** Types and takes back three words, and answers with the longest task meanwhile, in milliseconds; 0 for none. */
async function longestTask(page: Page): Promise<number> {
  const rows = () => page.locator('[data-setting]').count();
  const before = await rows();
  await page.evaluate('window.longest = 0');
  for (const word of ['proxy', 'kubernetes', 'zzz'])
    for (const key of [...word, ...Array.from(word, () => 'Backspace')]) {
      await page.keyboard.press(key);
      await page.evaluate(TWO_FRAMES);
    }
  // The last letter is drawn in slices between frames.
  while ((await rows()) !== before) await page.evaluate(TWO_FRAMES);
  return Number(await page.evaluate('window.longest'));
}

const TWO_FRAMES = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))';

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
        await page.locator(`[data-setting="${lastSetting()}"]`).waitFor();
        await page.getByRole('searchbox').first().focus();
        await page.evaluate(`window.longest = 0;
          new PerformanceObserver((list) => {
            for (const each of list.getEntries()) window.longest = Math.max(window.longest, each.duration);
          }).observe({ type: 'longtask' });`);
        const rounds: number[] = [];
        for (let round = 0; round < ROUNDS; round += 1) rounds.push(await longestTask(page));
        // Below 50 ms browsers count nothing: that is the bound.
        const longest = median(rounds);
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
