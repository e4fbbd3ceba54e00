import type { Browser, Page } from '@playwright/test';
import { z } from 'zod';

/** What was seen of one key of a search. */
export interface TypedKey {
  readonly query: string;
  /** Frames until what is seen is the answer to it: 1 where the very next one shows it. */
  readonly frames: number;
  /** How many settings were shown then. */
  readonly settings: number;
}

const keySchema = z.object({ query: z.string(), frames: z.number(), settings: z.number() });

/** Starts to watch in which frame the page of settings last changed after each letter. */
export async function watchSearch(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    const watch = { frame: 0, changed: 0 };
    addEventListener('input', () => Object.assign(watch, { frame: 0, changed: 0 }), true);
    // What changes before the first frame is drawn is seen in that one, the first.
    new MutationObserver(() => { watch.changed = watch.frame + 1; }).observe(document.querySelector('main'), {
      subtree: true, childList: true, attributes: true, characterData: true,
    });
    const tick = () => { watch.frame += 1; requestAnimationFrame(tick); };
    requestAnimationFrame(tick);
    window.searchWatch = watch;
  })()`);
}

/** Presses one key and answers with what it took, once nothing has changed for ten frames. */
export async function pressKey(page: Page, key: string): Promise<TypedKey> {
  await page.keyboard.press(key);
  return keySchema.parse(
    await page.evaluate(`new Promise((done) => {
      const look = () => {
        const { frame, changed } = searchWatch;
        if (frame < changed + 10) return void requestAnimationFrame(look);
        const rows = [...document.querySelectorAll('[data-setting]')];
        done({
          query: document.querySelector('input[type=search]').value,
          frames: changed,
          settings: rows.filter((row) => row.closest('[hidden]') === null).length,
        });
      };
      look();
    })`),
  );
}

const eventSchema = z.object({
  name: z.string(),
  ph: z.string(),
  pid: z.number(),
  tid: z.number(),
  dur: z.number().optional(),
  tdur: z.number().optional(),
  args: z.object({ name: z.unknown().optional() }).optional(),
});

/** One task of the thread that runs the page, in milliseconds. */
export interface PageTask {
  /** By the clock on the wall, as the browser counts its long tasks: other programs that had their turn included. */
  readonly elapsed: number;
  /** That it ran itself. */
  readonly own: number;
}

/** Every task of the page's thread while `work` goes on, by the browser's own recording. */
export async function recordTasks(
  browser: Browser,
  page: Page,
  work: () => Promise<void>,
): Promise<readonly PageTask[]> {
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await work();
  const recorded: unknown = JSON.parse((await browser.stopTracing()).toString());
  const events = z.object({ traceEvents: z.array(eventSchema) }).parse(recorded).traceEvents;
  const thread = (event: z.infer<typeof eventSchema>) => `${event.pid} ${event.tid}`;
  const pages = new Set(
    events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(thread),
  );
  const tasks = events.flatMap((event) =>
    pages.has(thread(event)) &&
    event.name === 'ThreadControllerImpl::RunTask' &&
    event.dur !== undefined &&
    event.tdur !== undefined
      ? [{ elapsed: event.dur / 1000, own: event.tdur / 1000 }]
      : [],
  );
  if (tasks.length === 0) throw new Error('the browser recorded no task of the page');
  return tasks;
}
