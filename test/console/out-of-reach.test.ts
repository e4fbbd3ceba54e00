import { expect, test } from 'vitest';
import { consoleForFile } from './open-console.ts';

/* Apart from console.test.ts, whose pages come near the thousand requests a minute that a hub answers one address. */

const { open } = consoleForFile();

test('a hub out of reach is said once where several parts of a page wait, and all are there at one press', async () => {
  const { page, go, close } = await open('owner');
  try {
    await page.route(/\/v1\/orgs\/acme\/(sign-in|report)-settings/, (route) => route.abort());
    await go('organization');
    const waiting = page.getByText('Not read yet.');
    await expect.poll(() => waiting.count()).toBeGreaterThan(1);
    expect(await page.getByText('The hub cannot be reached.').count()).toBe(1);
    await page.unrouteAll();
    await page.getByRole('button', { name: 'Try again', exact: true }).click();
    await expect.poll(() => waiting.count()).toBe(0);
    await expect.poll(() => page.getByText('The hub cannot be reached.').count()).toBe(0);
  } finally {
    await close();
  }
});

test('a page whose code does not arrive says so in its place, and is there at the press after it can', async () => {
  const opened = await open('owner');
  const { page, go, context } = opened;
  try {
    await go('teams');
    await context.setOffline(true);
    await page.getByRole('link', { name: 'Members', exact: true }).click();
    await page.getByText('This page could not be loaded').waitFor();
    await page.getByRole('link', { name: 'Teams', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Teams' }).waitFor();
    await page.goBack();
    // Nobody answers: the page stays, instead of the browser's own.
    await page.getByRole('button', { name: 'Try again', exact: true }).click();
    await page.getByRole('link', { name: 'Teams', exact: true }).waitFor();
    await context.setOffline(false);
    await page.getByRole('button', { name: 'Try again', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Members' }).waitFor();
  } finally {
    await opened.close();
  }
});
