import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { desktopCatalog } from '../src/shared/settings/desktop-catalog.ts';
import { launchBrowser } from '../test/browser.ts';
import { openDashboard } from '../test/web/open-dashboard.ts';
import { wholeWorld } from '../test/web/stand-in-world.ts';
import { type Benchmark, inTurn, type Pair, pairedRatio } from './benchmark.ts';
import { buildPages } from './pages.ts';
import { type PageTask, pressKey, recordTasks, type TypedKey, watchSearch } from './typed-search.ts';
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

/** From loading the document until its first control can be used; both pages are of one build and one server. */
const interactive: Benchmark = {
  what: 'the dashboard can be used',
  against: 'an empty page of React from the same build',
  atMost: 2.5,
  unit: '×',
  measure: async () => {
    const pages = await buildPages();
    try {
      return await withBrowser((browser) => timeToUse(browser, pages.folder));
    } finally {
      await pages.remove();
    }
  },
};

async function timeToUse(browser: Browser, folder: string) {
  const dashboard = await openDashboard(browser, folder, wholeWorld());
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' });
  try {
    const empty = await context.newPage();
    await empty.goto(new URL('/empty.html', dashboard.page.url()).href);
    const control = await watchUsable(dashboard.page, '[data-setting] button');
    const onEmpty = await watchUsable(empty, 'button');
    const pairs: Pair[] = [];
    for (let round = 0; round <= 15; round += 1) {
      const pair = await inTurn(
        round,
        () => control.after(() => dashboard.page.reload()),
        () => onEmpty.after(() => empty.reload()),
      );
      // The first round warms up.
      if (round > 0) pairs.push(pair);
    }
    return pairedRatio(pairs);
  } finally {
    await context.close();
    await dashboard.close();
  }
}

const ROUNDS = 5;
const WORDS = ['proxy', 'kubernetes', 'zzz'];

/** A person types three words and takes them back, a key at a time, `ROUNDS` times over. */
async function typeSearches(): Promise<{
  readonly keys: readonly TypedKey[];
  readonly tasks: readonly PageTask[];
}> {
  return withBrowser(async (browser) => {
    const dashboard = await openDashboard(browser, built, wholeWorld());
    try {
      const { page } = dashboard;
      const last = desktopCatalog.settings.at(-1)?.id ?? '';
      await page.locator(`[data-setting="${last}"]`).waitFor();
      await page.getByRole('searchbox').first().focus();
      await watchSearch(page);
      const keys: TypedKey[] = [];
      const tasks = await recordTasks(browser, page, async () => {
        for (const word of Array.from({ length: ROUNDS }, () => WORDS).flat())
          for (const key of [...word, ...Array.from(word, () => 'Backspace')])
            keys.push(await pressKey(page, key));
      });
      checkAnswers(keys);
      return { keys, tasks };
    } finally {
      await dashboard.close();
    }
  });
}

/** A page that answers nothing would be the fastest of all. */
function checkAnswers(keys: readonly TypedKey[]): void {
  const all = desktopCatalog.settings.length;
  for (const { query, settings } of keys) {
    const right = query === '' ? settings === all : settings < all && (settings === 0) === (query === 'zzz');
    if (WORDS.concat('').includes(query) && !right)
      throw new Error(`the search for "${query}" showed ${settings} of ${all} settings`);
  }
}

/** Whichever of both is measured first types for both. */
let typed: ReturnType<typeof typeSearches> | null = null;
const typedOnce = () => {
  typed ??= typeSearches();
  return typed;
};

const frames: Benchmark = {
  what: `frames until a letter of a search is answered, of all ${desktopCatalog.settings.length} settings`,
  against: 'the next frame, for every letter',
  atMost: 1,
  unit: 'frames',
  measure: async () => {
    const { keys } = await typedOnce();
    const counts = keys.map((key) => key.frames);
    const later = counts.filter((count) => count > 1).length;
    return {
      result: Math.max(...counts),
      ours: `${later} of ${counts.length} letters later`,
      theirs: 'none',
    };
  },
};

/**
 * All of them, in all rounds. Counted by the time that a task ran itself: where other programs take the processor, a
 * task of one millisecond lasts as long as their turn, and the browser would call that long.
 */
const longTasks: Benchmark = {
  what: 'long tasks while the same search is typed',
  against: `none (${LONG_TASK_MS} ms of processor time)`,
  atMost: 0,
  unit: 'long tasks',
  measure: async () => {
    const { tasks } = await typedOnce();
    const longest = tasks.reduce((most, task) => (task.own > most.own ? task : most));
    const waiting = tasks.filter(({ elapsed }) => elapsed > LONG_TASK_MS).length;
    return {
      result: tasks.filter(({ own }) => own > LONG_TASK_MS).length,
      ours: `the longest ran ${longest.own.toFixed(1)} ms; ${waiting} lasted longer, mostly waiting for this machine`,
      theirs: `${LONG_TASK_MS} ms`,
    };
  },
};

export default [interactive, frames, longTasks];
