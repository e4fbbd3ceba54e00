import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { sql } from 'kysely';
import { systemClock } from '../src/hub/clock.ts';
import { passableTemporaryDirectory } from '../src/hub/database/test-database.ts';
import { type RunningHub, startHub } from '../src/hub/hub.ts';
import { createAccount, createTestOrganization, PASSWORD } from '../src/hub/identity/test-hub.ts';
import { createLogger } from '../src/hub/logging.ts';
import { launchBrowser } from '../test/browser.ts';
import { type Benchmark, type Measurement, ratio } from './benchmark.ts';

const MANY = 50_000;
const FEW = 50;
const OWNER = 'owner@bench.example';
/** What browsers call a long task. */
const LONG_TASK_MS = 50;

interface World {
  readonly hub: RunningHub;
  readonly context: BrowserContext;
}

/** A hub with a large and a small organization of one owner, who is signed in. */
async function withWorld(measure: (world: World) => Promise<Measurement>): Promise<Measurement> {
  const folder = passableTemporaryDirectory('mooring-bench-');
  const closing: (() => Promise<void>)[] = [];
  try {
    const log = createLogger({ level: 'silent', destination: { write: () => undefined } });
    const hub = await startHub({
      dataDirectory: join(folder, 'hub'),
      ...{ host: '127.0.0.1', port: 0, log, clock: systemClock },
    });
    closing.push(() => hub.stop());
    await populate(hub);
    const browser: Browser = await launchBrowser();
    closing.push(() => browser.close());
    const context = await browser.newContext({ baseURL: hub.publicUrl, locale: 'en-GB' });
    await signIn(await context.newPage());
    return await measure({ hub, context });
  } finally {
    for (const close of closing.toReversed()) await close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function populate({ database }: RunningHub): Promise<void> {
  const owner = await createAccount(database, OWNER);
  for (const [name, count] of [
    ['large', MANY],
    ['small', FEW],
  ] as const) {
    const { id } = await createTestOrganization(database, name, [owner]);
    await sql`with made as (
        insert into users (email, username, name)
        select ${name} || n || '@bench.example', ${name} || n, 'Member ' || n from generate_series(2, ${count}::int) n
        returning id)
      insert into memberships (organization_id, user_id, role, origin)
      select ${id}, id, 'member', 'manual' from made`.execute(database.db);
  }
  await sql`update memberships set role = 'owner' where user_id = ${owner.id}`.execute(database.db);
  // As the server would do by itself before long.
  await sql`analyze users, memberships, team_members, policy_assignments`.execute(database.db);
}

async function signIn(page: Page): Promise<void> {
  await page.goto('/');
  await page.waitForURL('**/sign-in?*');
  await page.locator('input[name="email"]').fill(OWNER);
  await page.locator('form:has(input[name="email"]) button[type="submit"]').first().click();
  await page.locator('input[name="password"]').fill(PASSWORD);
  await page.locator('form:has(input[name="password"]) button[type="submit"]').first().click();
  await page.getByRole('navigation', { name: 'Pages', exact: true }).waitFor();
}

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
