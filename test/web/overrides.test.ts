import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { policySchema } from '../../src/shared/contracts/hub-api.ts';
import { dashboardAnswerSchema } from '../../src/shared/contracts/local-api.ts';
import { type Machine, makeMachine, type RunningAgent } from '../agent-at-hub.ts';
import { launchBrowser } from '../browser.ts';
import { type RealHub, startRealHub } from '../real-hub.ts';
import { type BuiltDashboard, buildDashboard } from './build-dashboard.ts';
import { PAGE_TITLE } from './open-dashboard.ts';
import { labelOf } from './sample-settings.ts';

/*
 * Overriding a locked setting and importing a policy file as a person does it: the dashboard in a browser, the whole
 * agent behind it, and the hub itself.
 */
const DOCUMENT = {
  configurationFileVersion: 2,
  theme: { locked: true, value: 'light' },
  analyticsEnabled: { locked: true, value: false },
  memoryMiB: { locked: true, value: 2048 },
};

let hub: RealHub;
let browser: Browser;
let built: BuiltDashboard;
let policyId: string;
let folder: string;
let machine: Machine;
let agent: RunningAgent;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  [browser, built, hub] = await Promise.all([launchBrowser(), buildDashboard(), startRealHub()]);
  folder = await mkdtemp(join(tmpdir(), 'mooring-files-'));
  const made = await hub.owner('POST', '/policies', { name: 'Everyone', document: DOCUMENT });
  policyId = policySchema.parse(made.body).id;
  await hub.owner('PUT', '/default-policy', { policyId });
  const exceptions = [
    { setting: 'theme', maxSeconds: 7_200 },
    { setting: 'memoryMiB', maxSeconds: 90 },
  ];
  await hub.owner('PUT', `/policies/${policyId}/exceptions`, { exceptions });
});
afterAll(async () => {
  await browser?.close();
  await built?.remove();
  await hub?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  machine = await makeMachine({ dashboardFolder: built.folder });
});
afterEach(async () => {
  await page.context().close();
  await machine.end();
  expect(complaints.splice(0)).toEqual([]);
});

async function open(place: string): Promise<void> {
  const { url } = dashboardAnswerSchema.parse((await agent.ask('POST', '/v1/dashboard')).body);
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' });
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(url);
  await page.locator(PAGE_TITLE).waitFor();
  await page.evaluate(`location.hash = '#/${place}'`);
}

async function signedIn(): Promise<void> {
  agent = await machine.launch();
  await hub.signIn(agent, hub.ada);
  expect(await agent.store()).toMatchObject({ ThemeSource: 'light' });
}

const row = (id: string) => page.locator(`[data-setting="${id}"]`);
const why = async (id: string) => {
  await row(id).locator('button[aria-haspopup="dialog"]').click();
  await page.getByRole('dialog', { name: 'Why is this locked?' }).waitFor();
};
const button = (name: string | RegExp) => page.getByRole('button', { name });

test('a locked setting is overridden with value, time and reason, runs, and is ended early', async () => {
  await signedIn();
  await open('settings/General');
  await why('theme');
  await page.getByText('use another value for at most 2 hours').waitFor();
  await button('Override for a while…').click();
  const form = page.getByRole('form', { name: 'Override for a while' });
  await form.locator('select').first().selectOption('dark');
  expect(await form.getByLabel('For how long').locator('option').allTextContents()).toEqual([
    '15 minutes',
    '1 hour',
    '2 hours',
  ]);
  await form.getByLabel('For how long').selectOption('1 hour');
  await form.getByRole('button', { name: 'Override for 1 hour' }).click();
  await form.getByText('Say why you need it.').waitFor();
  expect(await agent.store()).toMatchObject({ ThemeSource: 'light' });
  await form.getByLabel('Reason').fill('Presenting in a dark room');
  await form.getByRole('button', { name: 'Override for 1 hour' }).click();
  await page
    .getByText(/^Overridden until/)
    .first()
    .waitFor();
  await page.getByText(/It returns to light by itself in (59 minutes|1 hour)/).waitFor();
  expect(await agent.store()).toMatchObject({ ThemeSource: 'dark' });
  const told = await hub.owner('GET', '/overrides?active=true');
  expect(told.body).toMatchObject({
    overrides: [{ setting: 'theme', value: 'dark', reason: 'Presenting in a dark room' }],
  });
  await page.keyboard.press('Escape');
  await row('theme')
    .getByText(/^Overridden until/)
    .waitFor();
  expect(await row('theme').locator('select').isDisabled()).toBe(true);

  await page.evaluate(`location.hash = '#/policy'`);
  const panel = page.getByRole('region', { name: 'Overrides' });
  await panel.getByText(/Now dark, until .*; then light/).waitFor();
  await panel.getByRole('button', { name: `End it now: the override of “${labelOf('theme')}”` }).click();
  await panel.getByText('for at most 2 hours').waitFor();
  // The page hears that the override is over while the files are being written.
  await expect.poll(() => agent.store()).toMatchObject({ ThemeSource: 'light' });
  expect((await hub.owner('GET', '/overrides?active=true')).body).toMatchObject({ overrides: [] });
});

test('an owner who revokes it ends what the page shows', async () => {
  await signedIn();
  const body = { setting: 'theme', value: 'dark', seconds: 600, reason: 'A test' };
  expect((await agent.ask('POST', '/v1/overrides', body)).status).toBe(200);
  await open('settings/General');
  await row('theme')
    .getByText(/^Overridden until/)
    .waitFor();
  const listed = z.object({ overrides: z.array(z.object({ id: z.string() })) });
  const [one] = listed.parse((await hub.owner('GET', '/overrides?active=true')).body).overrides;
  await hub.owner('DELETE', `/overrides/${one?.id}`);
  await expect
    .poll(() => {
      machine.time.advance(1_000);
      return row('theme')
        .getByText(/^Overridden until/)
        .count();
    })
    .toBe(0);
  expect(await row('theme').locator('select').inputValue()).toBe('light');
});

test('a setting without an exception offers none, and a refusal of the hub stands at the form', async () => {
  await signedIn();
  await open('settings/General');
  await why('analyticsEnabled');
  expect(await button('Override for a while…').count()).toBe(0);
  await page.keyboard.press('Escape');
  await page.evaluate(`location.hash = '#/policy'`);
  await button(`Override for a while…: ${labelOf('memoryMiB')}`).click();
  await button('Override for a while…').last().click();
  const form = page.getByRole('form', { name: 'Override for a while' });
  await form.getByLabel('Reason').fill('A large build');
  await form.getByRole('textbox').first().fill('7');
  await form.getByRole('button', { name: 'Override for 90 seconds' }).click();
  await form.getByText('Enter a whole number of 512 or more.').waitFor();
  await form.getByRole('textbox').first().fill('8192');
  // The hub allows it no more, and the device has not heard of it.
  await sql`update policies set exceptions = '[]'`.execute(hub.db);
  await form.getByRole('button', { name: 'Override for 90 seconds' }).click();
  await page.getByText(/Nothing was overridden/).waitFor();
  await page.getByText(/does not allow "memoryMiB" to be overridden/).waitFor();
  // Also what to do about it, in the hub's words.
  await page.getByText(/Ask an owner of the organization to allow it/).waitFor();
  expect(await agent.store()).toMatchObject({ MemoryMiB: 2048 });
});

test('a policy file is imported behind the sign-in wall, and a wrong one changes nothing', async () => {
  const keys = z
    .object({ keys: z.array(z.unknown()) })
    .parse(await (await fetch(`${hub.url}/v1/agent/keys`)).json());
  const profile = { hubUrl: hub.url, hubKeys: keys.keys, allowedOrgs: ['acme'] };
  await machine.write('etc/mooring/policy.json', profile);
  agent = await machine.launch();
  const older = join(folder, 'older.jws');
  const newer = join(folder, 'newer.jws');
  const wrong = join(folder, 'wrong.jws');
  await writeFile(older, await hub.ownerText('/offline-bundles', 'POST', { days: 5 }));
  await writeFile(newer, await hub.ownerText('/offline-bundles', 'POST', { days: 5 }));
  await writeFile(wrong, 'no policy at all');
  await open('sign-in');
  await page.getByRole('link', { name: 'No network here? Import a policy file' }).click();
  const choose = async (file: string) => {
    const chooser = page.waitForEvent('filechooser');
    await button('Import policy file').click();
    await (await chooser).setFiles(file);
  };
  await choose(wrong);
  await page.getByText('The policy file was not taken').waitFor();
  await page.getByText('the last policy stays in force').waitFor();
  await choose(newer);
  await page.getByText('The policy file is in force').waitFor();
  await page.getByText('Good until', { exact: true }).waitFor();
  expect(await agent.store()).toMatchObject({ ThemeSource: 'light' });
  expect((await agent.status()).account.signIn).toMatchObject({ enforced: true, satisfied: true });
  // The wall is down, without a session.
  await page.getByRole('link', { name: 'Settings', exact: true }).first().waitFor();
  await choose(older);
  await page
    .getByText(/older \(\d+\) than one already accepted/)
    .first()
    .waitFor();
  // Whoever reaches the hub later is not refused what they fetch there.
  await hub.signIn(agent, hub.ada);
  expect(await agent.status()).toMatchObject({ sync: { error: null }, policy: { organization: 'acme' } });
  expect((await agent.status()).policy?.offlineUntil).toBeUndefined();
});
