import type { Browser } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningHub, startHub } from '../../src/hub/hub.ts';
import { createAccount, createTestOrganization, PASSWORD } from '../../src/hub/identity/test-hub.ts';
import { createLogger } from '../../src/hub/logging.ts';
import { violationsOf } from '../accessibility.ts';
import { launchBrowser } from '../browser.ts';
import { begunDataDirectory, type TemporaryDataDirectory } from '../hub-process.ts';

/* A change that opens doors, made in the console by a session that is older than ten minutes: the clock is moved. */
let data: TemporaryDataDirectory;
let hub: RunningHub;
let browser: Browser;
let ahead = 0;
beforeAll(async () => {
  data = await begunDataDirectory();
  hub = await startHub({
    dataDirectory: data.path,
    host: '127.0.0.1',
    port: 0,
    log: createLogger({ level: 'silent', destination: { write: () => undefined } }),
    clock: { now: () => Date.now() + ahead },
  });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await hub?.stop();
  await data?.remove();
});

test.each(['light', 'dark'] as const)(
  'a change that opens doors asks who it is in a tab of its own, and what was typed stays (%s)',
  async (colorScheme) => {
    const account = await createAccount(hub.database, `owner-${colorScheme}@acme.example`);
    const { name } = await createTestOrganization(hub.database, `acme-${colorScheme}`, [account]);
    await hub.database.db
      .updateTable('memberships')
      .set({ role: 'owner' })
      .where('user_id', '=', account.id)
      .execute();
    const context = await browser.newContext({
      baseURL: hub.publicUrl,
      locale: 'en-GB',
      reducedMotion: 'reduce',
      colorScheme,
      viewport: { width: 360, height: 740 },
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) complaints.push(message.text());
    });
    await page.goto(`/o/${name}/tokens`);
    await page.getByLabel('E-mail address').fill(account.email);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'API tokens', level: 1 }).waitFor();

    ahead += 11 * 60_000;
    await page.getByRole('button', { name: 'New token' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('typed before');
    await dialog.getByRole('button', { name: 'New token' }).click();
    await dialog.getByText('Confirm first that it is you').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    const kept = process.env.MOORING_TEST_SHOTS;
    if (kept !== undefined) await page.screenshot({ path: `${kept}/step-up-dialog-${colorScheme}.png` });

    const opened = context.waitForEvent('page');
    await dialog.getByRole('link', { name: 'Confirm in a new tab' }).press('Enter');
    const tab = await opened;
    await tab.getByRole('heading', { name: 'Confirm it is you' }).waitFor();
    expect(await violationsOf(tab)).toEqual([]);
    if (kept !== undefined) await tab.screenshot({ path: `${kept}/step-up-page-${colorScheme}.png` });
    await tab.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await tab.getByRole('button', { name: 'Continue' }).click();
    await tab.getByRole('heading', { name: 'Thank you, it is you' }).waitFor();
    await tab.close();

    expect(await dialog.getByLabel('Name').inputValue()).toBe('typed before');
    await dialog.getByRole('button', { name: 'New token' }).click();
    await page.getByText('The token “typed before” was created').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  },
);
