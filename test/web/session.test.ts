import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { type BuiltDashboard, buildDashboard } from './build-dashboard.ts';
import { openDashboard } from './open-dashboard.ts';
import { type StandInAgent, startStandInAgent } from './stand-in-agent.ts';
import { managedWorld } from './stand-in-world.ts';

describe('the session of a page in a browser', () => {
  let browser: Browser;
  let built: BuiltDashboard;
  let agent: StandInAgent;
  let page: Page;

  beforeAll(async () => {
    [browser, built] = await Promise.all([launchBrowser(), buildDashboard()]);
  });
  afterAll(async () => {
    await browser.close();
    await built.remove();
  });
  beforeEach(async () => {
    agent = startStandInAgent({ world: managedWorld(), dashboardFolder: built.folder });
    const context = await browser.newContext();
    page = await context.newPage();
    return async () => {
      await context.close();
      await agent.close();
    };
  });

  const settingsShown = () => page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();

  test('exchanges the token once, and takes it out of the address and the history', async () => {
    const address = await agent.address();
    const bearers: string[] = [];
    page.on('request', (request) => {
      const { authorization } = request.headers();
      if (authorization !== undefined) bearers.push(authorization);
      expect(request.url()).not.toContain('token=');
    });
    await page.goto('about:blank');
    await page.goto(address);
    await settingsShown();
    expect(page.url()).not.toContain('token');
    expect(new Set(bearers).size).toBe(1);
    expect(await page.evaluate('JSON.stringify(history.state)')).toBe('null');
    await page.goBack();
    await page.goForward();
    await settingsShown();
    expect(page.url()).not.toContain('token');
  });

  test('leaves nothing in cookies, local storage or databases', async () => {
    await page.goto(await agent.address());
    await settingsShown();
    await page.getByTitle('Light').click();
    expect(await page.context().cookies()).toEqual([]);
    expect(await page.evaluate('Object.keys(localStorage)')).toEqual([]);
    expect(await page.evaluate('indexedDB.databases().then((all) => all.length)')).toBe(0);
    expect(await page.evaluate('Object.keys(sessionStorage).sort()')).toEqual([
      'mooring.appearance',
      'mooring.bearer',
    ]);
  });

  test('survives a reload, and stays in its own tab', async () => {
    await page.goto(await agent.address());
    await settingsShown();
    await page.reload();
    await settingsShown();
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.getByRole('heading', { name: 'Open the dashboard from the command line' }).waitFor();
    await expectCommands(other);
  });

  test('an address that was used already shows how to get another', async () => {
    const address = await agent.address();
    await page.goto(address);
    await settingsShown();
    const other = await page.context().newPage();
    await other.goto(address);
    await other.getByRole('heading', { name: 'This page’s session has ended' }).waitFor();
    await expectCommands(other);
    expect(other.url()).not.toContain('token');
  });

  test('a bearer that the agent no longer knows shows how to get another, and is forgotten', async () => {
    await page.goto(await agent.address());
    await settingsShown();
    await page.evaluate(`sessionStorage.setItem('mooring.bearer', 'A'.repeat(43))`);
    await page.reload();
    await page.getByRole('heading', { name: 'This page’s session has ended' }).waitFor();
    await expectCommands(page);
    expect(await page.evaluate(`sessionStorage.getItem('mooring.bearer')`)).toBeNull();
  });

  test('a new address pasted over an ended session opens it again, in the same tab', async () => {
    await page.goto(await agent.address());
    await settingsShown();
    await page.evaluate(`sessionStorage.setItem('mooring.bearer', 'A'.repeat(43))`);
    await page.reload();
    await page.getByRole('heading', { name: 'This page’s session has ended' }).waitFor();
    await page.evaluate(`location.href = ${JSON.stringify(await agent.address())}`);
    await settingsShown();
    expect(page.url()).not.toContain('token');
    await page.goBack();
    expect(page.url()).not.toContain('token');
  });

  test('a session that ends while the page is open is noticed with the next request', async () => {
    await page.goto(await agent.address());
    await settingsShown();
    await page.route('**/v1/doctor', (route) =>
      route.fulfill({
        status: 401,
        json: { error: { code: 'unauthenticated', message: 'Not connected any more.' } },
      }),
    );
    await page.getByRole('link', { name: 'Diagnostics' }).click();
    await page.getByRole('heading', { name: 'This page’s session has ended' }).waitFor();
  });

  test('a browser that reports violations of the page’s policy would be heard', async () => {
    const dashboard = await openDashboard(browser, built.folder, managedWorld());
    try {
      await dashboard.page.evaluate(
        `document.head.append(Object.assign(document.createElement('style'), { textContent: 'a{}' }))`,
      );
      await expect.poll(() => dashboard.complaints.length).toBeGreaterThan(0);
      expect(dashboard.complaints.join()).toContain('style-src');
    } finally {
      await dashboard.close();
    }
  });

  async function expectCommands(where: Page): Promise<void> {
    expect(await where.getByText('mooring agent run --headless --dashboard', { exact: true }).count()).toBe(
      1,
    );
  }
});
