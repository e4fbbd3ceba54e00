import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { sql } from 'kysely';
import { systemClock } from '../src/hub/clock.ts';
import { passableTemporaryDirectory } from '../src/hub/database/test-data-directory.ts';
import { type RunningHub, startHub } from '../src/hub/hub.ts';
import { createAccount, createTestOrganization, PASSWORD } from '../src/hub/identity/test-hub.ts';
import { createLogger } from '../src/hub/logging.ts';
import { launchBrowser } from '../test/browser.ts';
import type { Measurement } from './benchmark.ts';

/** Members of the organization that is called large. */
export const MANY = 50_000;
/** Members of the one that is called small. */
export const FEW = 50;
const OWNER = 'owner@bench.example';

/** Two organizations of one owner, who is signed in. */
export interface World {
  readonly hub: RunningHub;
  readonly context: BrowserContext;
}

/** A hub with a large and a small organization of one owner, who is signed in. */
export async function withWorld(measure: (world: World) => Promise<Measurement>): Promise<Measurement> {
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
