import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signingKeyListSchema } from '../../src/shared/contracts/hub-signing-keys.ts';
import { deploymentsFor } from '../../src/shared/enforcement/deployments.ts';
import { utf16 } from '../../src/shared/enforcement/registry-file.ts';
import { type Machine, makeMachine } from '../agent-at-hub.ts';
import { signInAt } from '../real-hub.ts';
import { consoleForFile, type OpenConsole } from './open-console.ts';

/*
 * What an administrator decides in the console, done by whole agents at the same hub: the files that it makes are put
 * where it says, what is set there arrives, and what the agents report is what its pages then say.
 */
const { hub, open } = consoleForFile();
let owner: OpenConsole;
const machines: Machine[] = [];

beforeAll(async () => {
  owner = await open('owner');
});
afterAll(async () => {
  for (const machine of machines) await machine.end();
});

async function machineOf(platform: 'linux' | 'mac'): Promise<Machine> {
  const machine = await makeMachine({ platform });
  machines.push(machine);
  return machine;
}

/** Saves a file of the page, and answers where the page says that it belongs. */
async function downloaded(file: string): Promise<{ readonly bytes: Buffer; readonly place: string }> {
  const { page } = owner;
  const step = page.getByRole('listitem').filter({ hasText: 'Put it there' }).locator('code');
  const panel = page.getByRole('main').locator('section').filter({ hasText: file });
  const unfold = panel.locator('summary').first();
  await panel.first().waitFor();
  if ((await page.getByRole('button', { name: `Download ${file}` }).isVisible()) === false)
    await unfold.click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `Download ${file}` }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(file);
  const places = await panel.locator(step).allInnerTexts();
  return { bytes: await readFile(await download.path()), place: places[0] ?? '' };
}

test.each([
  ['linux', 'policy.json', 'configuration profile'],
  ['linux', 'registry.json', 'registry.json'],
  ['mac', 'desktop.plist', 'desktop.plist'],
] as const)('on %s the file %s raises the wall, which a member takes away', async (system, file, method) => {
  const { page, go } = owner;
  await go(`enforcement?system=${system}`);
  await page.getByRole('checkbox', { name: 'Trust only this hub’s signing keys' }).check();
  const { bytes, place } = await downloaded(file);
  const machine = await machineOf(system);
  await machine.write(place, bytes.toString('utf8'));
  const agent = await machine.launch({ schedule: false });
  expect((await agent.status()).account.signIn).toMatchObject({
    ...{ enforced: true, satisfied: false, method, organizations: ['acme'], problem: null },
    location: join(machine.folder, place),
  });
  const change = { set: { theme: 'dark' } };
  expect(await agent.ask('PATCH', '/v1/settings', change)).toMatchObject({
    status: 403,
    body: { error: { code: 'sign_in_required' } },
  });
  await signInAt(hub.said.url, agent, hub.said.developerEmail, hub.said.developerPassword);
  expect((await agent.status()).account.signIn).toMatchObject({ enforced: true, satisfied: true });
  await agent.sync();
  expect((await agent.ask('PATCH', '/v1/settings', change)).status).toBe(200);
});

test('the registry file of the page is the one that agents of Windows are known to read', async () => {
  await owner.go('enforcement?system=windows');
  await owner.page.getByRole('checkbox', { name: 'Trust only this hub’s signing keys' }).check();
  const { bytes } = await downloaded('mooring-sign-in.reg');
  const { keys } = signingKeyListSchema.parse(await owner.api('GET', '/signing-keys?state=signing'));
  const wish = {
    ...{ organizations: ['acme'], hubUrl: hub.said.url, layout: 'mooring' as const },
    hubKeys: keys.map(({ publicKey }) => publicKey),
  };
  const acme = { id: '', name: 'acme', displayName: 'Acme' };
  const [registry] = deploymentsFor('windows', wish, acme);
  expect(bytes).toEqual(Buffer.from(utf16(registry.file?.text ?? '')));
});

/** A desktop of the designer, who is under the organization's default. */
async function designersDesk() {
  const machine = await machineOf('linux');
  const agent = await machine.launch();
  await signInAt(hub.said.url, agent, hub.said.designerEmail, hub.said.designerPassword);
  /**
   * Asks again and again while the agent's clock goes on, as reports need it. Its clock is faster than the hub's, whose
   * stream seems silent to it after a while: so what the agent is to fetch is not left to the stream.
   */
  const comesTo = (ask: () => Promise<unknown>) =>
    expect.poll(() => {
      machine.time.advance(1_000);
      return ask();
    });
  return { machine, agent, comesTo };
}

test('exception, outdated, no policy: each as the device and the hub have it, with what to do and where', async () => {
  const { page, go, api } = owner;
  const { machine, agent, comesTo } = await designersDesk();
  const always = { 'if-match': '*' };
  await go('compliance?search=dave');
  const row = page
    .getByRole('table', { name: 'Compliance' })
    .getByRole('row', { name: /dave@acme\.example/ });
  const shows = () => comesTo(() => row.allInnerTexts().then((all) => all.join()));
  await shows().toContain('Compliant');
  const { deviceName = '' } = (await agent.status()).account.account ?? {};
  const open = () => row.getByRole('link', { name: deviceName, exact: true }).click();
  const policy = `/policies/${hub.said.defaultPolicyId}`;
  const exceptions = [{ setting: 'analyticsEnabled', maxSeconds: 3600 }];
  await api('PUT', `${policy}/exceptions`, { exceptions }, always);
  await agent.sync();
  expect((await agent.ask('GET', '/v1/overrides')).body).toMatchObject({ exceptions });
  const override = { setting: 'analyticsEnabled', value: true, seconds: 600, reason: 'A demonstration' };
  expect((await agent.ask('POST', '/v1/overrides', override)).status).toBe(200);
  await shows().toContain('a granted override is in force and ends by itself');
  await open();
  await page.getByRole('row', { name: /Send usage data.*A granted override is in force/ }).waitFor();
  await page.getByRole('link', { name: 'Granted overrides' }).click();
  await page.getByText('A demonstration').waitFor();
  await api('PUT', `${policy}/exceptions`, { exceptions: [] }, always);
  await agent.sync();
  await go('compliance?search=dave');
  await shows().toContain('Compliant');

  await agent.stop();
  const document = { memoryMiB: { locked: true, value: 4096 } };
  await api('PATCH', policy, { document }, always);
  await row.getByText('Outdated').waitFor();
  await row.getByText('The device fetches by itself within the hour').waitFor();
  await open();
  await page.getByText('Everyone, revision 2').waitFor();
  await page.getByText('Everyone, revision 1').waitFor();

  await api('PUT', '/default-policy', { policyId: null }, always);
  await page.getByText('Assign a policy to this member or one of their teams').waitFor();
  await page.getByRole('link', { name: 'Another policy, revision 1' }).waitFor();
  await page.getByRole('link', { name: 'Assign a policy' }).click();
  await page.getByRole('heading', { level: 1, name: 'Dave Designer' }).waitFor();
  await api('PUT', '/default-policy', { policyId: hub.said.defaultPolicyId }, always);
  const again = await machine.launch();
  await again.sync();
  expect(await again.setting('memoryMiB')).toMatchObject({ value: 4096, locked: true });
});

test('contact, refresh and grace period of the page reach the agent; past it settings freeze', async () => {
  const { page, go } = owner;
  const { machine, agent } = await designersDesk();
  await go('organization');
  await page.getByLabel('Contact', { exact: true }).fill('IT Help');
  await page.getByLabel('Address of the contact').fill('mailto:help@acme.example');
  await page.getByLabel('Devices ask again after (seconds)').fill('30');
  await page.getByLabel('Freeze settings when policy gets too old').check();
  const hours = page.getByLabel('Too old after (hours without the hub)');
  await hours.fill('0.001');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Enter hours, from 0.02 (a minute) to 596,523.').waitFor();
  await hours.fill('0.5');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved.', { exact: true }).waitFor();
  const contact = { name: 'IT Help', url: 'mailto:help@acme.example' };
  await agent.sync();
  expect((await agent.status()).policy).toMatchObject({ contact, stale: false });
  const secondsToNext = async () => {
    const { nextAttempt, lastSuccess } = (await agent.status()).sync;
    return (Date.parse(nextAttempt ?? '') - Date.parse(lastSuccess ?? '')) / 1000;
  };
  // 30 seconds, give or take a tenth, and a fetch of a slow machine.
  await expect.poll(secondsToNext).toBeLessThan(60);
  await hub.process.end('SIGTERM');
  machine.time.advance(25 * 60_000);
  expect((await agent.status()).policy).toMatchObject({ stale: false });
  machine.time.advance(10 * 60_000);
  await expect.poll(async () => (await agent.status()).policy).toMatchObject({ stale: true });
  await expect.poll(() => agent.setting('memoryMiB')).toMatchObject({ frozen: 'policy_stale' });
});
