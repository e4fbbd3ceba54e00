import { readFile, writeFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../src/agent/clock.ts';
import { IDP_METADATA } from '../../src/hub/connections/test-metadata.ts';
import { startTestNameServer, type TestAnswer } from '../../src/hub/domains/test-name-server.ts';
import { loginAnswerSchema } from '../../src/shared/contracts/local-api.ts';
import { type Machine, makeMachine, type RunningAgent } from '../agent-at-hub.ts';
import { launchBrowser } from '../browser.ts';
import { type HubProcess, runHubCommand, startHubProcess, temporaryDataDirectory } from '../hub-process.ts';

/*
 * A day of an administrator, from the outside: a hub that was just installed, its console in a browser, and a whole
 * agent on a machine of its own. Each step stands on what the one before left.
 */
const PASSWORD = 'correct horse battery staple';
const OWNER = 'olivia@acme.example';
const DEVELOPER = 'bob@acme.example';

const data = temporaryDataDirectory();
const records = new Map<string, TestAnswer>();
let names: Awaited<ReturnType<typeof startTestNameServer>>;
let hub: HubProcess;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let machine: Machine;
let agent: RunningAgent;
let setupPath = '';
const complaints: string[] = [];

beforeAll(async () => {
  const common = ['--data', data.path, '--json'];
  const made = await runHubCommand([
    'init',
    '--organization',
    'acme',
    '--public-url',
    'http://127.0.0.1/',
    ...common,
  ]);
  const { setupLink } = z.object({ setupLink: z.string() }).parse(JSON.parse(made.stdout));
  setupPath = new URL(setupLink).pathname;
  names = await startTestNameServer(records);
  [hub, browser] = await Promise.all([
    startHubProcess(data.path, ['--name-server', names.address]),
    launchBrowser(),
  ]);
  context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', baseURL: hub.url });
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  machine = await makeMachine({ clock: systemClock() });
});
afterAll(async () => {
  await machine?.end();
  await browser?.close();
  await hub?.end('SIGTERM');
  await names?.stop();
  await data.remove();
});

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
const dialog = () => page.getByRole('dialog');
/** By the navigation, as a person goes. */
const visit = (name: string) =>
  page
    .getByRole('navigation', { name: 'Pages', exact: true })
    .getByRole('link', { name, exact: true })
    .click();
const part = (name: string) =>
  page.getByRole('main').getByRole('link', { name, exact: true }).first().click();

/** Opens a one-time link and chooses a password. */
async function choosePassword(
  on: Page,
  path: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<void> {
  await on.goto(path);
  for (const [name, value] of Object.entries({ ...fields, password: PASSWORD, repeat: PASSWORD }))
    await on.locator(`input[name="${name}"]`).fill(value);
  await on.locator('form button[type="submit"]').click();
}
async function signIn(on: Page, email: string): Promise<void> {
  await on.locator('input[name="email"]').fill(email);
  await on.locator('form:has(input[name="email"]) button[type="submit"]').first().click();
  await on.locator('input[name="password"]').fill(PASSWORD);
  await on.locator('form:has(input[name="password"]) button[type="submit"]').first().click();
}

test('the set-up link makes the first owner, who finds the console', async () => {
  await choosePassword(page, setupPath, { email: OWNER, name: 'Olivia Owner' });
  await page.goto('/');
  const pages = page.getByRole('navigation', { name: 'Pages', exact: true });
  await pages.or(page.locator('input[name="email"]')).first().waitFor();
  if ((await pages.count()) === 0) await signIn(page, OWNER);
  await pages.waitFor();
  await page.getByText('Verify a domain').first().waitFor();
});

test('a domain is claimed, not verified before its record is there, and verified by DNS then', async () => {
  await visit('Domains');
  await button('Add domain').click();
  await dialog().getByRole('textbox', { name: 'Domain' }).fill('acme.example');
  await dialog().getByRole('button', { name: 'Add domain' }).click();
  await page.getByText('Not verified yet').waitFor();
  await button('Verify now: acme.example').click();
  await page.getByText(/acme\.example has no TXT record/).waitFor();
  const value = await page.locator('code', { hasText: 'mooring-verification=' }).first().textContent();
  records.set('acme.example', ['v=spf1 -all', value ?? '']);
  await button('Verify now: acme.example').click();
  await page.getByText('Not verified yet').waitFor({ state: 'detached' });
  await page.getByText('Verified', { exact: true }).first().waitFor();
});

test('a developer is added, chooses a password, and signs in on a desktop', async () => {
  await visit('Members');
  await button('Add member').click();
  await dialog().getByRole('textbox', { name: 'E-mail address' }).fill(DEVELOPER);
  await dialog().getByRole('textbox', { name: 'Name' }).fill('Bob Builder');
  await dialog().getByRole('button', { name: 'Add member' }).click();
  const notice = page.getByRole('status').filter({ hasText: `${DEVELOPER} is a member now` });
  const link = await notice.locator('code').textContent();
  const developer = await browser.newContext({ baseURL: hub.url });
  const bob = await developer.newPage();
  await choosePassword(bob, new URL(link ?? '').pathname);
  await developer.clearCookies();
  agent = await machine.launch({ watch: true });
  const begun = loginAnswerSchema.parse(
    (await agent.ask('POST', '/v1/account/login', { hub: hub.url, openBrowser: false })).body,
  );
  await bob.goto(begun.url);
  await signIn(bob, DEVELOPER);
  const ended = await agent.ask('GET', `/v1/account/login/${begun.id}?wait=20000`);
  expect(loginAnswerSchema.parse(ended.body)).toMatchObject({ state: 'done' });
  await developer.close();
});

test('single sign-on is connected with the provider’s metadata, and SCIM brings a person and a team', async () => {
  await page.goto('/o/acme/sso');
  await button('Connect an identity provider').first().click();
  await dialog().getByLabel('Identity provider').selectOption('other');
  await dialog().getByLabel('Protocol').selectOption('saml');
  await dialog().getByRole('textbox', { name: 'Name' }).fill('Acme Login');
  await dialog().getByRole('button', { name: 'Connect an identity provider' }).click();
  await page.getByRole('heading', { level: 1, name: 'Acme Login' }).waitFor();
  await page.getByLabel('Metadata file', { exact: true }).setInputFiles({
    name: 'metadata.xml',
    mimeType: 'application/xml',
    buffer: Buffer.from(IDP_METADATA),
  });
  await page.getByText('The values of the identity provider were taken over.').waitFor();
  const connection = /\/sso\/([0-9a-f-]{36})/.exec(page.url())?.[1];
  await page.goto(`/o/acme/sso/${connection}/scim`);
  await button('Switch SCIM on').click();
  await button('Switch SCIM off').waitFor();
  await button('New token').click();
  const told = page.getByRole('status').filter({ hasText: 'The token was made' });
  const token = await told.locator('code').textContent();
  const base = await page.locator('code', { hasText: '/scim/' }).first().textContent();
  const provision = (kind: string, body: object) =>
    fetch(`${base}/${kind}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify(body),
    });
  const dana = await provision('Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: 'dana@acme.example',
    name: { givenName: 'Dana', familyName: 'Provisioned' },
    active: true,
  });
  expect(dana.status).toBe(201);
  const { id } = z.object({ id: z.string() }).parse(await dana.json());
  const team = await provision('Groups', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'acme:Engineering',
    members: [{ value: id }],
  });
  expect(team.status).toBe(201);
  await visit('Members');
  await page.getByRole('row', { name: /Dana Provisioned.*SCIM/ }).waitFor();
  await visit('Teams');
  await page.getByRole('link', { name: 'Engineering' }).waitFor();
});

test('a policy is made, becomes the default, and the desktop follows; so does what it may pull', async () => {
  await visit('Policies');
  await button('New policy').first().click();
  await dialog().getByRole('textbox', { name: 'Name' }).fill('Everyone');
  await dialog().getByRole('button', { name: 'New policy' }).click();
  await page.getByRole('heading', { level: 1, name: 'Everyone' }).waitFor();
  await page.locator('[data-setting="analyticsEnabled"] select').selectOption('always-off');
  await page.getByRole('textbox', { name: 'Reason' }).fill('No telemetry');
  await button('Save as new revision').click();
  await page.getByText('Saved as revision 2.').waitFor();
  await part('Assigned');
  await button('Make this the default').click();
  await button('End being the default').waitFor();
  await expect.poll(() => agent.setting('analyticsEnabled')).toMatchObject({ value: false, locked: true });
  await visit('Image access');
  await page.getByLabel('Registries that may be used').selectOption('only');
  await button('Save').click();
  await page.getByText('Saved. Devices receive it').waitFor();
  await expect
    .poll(async () => (await agent.status()).policy?.access)
    .toEqual({ registries: { hosts: ['docker.io'] }, images: null, enforced: false });
});

test('a change is simulated, rolled out to nobody first, then to everyone', async () => {
  await visit('Policies');
  await page.getByRole('link', { name: 'Everyone' }).click();
  await page.locator('[data-setting="memoryMiB"] select').selectOption('locked');
  await page.locator('[data-setting="memoryMiB"] input').fill('4096');
  await page.getByRole('link', { name: 'Simulate first' }).click();
  await button('Simulate').click();
  await page
    .getByRole('table', { name: 'By device' })
    .getByRole('row', { name: /bob@.*4,096 MiB, locked/ })
    .waitFor();
  await part('Roll-out');
  await page.getByLabel('Share of the members').fill('0');
  await button('Start the roll-out').click();
  await page.getByText(/^0 of \d+ members$/).waitFor();
  expect(await agent.setting('memoryMiB')).toMatchObject({ locked: false });
  await button('Give it to everyone').click();
  await dialog().getByRole('button', { name: 'Give it to everyone' }).click();
  await page.getByText('Revision 3', { exact: true }).first().waitFor();
  await expect.poll(() => agent.setting('memoryMiB')).toMatchObject({ value: 4096, locked: true });
});

test('the desktop is seen to comply; one that drifts is found, and what it put right', async () => {
  await visit('Compliance');
  const device = page
    .getByRole('table', { name: 'Compliance' })
    .getByRole('row', { name: /bob@acme\.example|Bob Builder/ });
  await device.getByText('Compliant', { exact: true }).waitFor();
  const { store } = (await agent.status()).paths;
  const content = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(store, 'utf8')));
  await writeFile(store, `${JSON.stringify({ ...content, AnalyticsEnabled: true }, null, 2)}\n`);
  await expect.poll(async () => (await agent.store()).AnalyticsEnabled).toBe(false);
  const { deviceName = '' } = (await agent.status()).account.account ?? {};
  await device.getByRole('link', { name: deviceName, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: deviceName }).waitFor();
  await page
    .getByRole('table', { name: 'Drift' })
    .getByRole('row', { name: /Send usage data.*On.*Off/ })
    .first()
    .waitFor();
});

test('one step back, and the files to take elsewhere', async () => {
  await visit('Policies');
  await page.getByRole('link', { name: 'Everyone' }).click();
  await part('Roll-out');
  await button('Roll back').click();
  await dialog().getByRole('textbox', { name: 'Reason' }).fill('Too much memory');
  await dialog().getByRole('button', { name: 'Roll back' }).click();
  await page.getByText('Revision 4', { exact: true }).first().waitFor();
  await expect.poll(() => agent.setting('memoryMiB')).toMatchObject({ locked: false });
  await part('Export');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download: admin-settings.json' }).click(),
  ]);
  expect(JSON.parse(await readFile(await download.path(), 'utf8'))).toEqual({
    configurationFileVersion: 2,
    analyticsEnabled: { locked: true, value: false },
  });
  await visit('Audit log');
  await page
    .getByRole('row', { name: /policy\.restore/ })
    .first()
    .waitFor();
  expect(complaints).toEqual([]);
});
