import type { Browser, Page } from '@playwright/test';
import { generate } from 'otplib';
import { expect } from 'vitest';
import { loginAnswerSchema } from '../../src/shared/contracts/local-api.ts';
import type { RunningAgent } from '../agent-at-hub.ts';

/* The hub's own pages, as people go through them who were just invited; all of them take the same password. */
const PASSWORD = 'correct horse battery staple';

/** Opens a one-time link and chooses a password. */
export async function choosePassword(
  page: Page,
  path: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<void> {
  await page.goto(path);
  for (const [name, value] of Object.entries({ ...fields, password: PASSWORD, repeat: PASSWORD }))
    await page.locator(`input[name="${name}"]`).fill(value);
  await page.locator('form button[type="submit"]').click();
}

/** Types an address, and where the hub asks for it the password. */
export async function signIn(page: Page, email: string): Promise<void> {
  await typeAddress(page, email);
  await page.locator('input[name="password"]').fill(PASSWORD);
  await page.locator('form:has(input[name="password"]) button[type="submit"]').first().click();
}

/** Sets up the second factor that a new owner is asked for, with an authenticator app that reads the key. */
export async function setUpAuthenticator(page: Page): Promise<void> {
  const heading = page.getByRole('heading', { level: 1 });
  await heading.filter({ hasText: 'Set up an authenticator app' }).waitFor();
  const secret = (await page.locator('.code-shown').allInnerTexts()).join(' ').trim();
  await page.locator('input[name="code"]').fill(await generate({ secret }));
  await page.getByRole('button', { name: 'Continue' }).click();
  await heading.filter({ hasText: 'Keep your recovery codes' }).waitFor();
  await page.getByRole('link', { name: 'Continue' }).click();
}

export async function typeAddress(page: Page, email: string): Promise<void> {
  await page.locator('input[name="email"]').fill(email);
  await page.locator('form:has(input[name="email"]) button[type="submit"]').first().click();
}

/** Signs a desktop in, in a browser of its own that begins where the agent says. */
export async function signInOn(
  browser: Browser,
  hub: string,
  desktop: RunningAgent,
  act: (tab: Page) => Promise<void>,
): Promise<void> {
  const own = await browser.newContext({ baseURL: hub });
  const tab = await own.newPage();
  const { body } = await desktop.ask('POST', '/v1/account/login', { hub, openBrowser: false });
  const begun = loginAnswerSchema.parse(body);
  await tab.goto(begun.url);
  await act(tab);
  const ended = await desktop.ask('GET', `/v1/account/login/${begun.id}?wait=20000`);
  expect(loginAnswerSchema.parse(ended.body)).toMatchObject({ state: 'done' });
  await own.close();
}
