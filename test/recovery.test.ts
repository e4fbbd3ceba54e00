import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from '@playwright/test';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { IDP_ONE } from '../src/hub/connections/test-certificates.ts';
import { launchBrowser } from './browser.ts';
import { type ConsoleHub, openConsole, startConsoleHub } from './console/open-console.ts';

/*
 * The ways in that are links: an owner whom a dead identity provider locked out, let in from the hub's own machine by
 * the program that is installed there; and an invitation to somebody who has an account. In a real browser.
 */
let hub: ConsoleHub;
let browser: Browser;
beforeAll(async () => {
  [hub, browser] = await Promise.all([startConsoleHub(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

const run = promisify(execFile);
/** Runs the installed program, on the hub's own machine. */
async function installed(...args: readonly string[]) {
  const program = join(import.meta.dirname, '..', 'bin', 'mooring-hub.js');
  const { stdout } = await run(process.execPath, [program, ...args, '--data', hub.data, '--json']);
  return z.record(z.string(), z.unknown()).parse(JSON.parse(stdout));
}
const actionsSchema = z.object({ events: z.array(z.object({ action: z.string() })) });
const PASSWORD = 'a way back in, chosen anew';

it('an owner locked out by a dead identity provider gets in again, repairs sign-in, and it is all written down', async () => {
  const owner = await openConsole(browser, hub, 'owner');
  const { page, api, context } = owner;
  const certificate = join(hub.data, 'idp.pem');
  await writeFile(certificate, IDP_ONE.certificate);
  const { connections } = z
    .object({ connections: z.array(z.object({ id: z.string(), name: z.string() })) })
    .parse(await api('GET', '/connections'));
  await installed(
    ...['connections', 'update', connections[0]?.name ?? '', '--organization', 'acme'],
    ...['--entity-id', 'https://idp.test', '--sign-in-url', 'https://idp.test/sso'],
    ...['--certificate', certificate, '--set', 'enforced=on'],
  );
  await page.goto('/');
  await page.getByText('now requires single sign-on').waitFor();
  // The identity provider is not there, and a password is not even asked for.
  await context.route('https://idp.test/**', (route) => route.fulfill({ status: 503, body: 'out of order' }));
  for (const method of ['', '?method=password']) {
    await page.goto(`/sign-in${method}`);
    await page.locator('input[name="email"]').fill(hub.said.ownerEmail);
    await page.locator('form:has(input[name="email"]) button[type="submit"]').first().click();
    await page.getByText('out of order').waitFor();
  }

  const link = await installed('recover', '--owner', hub.said.ownerEmail, '--public-url', hub.said.url);
  await page.goto(String(link.url));
  await page.getByLabel('New password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('New password, again').fill(PASSWORD);
  await page.locator('button[type="submit"]').click();
  await page.getByText(hub.said.ownerEmail).waitFor();
  expect((await page.goto(String(link.url)))?.status()).toBe(404);

  await owner.go(`sso/${connections[0]?.id}/sign-in`);
  await page.getByRole('button', { name: 'Stop requiring SSO' }).click();
  // The page knows of the change before the dialog closes, which must not ask for the opposite then.
  const { promise: read, resolve: goOn } = Promise.withResolvers<void>();
  await page.route('**/v1/me', (route) => read.then(() => route.continue()));
  await page.getByRole('dialog').getByRole('button', { name: 'Stop requiring SSO' }).click();
  await page.getByText('Require SSO', { exact: true }).first().waitFor({ state: 'attached' });
  expect(await page.getByRole('dialog').getByRole('heading').textContent()).toMatch(/^Stop requiring/);
  goOn();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Require SSO' }).waitFor();
  const { events } = actionsSchema.parse(await api('GET', '/audit'));
  const actions = events.map(({ action }) => action);
  expect(actions).toEqual(expect.arrayContaining(['account.recover', 'connection.update']));
  expect(owner.complaints).toEqual([]);
  await owner.close();

  const again = await browser.newContext({ baseURL: hub.said.url });
  const afresh = await again.newPage();
  await afresh.goto('/sign-in?method=password');
  await afresh.locator('input[name="email"]').fill(hub.said.ownerEmail);
  await afresh.locator('form:has(input[name="email"]) button[type="submit"]').first().click();
  await afresh.locator('input[name="password"]').fill(PASSWORD);
  await afresh.locator('form:has(input[name="password"]) button[type="submit"]').first().click();
  await afresh.getByText('You are signed in').waitFor();
  await again.close();
});

it('somebody with an account joins by the button of an invitation, once', async () => {
  const place = ['--organization', 'acme', '--public-url', hub.said.url];
  const { results } = z
    .object({ results: z.array(z.object({ link: z.string() })) })
    .parse(await installed('members', 'invite', hub.said.secondOwnerEmail, ...place));
  const link = results[0]?.link ?? '';
  const second = await openConsole(browser, hub, 'secondOwner');
  const { page } = second;
  await page.goto(link);
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByText('You are signed in').waitFor();
  await page.goto('/o/acme');
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect((await page.goto(link))?.status()).toBe(404);
  expect(second.complaints).toEqual([]);
  await second.close();
});
