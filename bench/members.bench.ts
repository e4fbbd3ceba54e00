import { type Benchmark, ratio } from './benchmark.ts';
import { FEW, MANY, withWorld } from './large-organization.ts';

/** What browsers call a long task. */
const LONG_TASK_MS = 50;

const firstPage: Benchmark = {
  what: `the console shows the first page of ${MANY} members`,
  against: `that of ${FEW} members`,
  atMost: 1.5,
  unit: '×',
  measure: () =>
    withWorld(async ({ context }) => {
      const page = await context.newPage();
      const open = async (organization: string): Promise<void> => {
        await page.goto(`/o/${organization}/members`);
        await page.getByRole('table', { name: 'Members' }).getByRole('row').nth(FEW).waitFor();
      };
      return ratio(
        () => open('large'),
        () => open('small'),
        9,
      );
    }),
};

const answer: Benchmark = {
  what: `the hub answers the first page of ${MANY} members`,
  against: `that of ${FEW} members`,
  atMost: 1.5,
  unit: '×',
  measure: () =>
    withWorld(async ({ context }) => {
      const ask = async (organization: string): Promise<void> => {
        for (let again = 0; again < 20; again += 1) {
          const response = await context.request.get(`/v1/orgs/${organization}/members?limit=50`);
          const { total } = await response.json();
          if (total !== (organization === 'large' ? MANY : FEW)) throw new Error(`${total} members`);
        }
      };
      return ratio(
        () => ask('large'),
        () => ask('small'),
        11,
      );
    }),
};

const scrolling: Benchmark = {
  what: 'the longest task while 200 members scroll',
  against: 'a long task (50 ms)',
  atMost: 1,
  unit: '×',
  measure: () =>
    withWorld(async ({ context }) => {
      const page = await context.newPage();
      await page.goto('/o/large/members?size=200');
      await page.getByRole('table', { name: 'Members' }).getByRole('row').nth(200).waitFor();
      await page.evaluate(`window.longest = 0;
        new PerformanceObserver((list) => {
          for (const each of list.getEntries()) window.longest = Math.max(window.longest, each.duration);
        }).observe({ type: 'longtask' });`);
      await page.mouse.move(640, 400);
      const scrolled = async () => Number(await page.evaluate('document.scrollingElement.scrollTop'));
      for (let last = -1; (await scrolled()) > last; ) {
        last = await scrolled();
        for (let step = 0; step < 5; step += 1) await page.mouse.wheel(0, 400);
        await page.evaluate(
          'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))',
        );
      }
      if ((await scrolled()) < 2000) throw new Error('the list did not scroll');
      // Below 50 ms browsers count nothing: that is the bound.
      const longest = Number(await page.evaluate('window.longest'));
      return {
        result: longest / LONG_TASK_MS,
        ours: longest === 0 ? 'none' : `${longest.toFixed(0)} ms`,
        theirs: `${LONG_TASK_MS} ms`,
      };
    }),
};

export default [firstPage, answer, scrolling];
