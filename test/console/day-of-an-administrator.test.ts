import { readFile, writeFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../src/agent/clock.ts';
import { startTestNameServer, type TestAnswer } from '../../src/hub/domains/test-name-server.ts';
import {
  startTestProvider,
  type TestPerson,
  type TestProvider,
} from '../../src/hub/sso/test-openid-provider.ts';
import { type Machine, makeMachine, type RunningAgent } from '../agent-at-hub.ts';
import { launchBrowser } from '../browser.ts';
import { type HubProcess, runHubCommand, startHubProcess, temporaryDataDirectory } from '../hub-process.ts';
import { choosePassword, setUpAuthenticator, signIn, signInOn, typeAddress } from './password-pages.ts';
import { provisioningClient } from './provisioning-client.ts';

/*
 * A day of an administrator, from the outside: a hub that was just installed, its console in a browser, an identity
 * provider, and two whole agents on machines of their own. Each step stands on what the one before left.
 */
const OWNER = 'olivia@acme.example';
const DEVELOPER = 'bob@acme.example';
const PROVISIONED = 'dana@acme.example';
/** How the identity provider knows her. */
const DANA: TestPerson = {
  subject: 'dana',
  claims: {
    email: PROVISIONED,
    email_verified: true,
    given_name: 'Dana',
    family_name: 'Provisioned',
  },
};

const data = temporaryDataDirectory();
const records = new Map<string, TestAnswer>();
let names: Awaited<ReturnType<typeof startTestNameServer>>;
let hub: HubProcess;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let machines: readonly [Machine, Machine];
let agent: RunningAgent;
let second: RunningAgent;
let provider: TestProvider | undefined;
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
    startHubProcess(data.path, ['--name-server', names.address, '--idp-network', '127.0.0.0/8']),
    launchBrowser(),
  ]);
  context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', baseURL: hub.url });
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  machines = [await makeMachine({ clock: systemClock() }), await makeMachine({ clock: systemClock() })];
});
afterAll(async () => {
  for (const machine of machines ?? []) await machine.end();
  await browser?.close();
  await hub?.end('SIGTERM');
  await names?.stop();
  await provider?.stop();
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

/** Both desktops come to hold this. */
async function bothHave(id: string, state: object): Promise<void> {
  for (const each of [agent, second]) await expect.poll(() => each.setting(id)).toMatchObject(state);
}

test('the set-up link makes the first owner, who sets up a second factor and finds the console', async () => {
  await choosePassword(page, setupPath, { email: OWNER, name: 'Olivia Owner' });
  await page.goto('/');
  await signIn(page, OWNER);
  await setUpAuthenticator(page);
  await page.getByRole('navigation', { name: 'Pages', exact: true }).waitFor();
  const steps = page.getByRole('region', { name: 'First steps' }).getByRole('listitem');
  await steps.filter({ hasText: 'Verify a domain' }).waitFor();
  // Nothing is done yet, and nothing says so.
  expect(await steps.filter({ hasText: 'To do' }).count()).toBe(5);
  const attention = page.getByRole('region', { name: 'Needs attention' });
  await attention.getByText('Nothing needs attention.').waitFor();
});

test('a domain is claimed, not verified before its record is there, and verified by DNS then', async () => {
  await visit('Domains');
  await button('Add domain').click();
  await dialog().getByRole('textbox', { name: 'Domain' }).fill('acme.example');
  await dialog().getByRole('button', { name: 'Add domain' }).click();
  // The same words stand in the filter of the list.
  const claim = page.getByRole('region', { name: 'acme.example' });
  await claim.getByText('Not verified yet').waitFor();
  await button('Verify now: acme.example').click();
  await page.getByText(/acme\.example has no TXT record/).waitFor();
  const value = await page.locator('code', { hasText: 'mooring-verification=' }).first().textContent();
  records.set('acme.example', ['v=spf1 -all', value ?? '']);
  await button('Verify now: acme.example').click();
  await claim.getByText('Not verified yet').waitFor({ state: 'detached' });
  await claim.getByText('Verified', { exact: true }).first().waitFor();
});

test('a developer is added, chooses a password, and signs in on a desktop', async () => {
  await visit('Members');
  await button('Add member').click();
  await dialog().getByRole('textbox', { name: 'E-mail address' }).fill(DEVELOPER);
  await dialog().getByRole('textbox', { name: 'Name' }).fill('Bob Builder');
  await dialog().getByRole('button', { name: 'Add member' }).click();
  const notice = page.getByRole('status').filter({ hasText: `${DEVELOPER} is a member now` });
  const link = await notice.locator('code').textContent();
  const own = await browser.newContext({ baseURL: hub.url });
  await choosePassword(await own.newPage(), new URL(link ?? '').pathname);
  await own.close();
  agent = await machines[0].launch({ watch: true });
  await signInOn(browser, hub.url, agent, (tab) => signIn(tab, DEVELOPER));
});

test('single sign-on is connected with the provider’s values, and tried before anybody needs it', async () => {
  await visit('SSO and SCIM');
  await button('Connect an identity provider').first().click();
  await dialog().getByLabel('Identity provider').selectOption('other');
  await dialog().getByLabel('Protocol').selectOption('oidc');
  await dialog().getByRole('textbox', { name: 'Name' }).fill('Acme Login');
  await dialog().getByRole('button', { name: 'Connect an identity provider' }).click();
  await page.getByRole('heading', { level: 1, name: 'Acme Login' }).waitFor();
  provider = await startTestProvider([(await page.locator('dd code').first().textContent()) ?? '']);
  await page.getByLabel('Issuer').fill(provider.issuer);
  await page.getByLabel('Client ID').fill(provider.clientId);
  await page.getByLabel('Client secret').fill(provider.clientSecret);
  await button('Save the values').click();
  await page.getByText('Saved.', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Go to the test' }).click();
  await button('Begin a test').click();
  provider.seat(DANA);
  const [tab] = await Promise.all([
    context.waitForEvent('page'),
    page.getByRole('link', { name: 'Open the identity provider' }).click(),
  ]);
  await tab.getByRole('heading', { name: 'The test worked' }).waitFor();
  await tab.close();
  await page.getByRole('row', { name: /^family_name Provisioned$/ }).waitFor();
});

test('SCIM brings a person and a team, and she signs in by the provider on a second desktop', async () => {
  const connection = /\/sso\/([0-9a-f-]{36})/.exec(page.url())?.[1];
  await page.goto(`/o/acme/sso/${connection}/scim`);
  await button('Switch SCIM on').click();
  await button('Switch SCIM off').waitFor();
  await button('New token').click();
  const told = page.getByRole('status').filter({ hasText: 'The token was created' });
  const token = await told.locator('code').textContent();
  const base = await page.locator('code', { hasText: '/scim/' }).first().textContent();
  const client = provisioningClient(base ?? '', token ?? '');
  const dana = await client.person(PROVISIONED, 'Dana', 'Provisioned');
  await client.group('acme:Engineering', [dana]);
  await visit('Members');
  await page.getByRole('row', { name: /Dana Provisioned.*SCIM/ }).waitFor();
  await visit('Teams');
  await page.getByRole('link', { name: 'Engineering' }).waitFor();
  second = await machines[1].launch({ watch: true });
  provider?.seat(DANA);
  await signInOn(browser, hub.url, second, async (tab) => {
    await typeAddress(tab, PROVISIONED);
    // The provider signs in whoever comes; that it is for this device is asked by the hub.
    await tab.getByText(`Continue as ${PROVISIONED}`).waitFor();
    await tab.getByRole('button', { name: 'Continue', exact: true }).click();
  });
  expect((await second.status()).account.account).toMatchObject({ email: PROVISIONED });
});

test('a policy is made, becomes the default, and both desktops follow; so does what they may pull', async () => {
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
  await bothHave('analyticsEnabled', { value: false, locked: true });
  await visit('Image access');
  await page.getByLabel('Registries that may be used').selectOption('only');
  await button('Save').click();
  await page.getByText('Saved. Devices receive it').waitFor();
  for (const each of [agent, second])
    await expect
      .poll(async () => (await each.status()).policy?.access)
      .toEqual({ registries: { hosts: ['docker.io'] }, images: null, enforced: false });
});

test('a change is simulated, rolled out to nobody first, then to everyone', async () => {
  await visit('Policies');
  await page.getByRole('link', { name: 'Everyone' }).click();
  await page.locator('[data-setting="memoryMiB"] select').selectOption('locked');
  await page.locator('[data-setting="memoryMiB"] input').fill('4096');
  await page.getByRole('link', { name: 'Simulate first' }).click();
  await button('Simulate').click();
  const noticed = page.getByRole('table', { name: 'By device' });
  for (const who of ['bob', 'dana'])
    await noticed.getByRole('row', { name: new RegExp(`${who}@.*4,096 MiB, locked`) }).waitFor();
  await part('Roll-out');
  await page.getByLabel('Share of the members').fill('0');
  await button('Start the roll-out').click();
  await page.getByText(/^0 of \d+ members$/).waitFor();
  for (const each of [agent, second])
    expect(await each.setting('memoryMiB')).toMatchObject({ locked: false });
  await button('Give it to everyone').click();
  await dialog().getByRole('button', { name: 'Give it to everyone' }).click();
  await page.getByText('Revision 3', { exact: true }).first().waitFor();
  await bothHave('memoryMiB', { value: 4096, locked: true });
});

test('both desktops are seen to comply; the one that drifts is found, and what it put right', async () => {
  await visit('Compliance');
  const compliance = page.getByRole('table', { name: 'Compliance' });
  const device = compliance.getByRole('row', { name: /bob@acme\.example/ });
  const other = compliance.getByRole('row', { name: /dana@acme\.example/ });
  for (const each of [device, other]) await each.getByText('Compliant', { exact: true }).waitFor();
  const { store } = (await agent.status()).paths;
  const content = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(store, 'utf8')));
  await writeFile(store, `${JSON.stringify({ ...content, AnalyticsEnabled: true }, null, 2)}\n`);
  await expect.poll(async () => (await agent.store()).AnalyticsEnabled).toBe(false);
  const { deviceName = '' } = (await agent.status()).account.account ?? {};
  await device.getByRole('link', { name: deviceName, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: deviceName }).waitFor();
  const drift = page
    .getByRole('table', { name: 'Drift' })
    .getByRole('row', { name: /Send usage data.*On.*Off/ });
  await drift.first().waitFor();
  await visit('Compliance');
  await other
    .getByRole('link', { name: (await second.status()).account.account?.deviceName ?? '', exact: true })
    .click();
  await page.getByRole('table', { name: 'Managed settings' }).waitFor();
  expect(await drift.count()).toBe(0);
});

test('one step back, and the files to take elsewhere', async () => {
  await visit('Policies');
  await page.getByRole('link', { name: 'Everyone' }).click();
  await part('Roll-out');
  await button('Roll back').click();
  await dialog().getByRole('textbox', { name: 'Reason' }).fill('Too much memory');
  await dialog().getByRole('button', { name: 'Roll back' }).click();
  await page.getByText('Revision 4', { exact: true }).first().waitFor();
  await bothHave('memoryMiB', { locked: false });
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
